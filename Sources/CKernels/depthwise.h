// Depthwise convolution: every channel has its own KH x KW weights, so vectors run along the channels.

/// One output pixel for the channels from `c`; any window, any border.
INLINE V depthwise_pixel(const ck_depthwise_args *g, const float *picture, int oy, int ox, int c, const int part) {
    const ck_window *win = &g->window;
    V sum = load_some(g->bias + c, part);
    for (int ky = 0; ky < win->kh; ky++) {
        int y = oy * win->stride_h - win->pad_top + ky * win->dilation_h;
        if ((unsigned)y >= (unsigned)win->h) continue;
        for (int kx = 0; kx < win->kw; kx++) {
            int x = ox * win->stride_w - win->pad_left + kx * win->dilation_w;
            if ((unsigned)x >= (unsigned)win->w) continue;
            const float *w = g->weights + (size_t)(ky * win->kw + kx) * g->c + c;
            sum += load_some(picture + ((size_t)y * win->w + (size_t)x) * g->in_pixel + c, part) * load_some(w, part);
        }
    }
    return sum;
}

enum { RUN = 6, MAX_SIDE = 5 };

/// out = activation(sums) for `run` pixels.
INLINE void finish_pixels(const ck_depthwise_args *g, const V *sums, const int run, float *out, const int part) {
    ck_activation f = g->activation;
    if (f.function == CK_CLAMP || f.function == CK_IDENTITY) {
        UNROLL for (int i = 0; i < run; i++) {
            V x = f.function == CK_CLAMP ? clamp(sums[i], f.a, f.b) : sums[i];
            store_some(out + (size_t)i * g->out_pixel, x, part);
        }
        return;
    }
    V copy[RUN];
    UNROLL for (int i = 0; i < run; i++) copy[i] = sums[i];
    finish(&(tile_args){.activation = f, .out_pixel = g->out_pixel, .tail = part}, (tile_place){out, NULL}, copy, run, 1);
}

/// `run` neighbouring pixels of a row from `ox` under a side x side window: every number is loaded once for all the sums it is
/// part of. Rows outside the picture are left out; columns outside count as zeros where `edge`, else there are none.
UNROLLED void depthwise_run(const ck_depthwise_args *g, const float *picture, int oy, int ox, float *out, int c, const int part,
                          const int run, const int stride, const int side, const int edge) {
    const ck_window *win = &g->window;
    V bias = load_some(g->bias + c, part), sum[RUN];
    UNROLL for (int i = 0; i < run; i++) sum[i] = bias;
    UNROLL for (int ky = 0; ky < side; ky++) {
        int y = oy * win->stride_h - win->pad_top + ky, x0 = ox * stride - win->pad_left;
        if ((unsigned)y >= (unsigned)win->h) continue;
        const float *line = picture + (size_t)y * win->w * g->in_pixel + c;
        const float *w = g->weights + (size_t)ky * side * g->c + c;
        V tap[MAX_SIDE];
        UNROLL for (int kx = 0; kx < side; kx++) tap[kx] = load_some(w + (size_t)kx * g->c, part);
        UNROLL for (int i = 0; i < (run - 1) * stride + side; i++) {
            if (edge && (unsigned)(x0 + i) >= (unsigned)win->w) continue;
            V x = load_some(line + (ptrdiff_t)(x0 + i) * (ptrdiff_t)g->in_pixel, part);
            UNROLL for (int kx = 0; kx < side; kx++)
                if (i >= kx && (i - kx) % stride == 0 && (i - kx) / stride < run) sum[(i - kx) / stride] += x * tap[kx];
        }
    }
    finish_pixels(g, sum, run, out, part);
}

/// A piece of a row of output: where it begins and ends, and the channels from `c`.
typedef struct {
    const ck_depthwise_args *g;
    const float *picture;
    float *out;
    int oy, ox, end, c;
} depthwise_piece;

enum { HELD_SIDE = 3 };

/// `runs` times RUN neighbouring pixels whose windows touch neither the left nor the right border: all weights stay in registers.
/// A row outside the picture is read as one zero again and again.
UNROLLED void depthwise_inside(const depthwise_piece *p, int ox, int runs, const int stride, const int side) {
    const ck_depthwise_args *g = p->g;
    const ck_window *win = &g->window;
    V bias = load(g->bias + p->c), tap[HELD_SIDE * HELD_SIDE];
    const float *row[HELD_SIDE];
    size_t pixel[HELD_SIDE];
    UNROLL for (int ky = 0; ky < side; ky++) {
        int y = p->oy * win->stride_h - win->pad_top + ky, held = (unsigned)y < (unsigned)win->h;
        pixel[ky] = held ? g->in_pixel : 0;
        row[ky] = held ? p->picture + ((size_t)y * win->w + (size_t)(ox * stride - win->pad_left)) * g->in_pixel + p->c : g->zeros + p->c;
        UNROLL for (int kx = 0; kx < side; kx++) tap[ky * side + kx] = load(g->weights + (size_t)(ky * side + kx) * g->c + p->c);
    }
    float *out = p->out + (size_t)ox * g->out_pixel + p->c;
    for (; runs; runs--, out += RUN * g->out_pixel) {
        V sum[RUN];
        UNROLL for (int i = 0; i < RUN; i++) sum[i] = bias;
        UNROLL for (int ky = 0; ky < side; ky++) {
            const float *x = row[ky];
            UNROLL for (int i = 0; i < (RUN - 1) * stride + side; i++, x += pixel[ky]) {
                V value = load(x);
                UNROLL for (int kx = 0; kx < side; kx++)
                    if (i >= kx && (i - kx) % stride == 0 && (i - kx) / stride < RUN) sum[(i - kx) / stride] += value * tap[ky * side + kx];
            }
            row[ky] += (size_t)(RUN * stride) * pixel[ky];
        }
        finish_pixels(g, sum, RUN, out, VL);
    }
}

