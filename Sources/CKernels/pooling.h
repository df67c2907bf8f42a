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

/// `count` neighbouring output pixels whose windows are inside the picture, the first window's first pixel at `p`.
INLINE void pool_inside(const ck_pool_args *g, const float *p, float *out, int count, int part, const ck_pool_kind kind, const int side) {
    size_t line = (size_t)g->window.w * g->in_pixel, step = (size_t)g->window.stride_w * g->in_pixel;
    for (; count; count--, p += step, out += g->out_pixel) {
        V result = load_some(p, part);
        UNROLL for (int ky = 0; ky < side; ky++)
            UNROLL for (int kx = ky ? 0 : 1; kx < side; kx++) {
                V value = load_some(p + ky * line + kx * g->in_pixel, part);
                if (kind == CK_POOL_MAX) result = value < result ? result : value;
                else result += value;
            }
        store_some(out, kind == CK_POOL_MAX ? result : result * (1.0f / (side * side)), part);
    }
}

INLINE void pool_inside_whole(const ck_pool_args *g, const float *p, float *out, int count, int part, const ck_pool_kind kind, const int side) {
    if (part == VL) pool_inside(g, p, out, count, VL, kind, side);
    else pool_inside(g, p, out, count, part, kind, side);
}

/// Pixels ox..<end of a row, for the channels from `c`.
static void pool_line(const ck_pool_args *g, const float *picture, float *line, int oy, int ox, int end, int c, int part) {
    const ck_window *win = &g->window;
    int y0 = oy * win->stride_h - win->pad_top;
    int near = win->dilation_h == 1 && win->dilation_w == 1 && win->kh == win->kw && y0 >= 0 && y0 + win->kh <= win->h;
    int side = near && (win->kh == 2 || win->kh == 3) ? win->kh : 0;
    while (ox < end) {
        int x0 = ox * win->stride_w - win->pad_left, count = side && x0 >= 0 ? (win->w - side - x0 + win->stride_w) / win->stride_w : 0;
        float *out = line + (size_t)ox * g->out_pixel + c;
        if (count <= 0) {
            store_some(out, pool_pixel(g, picture, y0, x0, c, part), part);
            ox++;
            continue;
        }
        if (count > end - ox) count = end - ox;
        const float *p = picture + ((size_t)y0 * win->w + (size_t)x0) * g->in_pixel + c;
        if (g->kind == CK_POOL_MAX && side == 2) pool_inside_whole(g, p, out, count, part, CK_POOL_MAX, 2);
        else if (g->kind == CK_POOL_MAX) pool_inside_whole(g, p, out, count, part, CK_POOL_MAX, 3);
        else if (side == 2) pool_inside_whole(g, p, out, count, part, CK_POOL_AVERAGE, 2);
        else pool_inside_whole(g, p, out, count, part, CK_POOL_AVERAGE, 3);
        ox += count;
    }
}

/// Pixels of a row that are gone through for one vector of channels before the next one's turn.
enum { POOL_PIECE = 8 };

static void pool(const ck_pool_args *g) {
    const ck_window *win = &g->window;
    int piece = g->c <= VL ? win->ow : POOL_PIECE;
    for (int n = 0; n < win->n; n++) {
        const float *picture = g->in + (size_t)n * win->h * win->w * g->in_pixel;
        for (int oy = 0; oy < win->oh; oy++) {
            float *line = g->out + ((size_t)n * win->oh + oy) * win->ow * g->out_pixel;
            for (int ox = 0; ox < win->ow; ox += piece) {
                int end = win->ow - ox < piece ? win->ow : ox + piece;
                for (int c = 0; c < g->c; c += VL) pool_line(g, picture, line, oy, ox, end, c, g->c - c < VL ? g->c - c : VL);
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
