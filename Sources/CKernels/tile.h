// The inner loop of every product: a tile of MR rows (output pixels) keeps MR x NV vectors of sums in registers; for each
// tap a pointer per row says where its C numbers are (zeros outside the picture), so no rows are ever gathered ("indirect
// convolution", Dukhan 2019). The stepped tiles find each of a row's numbers by an offset of its own instead.

enum { MAX_MR = 12 };

typedef struct {
    int taps, c;
    const float *const *rows;  // [MR][taps], or the first row
    const int32_t *offsets;    // of each k from its row's pointer; used by the stepped tiles only
    const float *panel;        // bias, then taps * c rows of NV vectors
    float *out;                // may be NULL together with residual for padding
    size_t out_pixel;
    const float *residual;
    size_t residual_pixel;
    ck_activation activation;
    int tail;                  // lanes of the last vector, 1...VL
} tile_args;

INLINE V with_residual(const tile_args *t, V sum, int r, int v, int part) {
    return t->residual ? sum + load_some(t->residual + r * t->residual_pixel + v * VL, part) : sum;
}

/// out = activation(sums + residual) for the functions that are not worth a copy in every tile.
INLINE void finish_one(const tile_args *t, ck_activation f, const V *sums, int mr, int nv) {
    for (int r = 0; r < mr; r++)
        for (int v = 0; v < nv; v++) {
            int part = v < nv - 1 ? VL : t->tail;
            store_some(t->out + r * t->out_pixel + v * VL, apply(f, with_residual(t, *sums++, r, v, part)), part);
        }
}

static __attribute__((noinline)) void finish(const tile_args *t, const V *sums, int mr, int nv) {
    ck_activation f = t->activation;
#define CASE(NAME) case NAME: f.function = NAME; finish_one(t, f, sums, mr, nv); return;
    switch (f.function) { FUSED_FUNCTIONS(CASE) default: break; }
#undef CASE
    f.function = CK_IDENTITY;
    finish_one(t, f, sums, mr, nv);
    map_rows(t->activation, t->out, t->out_pixel, (size_t)mr, (size_t)(nv - 1) * VL + (size_t)t->tail);
}

/// `step` is 0 where `rows` points at each row's taps, else the rows are that many floats apart, the first at `rows[0]`, and
/// their numbers at `offsets`.
INLINE void tile(const tile_args *t, const int mr, const int nv, const int step) {
    V sum[MAX_MR][4];
    UNROLL for (int v = 0; v < nv; v++) {
        V bias = load(t->panel + v * VL);
        UNROLL for (int r = 0; r < mr; r++) sum[r][v] = bias;
    }
    const float *b = t->panel + nv * VL;
    for (int tap = 0; tap < t->taps; tap++) {
        const float *a[MAX_MR];
        UNROLL for (int r = 0; r < mr; r++) a[r] = step ? t->rows[0] + r * step : t->rows[r * (ptrdiff_t)t->taps + tap];
        for (ptrdiff_t k = 0; k < t->c; k++, b += nv * VL) {
            ptrdiff_t at = step ? t->offsets[k] : k;
            V w[4];
            UNROLL for (int v = 0; v < nv; v++) w[v] = load(b + v * VL);
            UNROLL for (int r = 0; r < mr; r++) {
                V x = splat(a[r][at]);
                UNROLL for (int v = 0; v < nv; v++) sum[r][v] += x * w[v];
            }
        }
    }
    if (t->activation.function != CK_CLAMP && t->activation.function != CK_IDENTITY) {
        V sums[MAX_MR * 4];
        UNROLL for (int r = 0; r < mr; r++)
            UNROLL for (int v = 0; v < nv; v++) sums[r * nv + v] = sum[r][v];
        finish(t, sums, mr, nv);
        return;
    }
    const float low = t->activation.a, high = t->activation.b;
    const int clamps = t->activation.function == CK_CLAMP;
    UNROLL for (int r = 0; r < mr; r++)
        UNROLL for (int v = 0; v < nv; v++) {
            int part = v < nv - 1 || t->tail == VL ? VL : t->tail;
            V x = with_residual(t, sum[r][v], r, v, part);
            store_some(t->out + r * t->out_pixel + v * VL, clamps ? clamp(x, low, high) : x, part);
        }
}

