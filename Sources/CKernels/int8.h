// Convolution in 8-bit integers: out = activation(scale * (sum of q * w) + offset * (sum of w) + bias + residual), where
// a weight is `factor` times a signed byte w, one factor for each output channel, and an input is scale * q + offset with an
// unsigned byte q. Scale and offset follow the data: for each pixel in a pointwise convolution, else for each picture, whose
// offset is then a whole number of scales, so that padding is exact too.
//
// The including file defines INT8_PATH, and CK_VNNI where the processor multiplies and adds bytes by fours (VNNI).
#include "int8_dispatch.h"
#include "vector.h"
#include "map.h"

enum { INT8_BLOCK = 360, INT8_MAX_ROWS = 12, WORD = CK_INT8_WORD };
/// Pixels of a tile by vectors of its panel, less one: as many sums as registers allow.
static const int int8_rows[CK_INT8_PANEL] = {12, 12, 9, 6};

typedef struct {
    float scale, offset;
} int8_scale;

typedef struct {
    const ck_convolution_args *g;
    int taps, words;             // of four channels
    const uint8_t **rows;        // [pixels][taps]
    const int8_scale *scales;    // of each pixel, `step` apart
    int step;
    const float *panel;          // bias, factor, factor * sum of w, then taps * words rows of NV vectors of four weights
    float *out;
    const float *residual;       // may be NULL
    int tail;                    // lanes of the last vector, 1...VL
} int8_tile;

// MARK: From floats to bytes

typedef struct {
    float low, high;
} int8_range;

/// Comparisons that need not wait for one another.
enum { CHAINS = 4 };

/// The least and greatest of `range` and `count` numbers; NaN is passed over.
INLINE int8_range int8_widen(int8_range range, const float *x, size_t count) {
    V low[CHAINS], high[CHAINS];
    UNROLL for (int j = 0; j < CHAINS; j++) {
        low[j] = splat(range.low);
        high[j] = splat(range.high);
    }
    size_t i = 0;
    for (; i + CHAINS * VL <= count; i += CHAINS * VL)
        UNROLL for (int j = 0; j < CHAINS; j++) {
            V some = load(x + i + j * VL);
            low[j] = vmin(low[j], some);
            high[j] = vmax(high[j], some);
        }
    for (; i < count; i += VL) {
        // The last vector may take some numbers again.
        V some = i + VL <= count ? load(x + i) : count >= VL ? load(x + count - VL) : splat(*x);
        low[0] = vmin(low[0], some);
        high[0] = vmax(high[0], some);
    }
    for (i = 0; count < VL && i < count; i++) {
        low[1] = vmin(low[1], splat(x[i]));
        high[1] = vmax(high[1], splat(x[i]));
    }
    UNROLL for (int j = 1; j < CHAINS; j++) {
        low[0] = vmin(low[0], low[j]);
        high[0] = vmax(high[0], high[j]);
    }
#ifdef CK_VNNI
    return (int8_range){_mm512_reduce_min_ps((__m512)low[0]), _mm512_reduce_max_ps((__m512)high[0])};
#else
    for (int lane = 0; lane < VL; lane++) {
        range.low = low[0][lane] < range.low ? low[0][lane] : range.low;
        range.high = high[0][lane] > range.high ? high[0][lane] : range.high;
    }
    return range;
#endif
}

/// Bytes that may be written beyond the last one.
enum { SLACK = 64 };

#ifdef CK_VNNI
/// 64 bytes of `count` numbers.
INLINE __m512i int8_bytes(const float *x, size_t count, V inverse, V shift) {
    __m512i part[4];
    UNROLL for (int j = 0; j < 4; j++) {
        size_t left = count > (size_t)j * VL ? count - j * VL : 0;
        V some = left >= VL ? load(x + j * VL) : load_part(x + j * VL, (int)left);
        part[j] = _mm512_cvtps_epi32((__m512)(some * inverse + shift));
    }
    // Packing works on quarters of a vector and leaves them interleaved.
    __m512i packed = _mm512_packus_epi16(_mm512_packs_epi32(part[0], part[1]), _mm512_packs_epi32(part[2], part[3]));
    return _mm512_permutexvar_epi32(_mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), packed);
}
#endif

