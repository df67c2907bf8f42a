// Convolution as a product without im2col ("indirect convolution", Dukhan 2019): a tile of MR output pixels keeps MR x NV
// vectors of sums in registers; for each tap a pointer per pixel says where its C channels are (zeros outside the picture).
// With few input channels (C <= CK_SMALL_C) a pixel's KH*KW*C numbers are found by a table of offsets from the corner of its
// window; at the border, where some of them are outside, they are first gathered into a row of their own.

enum { MAX_MR = 12 };

typedef struct {
    int taps, c;
    const float *const *rows;  // [taps][MR]
    const int32_t *offsets;    // of each k from its row's pointer; used by the small tiles only
    const float *panel;        // bias, then taps * c rows of NV vectors
    float *out;                // may be NULL together with residual for padding
    size_t out_pixel;
    const float *residual;
    size_t residual_pixel;
    float low, high;
    int tail;                  // lanes of the last vector, 1...VL
} tile_args;

INLINE void tile(const tile_args *t, const int mr, const int nv, const int small) {
    V sum[MAX_MR][4];
    UNROLL for (int v = 0; v < nv; v++) {
        V bias = load(t->panel + v * VL);
        UNROLL for (int r = 0; r < mr; r++) sum[r][v] = bias;
    }
    const float *b = t->panel + nv * VL;
    const float *const *rows = t->rows;
    for (int tap = 0; tap < t->taps; tap++, rows += mr) {
        const float *a[MAX_MR];
        UNROLL for (int r = 0; r < mr; r++) a[r] = rows[r];
        for (ptrdiff_t k = 0; k < t->c; k++, b += nv * VL) {
            V w[4];
            UNROLL for (int v = 0; v < nv; v++) w[v] = load(b + v * VL);
            UNROLL for (int r = 0; r < mr; r++) {
                V x = splat(a[r][small ? t->offsets[k] : k]);
                UNROLL for (int v = 0; v < nv; v++) sum[r][v] += x * w[v];
            }
        }
    }
    const float low = t->low, high = t->high;
    UNROLL for (int r = 0; r < mr; r++) {
        UNROLL for (int v = 0; v < nv; v++) {
            V x = sum[r][v];
            const float *p = t->residual ? t->residual + r * t->residual_pixel + v * VL : NULL;
            float *q = t->out + r * t->out_pixel + v * VL;
            if (v < nv - 1 || t->tail == VL) {
                if (p) x += load(p);
                store(q, clamp(x, low, high));
            } else {
                if (p) x += load_part(p, t->tail);
                store_part(q, clamp(x, low, high), t->tail);
            }
        }
    }
}

#define TILE(MR, NV) \
    static void tile_##MR##x##NV(const tile_args *t) { tile(t, MR, NV, 0); } \
    static void small_##MR##x##NV(const tile_args *t) { tile(t, MR, NV, 1); }
TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(6, 1)
TILE(1, 2) TILE(2, 2) TILE(3, 2) TILE(4, 2) TILE(5, 2) TILE(6, 2)
#if VL == 16
TILE(7, 1) TILE(8, 1) TILE(9, 1) TILE(10, 1) TILE(11, 1) TILE(12, 1)
TILE(7, 2) TILE(8, 2) TILE(9, 2) TILE(10, 2) TILE(11, 2) TILE(12, 2)
TILE(1, 3) TILE(2, 3) TILE(3, 3) TILE(4, 3) TILE(5, 3) TILE(6, 3) TILE(7, 3) TILE(8, 3) TILE(9, 3)
TILE(1, 4) TILE(2, 4) TILE(3, 4) TILE(4, 4) TILE(5, 4) TILE(6, 4)
enum { PANEL_VECTORS = 4 };
static const int tile_rows[PANEL_VECTORS] = {12, 12, 9, 6};
#define SIX(NAME, NV) NAME##_1x##NV, NAME##_2x##NV, NAME##_3x##NV, NAME##_4x##NV, NAME##_5x##NV, NAME##_6x##NV
#define NINE(NAME, NV) SIX(NAME, NV), NAME##_7x##NV, NAME##_8x##NV, NAME##_9x##NV
#define TWELVE(NAME, NV) NINE(NAME, NV), NAME##_10x##NV, NAME##_11x##NV, NAME##_12x##NV
#define TABLE(NAME) {{TWELVE(NAME, 1)}, {TWELVE(NAME, 2)}, {NINE(NAME, 3)}, {SIX(NAME, 4)}}
#else
enum { PANEL_VECTORS = 2 };
static const int tile_rows[PANEL_VECTORS] = {6, 6};
#define SIX(NAME, NV) NAME##_1x##NV, NAME##_2x##NV, NAME##_3x##NV, NAME##_4x##NV, NAME##_5x##NV, NAME##_6x##NV
#define TABLE(NAME) {{SIX(NAME, 1)}, {SIX(NAME, 2)}}
#endif
/// By vectors of the panel and rows of the tile, both less one.
typedef void (*tile_function)(const tile_args *);
static const tile_function tiles[PANEL_VECTORS][MAX_MR] = TABLE(tile), small_tiles[PANEL_VECTORS][MAX_MR] = TABLE(small);

