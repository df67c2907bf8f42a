// Depthwise convolution: every channel has its own KH x KW weights, so vectors run along the channels.

/// Sums of one output pixel for the channels from `c`, `part` lanes of the last vector; any window, any border.
INLINE V depthwise_pixel(const ck_depthwise_args *g, const float *picture, int y0, int x0, int c, int part) {
    const ck_window *win = &g->window;
    V sum = part == VL ? load(g->bias + c) : load_part(g->bias + c, part);
    for (int ky = 0; ky < win->kh; ky++) {
        int y = y0 + ky * win->dilation_h;
        if ((unsigned)y >= (unsigned)win->h) continue;
        for (int kx = 0; kx < win->kw; kx++) {
            int x = x0 + kx * win->dilation_w;
            if ((unsigned)x >= (unsigned)win->w) continue;
            const float *p = picture + ((size_t)y * win->w + x) * g->in_pixel + c;
            const float *w = g->weights + (size_t)(ky * win->kw + kx) * g->c + c;
            sum += part == VL ? load(p) * load(w) : load_part(p, part) * load_part(w, part);
        }
    }
    return sum;
}

static void depthwise_any(const ck_depthwise_args *g, const float *picture, int y0, int x0, float *out) {
    int c = 0;
    for (; c + VL <= g->c; c += VL) store(out + c, depthwise_pixel(g, picture, y0, x0, c, VL));
    if (c < g->c) store_part(out + c, depthwise_pixel(g, picture, y0, x0, c, g->c - c), g->c - c);
}

enum { RUN = 4, RUN_COLUMNS = (RUN - 1) * 2 + 3 };

/// The sums of `run` neighbouring pixels under a 3 x 3 window. `columns` points at the window's columns in each of its rows
/// (zeros outside the picture), so that every number is loaded once for all the sums it is part of.
INLINE void depthwise_vector(const ck_depthwise_args *g, const float *const columns[3][RUN_COLUMNS], float *out, int c,
                             const int part, const int run, const int stride) {
    V bias = part == VL ? load(g->bias + c) : load_part(g->bias + c, part);
    V sum[RUN];
    UNROLL for (int i = 0; i < run; i++) sum[i] = bias;
    for (int ky = 0; ky < 3; ky++) {
        const float *w = g->weights + (size_t)ky * 3 * g->c + c;
        V tap[3];
        UNROLL for (int kx = 0; kx < 3; kx++) tap[kx] = part == VL ? load(w + kx * g->c) : load_part(w + kx * g->c, part);
        UNROLL for (int i = 0; i < (run - 1) * stride + 3; i++) {
            V x = part == VL ? load(columns[ky][i] + c) : load_part(columns[ky][i] + c, part);
            UNROLL for (int kx = 0; kx < 3; kx++)
                if (i >= kx && (i - kx) % stride == 0 && (i - kx) / stride < run) sum[(i - kx) / stride] += x * tap[kx];
        }
    }
    UNROLL for (int i = 0; i < run; i++) {
        if (part == VL) store(out + i * g->out_pixel + c, sum[i]);
        else store_part(out + i * g->out_pixel + c, sum[i], part);
    }
}

INLINE void depthwise_run(const ck_depthwise_args *g, const float *picture, int y0, int x0, float *out, const int run,
                          const int stride) {
    const ck_window *win = &g->window;
    const float *columns[3][RUN_COLUMNS];
    UNROLL for (int ky = 0; ky < 3; ky++) {
        int inside = (unsigned)(y0 + ky) < (unsigned)win->h;
        const float *line = picture + (ptrdiff_t)(y0 + ky) * win->w * (ptrdiff_t)g->in_pixel;
        UNROLL for (int i = 0; i < (run - 1) * stride + 3; i++)
            columns[ky][i] = inside && (unsigned)(x0 + i) < (unsigned)win->w ? line + (x0 + i) * (ptrdiff_t)g->in_pixel : g->zeros;
    }
    int c = 0;
    for (; c + VL <= g->c; c += VL) depthwise_vector(g, columns, out, c, VL, run, stride);
    if (c < g->c) depthwise_vector(g, columns, out, c, g->c - c, run, stride);
}

static void depthwise(const ck_depthwise_args *g) {
    const ck_window *win = &g->window;
    int fast = win->kh == 3 && win->kw == 3 && win->dilation_h == 1 && win->dilation_w == 1 && win->stride_w <= 2;
    for (int n = 0; n < win->n; n++) {
        const float *picture = g->in + (size_t)n * win->h * win->w * g->in_pixel;
        for (int oy = 0; oy < win->oh; oy++) {
            int y0 = oy * win->stride_h - win->pad_top;
            float *line = g->out + ((size_t)n * win->oh + oy) * win->ow * g->out_pixel;
            for (int ox = 0; ox < win->ow;) {
                int x0 = ox * win->stride_w - win->pad_left, rest = win->ow - ox, two = win->stride_w == 2;
                int count = !fast ? 1 : rest >= RUN ? RUN : rest >= 2 ? 2 : 1;
                float *out = line + ox * g->out_pixel;
                if (!fast) depthwise_any(g, picture, y0, x0, out);
                else if (count == RUN && two) depthwise_run(g, picture, y0, x0, out, RUN, 2);
                else if (count == RUN) depthwise_run(g, picture, y0, x0, out, RUN, 1);
                else if (count == 2 && two) depthwise_run(g, picture, y0, x0, out, 2, 2);
                else if (count == 2) depthwise_run(g, picture, y0, x0, out, 2, 1);
                else depthwise_run(g, picture, y0, x0, out, 1, 1);
                ox += count;
            }
            map_rows(g->activation, line, g->out_pixel, win->ow, g->c);
        }
    }
}