/// q = x * inverse + shift to the nearest integer, of two the even one, within 0...255; NaN becomes 0.
INLINE void int8_quantize(const float *x, size_t count, float inverse, float shift, uint8_t *q) {
#ifdef CK_VNNI
    size_t i = 0;
    for (; i + 64 <= count; i += 64) _mm512_storeu_si512(q + i, int8_bytes(x + i, 64, splat(inverse), splat(shift)));
    if (i < count) _mm512_storeu_si512(q + i, int8_bytes(x + i, count - i, splat(inverse), splat(shift)));
#else
    for (size_t i = 0; i < count; i++) {
        float t = x[i] * inverse + shift;
        q[i] = (uint8_t)(t > 0 ? rintf(t < 255 ? t : 255) : 0);
    }
#endif
}

/// Steps to one, for `width` in 255 steps; 0 where that is next to nothing, infinite or NaN.
INLINE float int8_inverse(float width) { return width > 1e-30f ? 255 / width : 0; }

/// One pixel over its own range.
INLINE int8_scale int8_quantize_pixel(const float *x, size_t count, uint8_t *q) {
    int8_range range = int8_widen((int8_range){INFINITY, -INFINITY}, x, count);
    float width = range.high - range.low, inverse = int8_inverse(width);
    int8_quantize(x, count, inverse, -range.low * inverse, q);
    return (int8_scale){width / 255, range.low};
}

/// `rows` rows of `count` numbers over their common range and zero, `stride` floats and `step` bytes apart; `pad` bytes of zero.
static int8_scale int8_quantize_picture(const float *x, size_t rows, size_t count, size_t stride, uint8_t *q, size_t step,
                                        uint8_t *pad, size_t pad_count) {
    int8_range range = {0, 0};
    for (size_t r = 0; r < rows; r++) range = int8_widen(range, x + r * stride, count);
    float width = range.high - range.low, inverse = int8_inverse(width);
    float zero = inverse > 0 ? rintf(-range.low * inverse) : 0;
    for (size_t r = 0; r < rows; r++) int8_quantize(x + r * stride, count, inverse, zero, q + r * step);
    memset(pad, (int)zero, pad_count);
    return (int8_scale){width / 255, -zero * (width / 255)};
}

// MARK: The product

/// sums + the four products of each lane's bytes, those of x unsigned.
INLINE VI int8_dot(VI sums, VI x, VI w) {
#ifdef CK_VNNI
    return (VI)_mm512_dpbusd_epi32((__m512i)sums, (__m512i)x, (__m512i)w);
#else
    UNROLL for (int i = 0; i < WORD; i++) sums += (x >> 8 * i & 255) * (w << (24 - 8 * i) >> 24);
    return sums;
#endif
}

INLINE void int8_finish_one(const int8_tile *t, ck_activation f, const VI *sums, int mr, int nv) {
    for (int v = 0; v < nv; v++) {
        int part = v == nv - 1 ? t->tail : VL;
        V bias = load(t->panel + v * VL), factor = load(t->panel + (nv + v) * VL), total = load(t->panel + (2 * nv + v) * VL);
        const int8_scale *s = t->scales;
        float *out = t->out + v * VL;
        const float *residual = t->residual + v * VL;
        for (int r = 0; r < mr; r++, s += t->step, out += t->g->out_pixel, residual += t->g->residual_pixel) {
            V sum = __builtin_convertvector(sums[r * nv + v], V) * s->scale * factor + (total * s->offset + bias);
            if (t->residual) sum += load_some(residual, part);
            store_some(out, apply(f, sum), part);
        }
    }
}