/// Where output pixel `index` of all N * OH * OW looks: its picture and the window's corner.
typedef struct {
    const float *picture;
    int y, x;
} corner;

INLINE corner corner_of(const ck_convolution_args *g, size_t index) {
    const ck_window *win = &g->window;
    size_t plane = (size_t)win->oh * win->ow, n = index / plane, pixel = index % plane;
    int oy = (int)(pixel / win->ow), ox = (int)(pixel % win->ow);
    return (corner){g->in + n * g->in_picture, oy * win->stride_h - win->pad_top,
                    ox * win->stride_w - win->pad_left};
}

/// Pointers to the channels under every tap of `count` pixels from `first`, tap-major.
static void find_rows(const ck_convolution_args *g, size_t first, int count, const float **rows) {
    const ck_window *win = &g->window;
    if (win->kh * win->kw == 1 && g->in_picture == (size_t)win->h * win->w * g->in_pixel && win->oh == win->h && win->ow == win->w && win->stride_h * win->stride_w == 1) {
        for (int r = 0; r < count; r++) rows[r] = g->in + (first + r) * g->in_pixel;
        return;
    }
    for (int r = 0; r < count; r++) {
        corner at = corner_of(g, first + r);
        const float **row = rows + r;
        for (int ky = 0; ky < win->kh; ky++) {
            int y = at.y + ky * win->dilation_h;
            const float *line = at.picture + (ptrdiff_t)y * win->w * (ptrdiff_t)g->in_pixel;
            int inside = (unsigned)y < (unsigned)win->h;
            for (int kx = 0; kx < win->kw; kx++, row += count) {
                int x = at.x + kx * win->dilation_w;
                *row = inside && (unsigned)x < (unsigned)win->w ? line + (ptrdiff_t)x * (ptrdiff_t)g->in_pixel : g->zeros;
            }
        }
    }
}

/// Offsets of each of the KH*KW*C numbers from the corner of a window.
static void find_offsets(const ck_convolution_args *g, int32_t *offsets) {
    const ck_window *win = &g->window;
    for (int ky = 0; ky < win->kh; ky++)
        for (int kx = 0; kx < win->kw; kx++)
            for (int k = 0; k < g->c; k++)
                *offsets++ = (int32_t)(((ptrdiff_t)ky * win->dilation_h * win->w + (ptrdiff_t)kx * win->dilation_w) *
                                           (ptrdiff_t)g->in_pixel + k * (ptrdiff_t)g->in_channel);
}

/// Pointers to the corners of the windows of `count` pixels; 0 if one of the windows reaches over the border.
static int find_corners(const ck_convolution_args *g, size_t first, int count, const float **rows) {
    const ck_window *win = &g->window;
    int last_y = win->h - ((win->kh - 1) * win->dilation_h + 1), last_x = win->w - ((win->kw - 1) * win->dilation_w + 1);
    for (int r = 0; r < count; r++) {
        corner at = corner_of(g, first + r);
        if (at.y < 0 || at.x < 0 || at.y > last_y || at.x > last_x) return 0;
        rows[r] = at.picture + ((ptrdiff_t)at.y * win->w + at.x) * (ptrdiff_t)g->in_pixel;
    }
    return 1;
}

