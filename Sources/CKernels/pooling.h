// Pooling: vectors run along the channels.

INLINE V pool_pixel(const ck_pool_args *g, const float *picture, int y0, int x0, int c, int part) {
    const ck_window *win = &g->window;
    V result = splat(g->kind == CK_POOL_MAX ? -INFINITY : 0);
    int counted = 0;
    for (int ky = 0; ky < win->kh; ky++) {
        int y = y0 + ky * win->dilation_h;
        for (int kx = 0; kx < win->kw; kx++) {
            int x = x0 + kx * win->dilation_w;
            if ((unsigned)y >= (unsigned)win->h || (unsigned)x >= (unsigned)win->w) {
                counted += g->kind == CK_POOL_AVERAGE_COUNT_PAD && y < win->h + g->pad_bottom && x < win->w + g->pad_right;
                continue;
            }
            const float *p = picture + ((size_t)y * win->w + x) * g->in_pixel + c;
            V value = part == VL ? load(p) : load_part(p, part);
            counted++;
            if (g->kind == CK_POOL_MAX) result = value < result ? result : value;
            else result += value;
        }
    }
    return g->kind == CK_POOL_MAX || counted == 0 ? result : result * (1.0f / counted);
}

/// As `pool_pixel` for a window that is inside the picture and whose first pixel is `p`.
INLINE V pool_inside(const ck_pool_args *g, const float *p, int c, int part, const int kh, const int kw) {
    size_t line = (size_t)g->window.w * g->in_pixel;
    V result = load_some(p + c, part);
    for (int ky = 0; ky < kh; ky++)
        for (int kx = ky ? 0 : 1; kx < kw; kx++) {
            V value = load_some(p + ky * line + kx * g->in_pixel + c, part);
            if (g->kind == CK_POOL_MAX) result = value < result ? result : value;
            else result += value;
        }
    return g->kind == CK_POOL_MAX ? result : result * (1.0f / (kh * kw));
}

static void pool(const ck_pool_args *g) {
    const ck_window *win = &g->window;
    int near = win->dilation_h == 1 && win->dilation_w == 1;
    for (int n = 0; n < win->n; n++) {
        const float *picture = g->in + (size_t)n * win->h * win->w * g->in_pixel;
        for (int oy = 0; oy < win->oh; oy++)
            for (int ox = 0; ox < win->ow; ox++) {
                int y0 = oy * win->stride_h - win->pad_top, x0 = ox * win->stride_w - win->pad_left;
                int inside = near && y0 >= 0 && x0 >= 0 && y0 + win->kh <= win->h && x0 + win->kw <= win->w;
                int side = inside && win->kh == win->kw ? win->kh : 0;
                const float *p = inside ? picture + ((size_t)y0 * win->w + (size_t)x0) * g->in_pixel : NULL;
                float *out = g->out + (((size_t)n * win->oh + oy) * win->ow + ox) * g->out_pixel;
                for (int c = 0; c < g->c; c += VL) {
                    int part = g->c - c < VL ? g->c - c : VL;
                    V result;
                    if (side == 2) result = pool_inside(g, p, c, part, 2, 2);
                    else if (side == 3) result = pool_inside(g, p, c, part, 3, 3);
                    else result = pool_pixel(g, picture, y0, x0, c, part);
                    store_some(out + c, result, part);
                }
            }
    }
}

static void global_average(const float *in, size_t in_pixel, size_t n, size_t pixels, size_t c, float *out, size_t out_row) {
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < c; k += VL) {
            int part = c - k < VL ? (int)(c - k) : VL;
            const float *p = in + i * pixels * in_pixel + k;
            V sum[4] = {splat(0), splat(0), splat(0), splat(0)};  // four chains, so that additions overlap
            for (size_t j = 0; j < pixels; j++, p += in_pixel) sum[j % 4] += part == VL ? load(p) : load_part(p, part);
            store_part(out + i * out_row + k, ((sum[0] + sum[1]) + (sum[2] + sum[3])) * (1.0f / pixels), part);
        }
}

INLINE void resize_pixel(const ck_resize_args *g, const float *top, const float *bottom, int ox, float fy, float *out) {
    size_t left = (size_t)g->xs[ox] * g->in_pixel;
    if (!g->fx) {
        memcpy(out, top + left, (size_t)g->c * sizeof(float));
        return;
    }
    size_t right = g->xs[ox] + 1 < g->w ? left + g->in_pixel : left;
    float fx = g->fx[ox];
    for (int c = 0; c < g->c; c++) {
        float upper = top[left + c] * (1 - fx) + top[right + c] * fx;
        float lower = bottom[left + c] * (1 - fx) + bottom[right + c] * fx;
        out[c] = upper * (1 - fy) + lower * fy;
    }
}

static void resize(const ck_resize_args *g) {
    for (int n = 0; n < g->n; n++)
        for (int oy = 0; oy < g->oh; oy++) {
            int y = g->ys[oy], below = y + 1 < g->h ? y + 1 : y;
            const float *picture = g->in + (size_t)n * g->h * g->w * g->in_pixel;
            float *out = g->out + ((size_t)n * g->oh + oy) * g->ow * g->out_pixel;
            for (int ox = 0; ox < g->ow; ox++, out += g->out_pixel)
                resize_pixel(g, picture + (size_t)y * g->w * g->in_pixel, picture + (size_t)below * g->w * g->in_pixel, ox,
                             g->fy ? g->fy[oy] : 0, out);
        }
}