static __attribute__((noinline)) void int8_finish(const int8_tile *t, const VI *sums, int mr, int nv) {
    ck_activation f = t->g->activation;
#define CASE(NAME) case NAME: f.function = NAME; int8_finish_one(t, f, sums, mr, nv); return;
    switch (f.function) { FUSED_FUNCTIONS(CASE) default: break; }
#undef CASE
    f.function = CK_IDENTITY;
    int8_finish_one(t, f, sums, mr, nv);
}

UNROLLED void int8_multiply(const int8_tile *t, const int mr, const int nv) {
    VI sum[INT8_MAX_ROWS][CK_INT8_PANEL];
    UNROLL for (int r = 0; r < mr; r++)
        UNROLL for (int v = 0; v < nv; v++) sum[r][v] = (VI)(0);
    const float *b = t->panel + 3 * nv * VL;
    for (int tap = 0; tap < t->taps; tap++) {
        const uint8_t *a[INT8_MAX_ROWS];
        UNROLL for (int r = 0; r < mr; r++) a[r] = t->rows[r * (ptrdiff_t)t->taps + tap];
        for (ptrdiff_t k = 0; k < t->words; k++, b += nv * VL) {
            VI w[CK_INT8_PANEL];
            UNROLL for (int v = 0; v < nv; v++) memcpy(&w[v], b + v * VL, sizeof(VI));
            UNROLL for (int r = 0; r < mr; r++) {
                int32_t word;
                memcpy(&word, a[r] + k * WORD, sizeof word);
                UNROLL for (int v = 0; v < nv; v++) sum[r][v] = int8_dot(sum[r][v], (VI)(word), w[v]);
            }
        }
    }
    VI sums[INT8_MAX_ROWS * CK_INT8_PANEL];
    UNROLL for (int r = 0; r < mr; r++)
        UNROLL for (int v = 0; v < nv; v++) sums[r * nv + v] = sum[r][v];
    int8_finish(t, sums, mr, nv);
}

#define TILE(MR, NV) static void int8_##MR##x##NV(const int8_tile *t) { int8_multiply(t, MR, NV); }
#define SIX(DO, NV) DO(1, NV) DO(2, NV) DO(3, NV) DO(4, NV) DO(5, NV) DO(6, NV)
#define NINE(DO, NV) SIX(DO, NV) DO(7, NV) DO(8, NV) DO(9, NV)
#define TWELVE(DO, NV) NINE(DO, NV) DO(10, NV) DO(11, NV) DO(12, NV)
#define NAME(MR, NV) int8_##MR##x##NV,
TWELVE(TILE, 1) TWELVE(TILE, 2) NINE(TILE, 3) SIX(TILE, 4)
/// By vectors of the panel and rows of the tile, both less one.
static void (*const int8_tiles[CK_INT8_PANEL][INT8_MAX_ROWS])(const int8_tile *) = {
    {TWELVE(NAME, 1)}, {TWELVE(NAME, 2)}, {NINE(NAME, 3)}, {SIX(NAME, 4)}};

/// Every panel of the weights in turn with `pixels` output pixels from `first`.
static void int8_panels(int8_tile all, size_t first, size_t pixels) {
    const ck_convolution_args *g = all.g;
    int vectors = (g->m + VL - 1) / VL;
    all.panel = g->weights;
    for (int done = 0, nv; done < vectors; done += nv) {
        nv = ck_panel_split(vectors, done, CK_INT8_PANEL);
        int8_tile t = all;
        int rest = g->m - done * VL, most = int8_rows[nv - 1];
        t.tail = (rest < nv * VL ? rest : nv * VL) - (nv - 1) * VL;
        for (size_t at = 0, rows; at < pixels; at += rows) {
            size_t left = pixels - at, tiles = (left + most - 1) / most;
            rows = (left + tiles - 1) / tiles;
            t.rows = all.rows + at * t.taps;
            t.scales = all.scales + at * t.step;
            t.out = g->out + (first + at) * g->out_pixel + done * VL;
            t.residual = g->residual ? g->residual + (first + at) * g->residual_pixel + done * VL : NULL;
            int8_tiles[nv - 1][rows - 1](&t);
        }
        all.panel += (size_t)(3 + t.taps * t.words) * nv * VL;
    }
}