/// The taps of `count` pixels from `first`, one row of KH*KW*C floats each.
static void gather_rows(const ck_convolution_args *g, size_t first, int count, float *scratch, const float **rows) {
    const ck_window *win = &g->window;
    int c = g->c;
    for (int r = 0; r < count; r++) {
        corner at = corner_of(g, first + r);
        rows[r] = scratch;
        for (int ky = 0; ky < win->kh; ky++) {
            int y = at.y + ky * win->dilation_h;
            int inside = (unsigned)y < (unsigned)win->h;
            const float *line = at.picture + (ptrdiff_t)y * win->w * (ptrdiff_t)g->in_pixel;
            for (int kx = 0; kx < win->kw; kx++, scratch += c) {
                int x = at.x + kx * win->dilation_w;
                int there = inside && (unsigned)x < (unsigned)win->w;
                const float *p = line + (ptrdiff_t)x * (ptrdiff_t)g->in_pixel;
                for (int k = 0; k < c; k++) scratch[k] = there ? p[(size_t)k * g->in_channel] : 0;
            }
        }
    }
}

static size_t convolution_scratch(const ck_window *win, int c) {
    size_t taps = (size_t)win->kh * win->kw;
    return c <= CK_SMALL_C ? MAX_MR * (taps * c + 2) + 2 * taps * c + 4 : MAX_MR * taps * 2 + 2;
}

/// Packed floats above which panels are walked outermost, so that each is read from memory once.
enum { RESIDENT_FLOATS = 1 << 17 };

static void convolution(const ck_convolution_args *g) {
    const ck_window *win = &g->window;
    size_t pixels = (size_t)win->n * win->oh * win->ow;
    int taps = win->kh * win->kw, small = g->c <= CK_SMALL_C, vectors = (g->m + VL - 1) / VL;
    int clamps = g->activation.function == CK_CLAMP;
    int later = !clamps && g->activation.function != CK_IDENTITY;
    size_t depth = (size_t)taps * g->c;
    const float **rows = (const float **)(((uintptr_t)g->scratch + 7) & ~(uintptr_t)7);
    float *gathered = (float *)(rows + MAX_MR);
    int32_t *offsets = (int32_t *)(gathered + MAX_MR * depth), *steps = offsets + depth;
    if (small) {
        find_offsets(g, offsets);
        for (size_t k = 0; k < depth; k++) steps[k] = (int32_t)k;
    }
    tile_args t = {.taps = small ? 1 : taps, .c = small ? taps * g->c : g->c, .rows = rows,
                   .out_pixel = g->out_pixel, .residual_pixel = g->residual_pixel,
                   .low = clamps ? g->activation.a : -INFINITY, .high = clamps ? g->activation.b : INFINITY};
    int widest = 0;
    for (int done = 0; done < vectors;) {
        int nv = ck_panel_split(vectors, done, PANEL_VECTORS);
        if (nv > widest) widest = nv;
        done += nv;
    }
    size_t step = (size_t)tile_rows[widest - 1];
    size_t block = depth * (size_t)vectors * VL > RESIDENT_FLOATS ? pixels : step;
    for (size_t start = 0; start < pixels; start += block) {
        size_t end = start + block < pixels ? start + block : pixels;
        const float *panel = g->weights;
        for (int done = 0; done < vectors;) {
            int nv = ck_panel_split(vectors, done, PANEL_VECTORS);
            int width = g->m - done * VL < nv * VL ? g->m - done * VL : nv * VL;
            t.panel = panel;
            t.tail = width - (nv - 1) * VL;
            size_t rest = end - start, left = (rest + step - 1) / step;
            for (size_t first = start; first < end; left--) {
                int count = (int)((end - first + left - 1) / left);
                if (block == pixels || done == 0) {
                    if (!small) find_rows(g, first, count, rows);
                    else if (find_corners(g, first, count, rows)) t.offsets = offsets;
                    else gather_rows(g, first, count, gathered, rows), t.offsets = steps;
                }
                t.out = g->out + first * g->out_pixel + done * VL;
                t.residual = g->residual ? g->residual + first * g->residual_pixel + done * VL : NULL;
                (small ? small_tiles : tiles)[nv - 1][count - 1](&t);
                if (later) map_rows(g->activation, t.out, g->out_pixel, count, width);
                first += count;
            }
            panel += (depth + 1) * nv * VL;
            done += nv;
        }
    }
}
