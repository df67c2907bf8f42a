// Convolution as a product of tiles without im2col.

static int is_pointwise(const ck_convolution_args *g) {
    const ck_window *win = &g->window;
    return win->kh * win->kw == 1 && win->stride_h * win->stride_w == 1 && win->oh == win->h && win->ow == win->w &&
           g->in_picture == (size_t)win->h * win->w * g->in_pixel;
}

/// Pointers to the channels under every tap of `count` output pixels from `first`, pixel by pixel. `taps` are the offsets of
/// the taps from the corner of a window inside the picture.
static void find_rows(const ck_convolution_args *g, const ptrdiff_t *taps, size_t first, int count, const float **rows) {
    const ck_window *win = &g->window;
    size_t plane = (size_t)win->oh * win->ow;
    const float *picture = g->in + first / plane * g->in_picture;
    int oy = (int)(first % plane / win->ow), ox = (int)(first % plane % win->ow), all = win->kh * win->kw;
    int reach_y = (win->kh - 1) * win->dilation_h, reach_x = (win->kw - 1) * win->dilation_w;
    for (int r = 0; r < count; r++, rows += all) {
        int y0 = oy * win->stride_h - win->pad_top, x0 = ox * win->stride_w - win->pad_left;
        const float *corner = picture + ((ptrdiff_t)y0 * win->w + x0) * (ptrdiff_t)g->in_pixel;
        if (y0 < 0 || x0 < 0 || y0 + reach_y >= win->h || x0 + reach_x >= win->w) {
            for (int tap = 0; tap < all; tap++) {
                int y = y0 + tap / win->kw * win->dilation_h, x = x0 + tap % win->kw * win->dilation_w;
                rows[tap] = (unsigned)y < (unsigned)win->h && (unsigned)x < (unsigned)win->w ? corner + taps[tap] : g->zeros;
            }
        } else if (all == 9) {
            UNROLL for (int tap = 0; tap < 9; tap++) rows[tap] = corner + taps[tap];
        } else {
            for (int tap = 0; tap < all; tap++) rows[tap] = corner + taps[tap];
        }
        if (++ox < win->ow) continue;
        ox = 0;
        if (++oy < win->oh) continue;
        oy = 0;
        picture += g->in_picture;
    }
}

/// Packed floats above which panels are walked outermost, so that each is read from memory once.
enum { RESIDENT_FLOATS = 1 << 17 };

static void indirect_convolution(const ck_convolution_args *g) {
    const ck_window *win = &g->window;
    size_t pixels = (size_t)win->n * win->oh * win->ow;
    int taps = win->kh * win->kw, vectors = (g->m + VL - 1) / VL, step = tile_step(g->m), pointwise = is_pointwise(g);
    ptrdiff_t *offsets = (ptrdiff_t *)g->scratch;
    const float **rows = (const float **)(offsets + taps);
    for (int tap = 0; tap < taps; tap++)
        offsets[tap] = ((ptrdiff_t)(tap / win->kw) * win->dilation_h * win->w + tap % win->kw * win->dilation_w) * (ptrdiff_t)g->in_pixel;
    tile_args t = tile_args_of(g, taps, g->c, rows);
    size_t depth = (size_t)taps * g->c, block = depth * vectors * VL > RESIDENT_FLOATS ? pixels : 0;
    // Either all pixels for one panel after the other, or all panels for one tile after the other.
    t.panel = g->weights;
    for (int done = 0, nv; done < vectors; done += nv) {
        nv = block ? ck_panel_split(vectors, done, PANEL_VECTORS) : vectors;
        for (size_t first = 0, count; first < pixels; first += count) {
            count = (size_t)tile_count(pixels - first, step);
            if (pointwise)
                for (size_t r = 0; r < count; r++) rows[r] = g->in + (first + r) * g->in_pixel;
            else find_rows(g, offsets, first, (int)count, rows);
            if (block) run_tile(g, &t, tiles, nv, done, first, (int)count);
            else run_panels(g, &t, tiles, first, (int)count);
        }
        t.panel += (depth + 1) * nv * VL;
    }
}

static size_t convolution_scratch(const ck_window *win, int c) {
    size_t pointers = sizeof(float *) / sizeof(float);
    return c <= CK_SMALL_C ? few_channels_scratch(win, c) : (size_t)(MAX_MR + 1) * win->kh * win->kw * pointers;
}

static void convolution(const ck_convolution_args *g) {
    if (g->c <= CK_SMALL_C) few_channels(g);
    else indirect_convolution(g);
}