INLINE void depthwise_line(const depthwise_piece *p, const int part, const int stride, const int side) {
    const ck_depthwise_args *g = p->g;
    const ck_window *win = &g->window;
    const float *picture = p->picture;
    float *out = p->out + p->c;
    const int oy = p->oy, c = p->c;
    for (int ox = p->ox, count; ox < p->end; ox += count) {
        int rest = p->end - ox, x0 = ox * stride - win->pad_left, fitting = (win->w - side - x0) / stride + 1;
        count = rest >= RUN ? RUN : rest >= 4 ? 4 : rest >= 2 ? 2 : 1;
        int edge = x0 < 0 || x0 + (count - 1) * stride + side > win->w;
        float *to = out + (size_t)ox * g->out_pixel;
        if (count == RUN && !edge && part == VL && side <= HELD_SIDE) {
            int runs = (rest < fitting ? rest : fitting) / RUN;
            depthwise_inside(p, ox, runs, stride, side);
            count = runs * RUN;
        }
        else if (count == RUN && !edge) depthwise_run(g, picture, oy, ox, to, c, part, RUN, stride, side, 0);
        else if (count == RUN) depthwise_run(g, picture, oy, ox, to, c, part, RUN, stride, side, 1);
        else if (count == 4) depthwise_run(g, picture, oy, ox, to, c, part, 4, stride, side, 1);
        else if (count == 2) depthwise_run(g, picture, oy, ox, to, c, part, 2, stride, side, 1);
        else depthwise_run(g, picture, oy, ox, to, c, part, 1, stride, side, 1);
    }
}

typedef void (*depthwise_line_function)(const depthwise_piece *, int part);
#define LINE(NAME, STRIDE, SIDE)                                \
    static void NAME(const depthwise_piece *p, int part) {      \
        if (part == VL) depthwise_line(p, VL, STRIDE, SIDE);    \
        else depthwise_line(p, part, STRIDE, SIDE);             \
    }
LINE(depthwise_3x3, 1, 3) LINE(depthwise_3x3_by_2, 2, 3) LINE(depthwise_5x5, 1, 5) LINE(depthwise_5x5_by_2, 2, 5)

static void depthwise_any(const depthwise_piece *p, int part) {
    for (int ox = p->ox; ox < p->end; ox++) {
        V sum = depthwise_pixel(p->g, p->picture, p->oy, ox, p->c, part);
        finish_pixels(p->g, &sum, 1, p->out + (size_t)ox * p->g->out_pixel + p->c, part);
    }
}

static depthwise_line_function depthwise_line_for(const ck_window *win) {
    if (win->kh != win->kw || win->dilation_h != 1 || win->dilation_w != 1) return depthwise_any;
    if (win->kh == 3) return win->stride_w == 1 ? depthwise_3x3 : win->stride_w == 2 ? depthwise_3x3_by_2 : depthwise_any;
    if (win->kh == 5) return win->stride_w == 1 ? depthwise_5x5 : win->stride_w == 2 ? depthwise_5x5_by_2 : depthwise_any;
    return depthwise_any;
}

/// Floats under the windows of one piece: they stay in the first cache while its channels are gone through.
enum { PIECE_FLOATS = 1 << 13 };

static void depthwise(const ck_depthwise_args *g) {
    const ck_window *win = &g->window;
    depthwise_line_function line = depthwise_line_for(win);
    int fitting = (int)(PIECE_FLOATS / ((size_t)win->kh * win->stride_w * g->in_pixel)) / RUN * RUN;
    int length = fitting < RUN ? RUN : fitting;
    depthwise_piece p = {.g = g};
    for (int n = 0; n < win->n; n++) {
        p.picture = g->in + (size_t)n * win->h * win->w * g->in_pixel;
        for (p.ox = 0; p.ox < win->ow; p.ox = p.end) {
            p.end = p.ox + length < win->ow ? p.ox + length : win->ow;
            for (p.oy = 0; p.oy < win->oh; p.oy++) {
                p.out = g->out + ((size_t)n * win->oh + (size_t)p.oy) * win->ow * g->out_pixel;
                for (p.c = 0; p.c < g->c; p.c += VL) line(&p, g->c - p.c < VL ? g->c - p.c : VL);
            }
        }
    }
}