// MARK: The convolution

/// Pointers to the bytes under every tap of `count` output pixels of one picture from `first`.
static void int8_find_rows(const ck_window *win, const uint8_t *picture, const uint8_t *pad, size_t step, size_t first,
                           size_t count, const uint8_t **rows) {
    int oy = (int)(first / win->ow), ox = (int)(first % win->ow);
    for (size_t r = 0; r < count; r++) {
        for (int ky = 0; ky < win->kh; ky++) {
            int y = oy * win->stride_h - win->pad_top + ky * win->dilation_h, x = ox * win->stride_w - win->pad_left;
            const uint8_t *line = picture + ((ptrdiff_t)y * win->w) * (ptrdiff_t)step;
            for (int kx = 0; kx < win->kw; kx++, x += win->dilation_w)
                *rows++ = (unsigned)y < (unsigned)win->h && (unsigned)x < (unsigned)win->w ? line + (ptrdiff_t)x * (ptrdiff_t)step : pad;
        }
        if (++ox < win->ow) continue;
        ox = 0;
        oy++;
    }
}

static size_t int8_step(int c) { return (size_t)(c + WORD - 1) / WORD * WORD; }

/// The scratch: pointers to rows, scales of pixels, then bytes.
static size_t int8_scratch(const ck_window *win, int c) {
    size_t pixels = ck_int8_pointwise(win) ? INT8_BLOCK : (size_t)win->h * win->w + 1;
    size_t bytes = INT8_BLOCK * (win->kh * win->kw * sizeof(uint8_t *) + sizeof(int8_scale)) + pixels * int8_step(c) + SLACK;
    return (bytes + sizeof(float) - 1) / sizeof(float);
}

static void int8_convolution(const ck_convolution_args *g) {
    const ck_window *win = &g->window;
    size_t step = int8_step(g->c), plane = (size_t)win->oh * win->ow, all = win->n * plane;
    int8_tile t = {.g = g, .taps = win->kh * win->kw, .words = (int)(step / WORD), .rows = (const uint8_t **)g->scratch};
    int8_scale *scales = (int8_scale *)(t.rows + INT8_BLOCK * t.taps);
    uint8_t *bytes = (uint8_t *)(scales + INT8_BLOCK);
    t.scales = scales;
    if (ck_int8_pointwise(win)) {
        t.step = 1;
        for (size_t r = 0; r < INT8_BLOCK; r++) t.rows[r] = bytes + r * step;
        for (size_t first = 0, count; first < all; first += count) {
            count = all - first < INT8_BLOCK ? all - first : INT8_BLOCK;
            for (size_t r = 0; r < count; r++)
                scales[r] = int8_quantize_pixel(g->in + (first + r) * g->in_pixel, (size_t)g->c, bytes + r * step);
            int8_panels(t, first, count);
        }
    } else {
        // Where pixels follow one another without gaps, and with no channels that are another value's, a picture is one long row.
        size_t pixels = (size_t)win->h * win->w, rows = g->in_pixel == step && (size_t)g->c == step ? 1 : pixels;
        uint8_t *pad = bytes + pixels * step;
        for (int picture = 0; picture < win->n; picture++) {
            *scales = int8_quantize_picture(g->in + picture * g->in_picture, rows, rows == 1 ? pixels * step : (size_t)g->c,
                                            g->in_pixel, bytes, step, pad, step);
            for (size_t first = 0, count; first < plane; first += count) {
                count = plane - first < INT8_BLOCK ? plane - first : INT8_BLOCK;
                int8_find_rows(win, bytes, pad, step, first, count, t.rows);
                int8_panels(t, picture * plane + first, count);
            }
        }
    }
    map_rows(g->activation, g->out, g->out_pixel, all, (size_t)g->m);
}

const ck_int8_kernels INT8_PATH = {VL, int8_convolution, int8_scratch};
