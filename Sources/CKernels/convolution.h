// Convolution as a product of tiles without im2col.

/// Whether the numbers under the output pixels are the input's pixels in their order.
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

/// Floats of input that stay in the second cache while all panels of the weights go over them.
enum { BLOCK_FLOATS = 1 << 16, BLOCK_PIXELS = 360 };

/// Output pixels of a block: whole tiles of any number of rows where possible.
static size_t block_pixels(const ck_window *win, int c) {
    size_t fresh = (size_t)c * win->stride_h * win->stride_w, fitting = BLOCK_FLOATS / fresh / 36 * 36;
    size_t pixels = (size_t)win->n * win->oh * win->ow, block = fitting < 36 ? 36 : fitting < BLOCK_PIXELS ? fitting : BLOCK_PIXELS;
    return block < pixels ? block : pixels;
}

static void indirect_convolution(const ck_convolution_args *g) {
    const ck_window *win = &g->window;
    size_t pixels = (size_t)win->n * win->oh * win->ow, block = block_pixels(win, g->c);
    int taps = win->kh * win->kw, pointwise = is_pointwise(g);
    ptrdiff_t *offsets = (ptrdiff_t *)g->scratch;
    const float **rows = (const float **)(offsets + taps);
    for (int tap = 0; tap < taps; tap++)
        offsets[tap] = ((ptrdiff_t)(tap / win->kw) * win->dilation_h * win->w + tap % win->kw * win->dilation_w) * (ptrdiff_t)g->in_pixel;
    tile_args t = tile_args_of(g, taps, g->c);
    t.rows = rows;
    t.pitch = (ptrdiff_t)g->in_pixel;
    for (size_t first = 0, count; first < pixels; first += count) {
        count = pixels - first < block ? pixels - first : block;
        if (pointwise) t.corner = g->in + first * g->in_pixel;
        else find_rows(g, offsets, first, (int)count, rows);
        run_panels(g, &t, first, count, first + count < pixels ? g->weights : NULL, pointwise ? EVEN : BY_TAPS);
    }
}

static size_t convolution_scratch(const ck_window *win, int c) {
    size_t pointers = sizeof(float *) / sizeof(float);
    return c <= CK_SMALL_C ? few_channels_scratch(win, c) : (block_pixels(win, c) + 1) * win->kh * win->kw * pointers;
}

static void convolution(const ck_convolution_args *g) {
    if (g->c <= CK_SMALL_C) few_channels(g);
    else indirect_convolution(g);
}