#define TILE(MR, NV) \
    static void tile_##MR##x##NV(const tile_args *t) { tile(t, MR, NV, 0); } \
    static void near_##MR##x##NV(const tile_args *t) { tile(t, MR, NV, 1); } \
    static void next_##MR##x##NV(const tile_args *t) { tile(t, MR, NV, 2); }
TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(6, 1)
TILE(1, 2) TILE(2, 2) TILE(3, 2) TILE(4, 2) TILE(5, 2) TILE(6, 2)
#define SIX(NAME, NV) NAME##_1x##NV, NAME##_2x##NV, NAME##_3x##NV, NAME##_4x##NV, NAME##_5x##NV, NAME##_6x##NV
#if VL == 16
TILE(7, 1) TILE(8, 1) TILE(9, 1) TILE(10, 1) TILE(11, 1) TILE(12, 1)
TILE(7, 2) TILE(8, 2) TILE(9, 2) TILE(10, 2) TILE(11, 2) TILE(12, 2)
TILE(1, 3) TILE(2, 3) TILE(3, 3) TILE(4, 3) TILE(5, 3) TILE(6, 3) TILE(7, 3) TILE(8, 3) TILE(9, 3)
TILE(1, 4) TILE(2, 4) TILE(3, 4) TILE(4, 4) TILE(5, 4) TILE(6, 4)
enum { PANEL_VECTORS = 4 };
static const int tile_rows[PANEL_VECTORS] = {12, 12, 9, 6};
#define NINE(NAME, NV) SIX(NAME, NV), NAME##_7x##NV, NAME##_8x##NV, NAME##_9x##NV
#define TWELVE(NAME, NV) NINE(NAME, NV), NAME##_10x##NV, NAME##_11x##NV, NAME##_12x##NV
#define TABLE(NAME) {{TWELVE(NAME, 1)}, {TWELVE(NAME, 2)}, {NINE(NAME, 3)}, {SIX(NAME, 4)}}
#else
enum { PANEL_VECTORS = 2 };
static const int tile_rows[PANEL_VECTORS] = {6, 6};
#define TABLE(NAME) {{SIX(NAME, 1)}, {SIX(NAME, 2)}}
#endif
/// By vectors of the panel and rows of the tile, both less one.
typedef void (*tile_function)(const tile_args *);
typedef const tile_function tile_table[PANEL_VECTORS][MAX_MR];
static tile_table tiles = TABLE(tile);
/// By the floats between rows, less one.
static tile_table *const stepped_tiles[2] = {&(tile_table)TABLE(near), &(tile_table)TABLE(next)};

/// What a panel of weights is multiplied with, and where it goes: `nv` vectors of output channels after `done` others,
/// `count` output pixels from `first` of all N * OH * OW, whose numbers `t->rows` point at.
static void run_tile(const ck_convolution_args *g, tile_args *t, tile_table table, int nv,
                     int done, size_t first, int count) {
    int rest = g->m - done * VL, width = rest < nv * VL ? rest : nv * VL;
    t->tail = width - (nv - 1) * VL;
    t->out = g->out + first * g->out_pixel + done * VL;
    t->residual = g->residual ? g->residual + first * g->residual_pixel + done * VL : NULL;
    table[nv - 1][count - 1](t);
}

/// As `run_tile` with every panel of the weights in turn.
static void run_panels(const ck_convolution_args *g, tile_args *t, tile_table table,
                       size_t first, int count) {
    int vectors = (g->m + VL - 1) / VL;
    t->panel = g->weights;
    for (int done = 0, nv; done < vectors; done += nv) {
        nv = ck_panel_split(vectors, done, PANEL_VECTORS);
        run_tile(g, t, table, nv, done, first, count);
        t->panel += ((size_t)t->taps * t->c + 1) * nv * VL;
    }
}

static tile_args tile_args_of(const ck_convolution_args *g, int taps, int c, const float *const *rows) {
    return (tile_args){.taps = taps, .c = c, .rows = rows, .out_pixel = g->out_pixel, .residual_pixel = g->residual_pixel,
                       .activation = g->activation};
}

/// Pixels of a tile, the widest panel being the first.
static int tile_step(int m) { return tile_rows[ck_panel_split((m + VL - 1) / VL, 0, PANEL_VECTORS) - 1]; }

/// Pixels of the next tile where `rest` are left: tiles of nearly equal size, `step` at the most.
static int tile_count(size_t rest, int step) {
    size_t tiles = (rest + step - 1) / step;
    return (int)((rest + tiles - 1) / tiles);
}
