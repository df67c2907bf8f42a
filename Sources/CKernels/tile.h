// The inner loop of every product: a tile of MR rows (output pixels) keeps MR x NV vectors of sums in registers; for each
// tap a pointer per row says where its C numbers are (zeros outside the picture), so no rows are ever gathered ("indirect
// convolution", Dukhan 2019). The stepped tiles find each of a row's numbers by an offset of its own instead.

enum { MAX_MR = 12, CACHE_LINE = 64, LEAD = 128 * CACHE_LINE, LONG_PANEL = 1 << 17 };

typedef struct {
    int taps, c;
    const float *const *rows;  // [pixels][taps]
    const float *corner;       // instead of `rows` where they are evenly spaced: the first one
    ptrdiff_t pitch;           // floats from row to row there
    const int32_t *offsets;    // of each k from its row; used by the stepped tiles only
    const float *panel;        // bias, then taps * c rows of NV vectors
    const char *ahead, *ahead_end;  // weights that will be wanted soon: every k asks for `lines` cache lines of them
    int lines;                 // 1, 2 or 4
    float *out;
    size_t out_pixel;
    const float *residual;     // may be NULL
    size_t residual_pixel;
    ck_activation activation;
    int tail;                  // lanes of the last vector, 1...VL
} tile_args;

/// Where a tile's results go.
typedef struct {
    float *out;
    const float *residual;
} tile_place;

/// out = activation(sums + residual) of `mr` rows; a last vector of `tail` lanes only where `ragged`.
UNROLLED void finish_one(const tile_args *t, tile_place at, ck_activation f, const V *sums, const int mr, const int nv, const int ragged) {
    for (int r = 0; r < mr; r++, at.out += t->out_pixel, at.residual += t->residual_pixel)
        for (int v = 0; v < nv; v++) {
            const int part = ragged && v == nv - 1 ? t->tail : VL;
            V sum = *sums++;
            if (t->residual) sum += load_some(at.residual + v * VL, part);
            store_some(at.out + v * VL, apply(f, sum), part);
        }
}

static __attribute__((noinline)) void finish(const tile_args *t, tile_place at, const V *sums, int mr, int nv) {
    ck_activation f = t->activation;
#define CASE(NAME) \
    case NAME:     \
        f.function = NAME; \
        if (t->tail == VL) finish_one(t, at, f, sums, mr, nv, 0); \
        else finish_one(t, at, f, sums, mr, nv, 1); \
        return;
    switch (f.function) { FUSED_FUNCTIONS(CASE) default: break; }
#undef CASE
    f.function = CK_IDENTITY;
    finish_one(t, at, f, sums, mr, nv, 1);
    map_rows(t->activation, at.out, t->out_pixel, (size_t)mr, (size_t)(nv - 1) * VL + (size_t)t->tail);
}

/// out = clamp(sums + residual) or the sums themselves, without leaving the registers.
UNROLLED void finish_here(const tile_args *t, tile_place at, V sum[MAX_MR][4], const int mr, const int nv, const int ragged) {
    const float low = t->activation.a, high = t->activation.b;
    if (t->residual) {
        UNROLL for (int r = 0; r < mr; r++)
            UNROLL for (int v = 0; v < nv; v++)
                sum[r][v] += load_some(at.residual + r * t->residual_pixel + v * VL, ragged && v == nv - 1 ? t->tail : VL);
    }
    if (t->activation.function == CK_CLAMP) {
        UNROLL for (int r = 0; r < mr; r++)
            UNROLL for (int v = 0; v < nv; v++) sum[r][v] = clamp(sum[r][v], low, high);
    }
    UNROLL for (int r = 0; r < mr; r++)
        UNROLL for (int v = 0; v < nv; v++)
            store_some(at.out + r * t->out_pixel + v * VL, sum[r][v], ragged && v == nv - 1 ? t->tail : VL);
}

/// out = activation(sum + residual), whatever the function.
UNROLLED void finish_tile(const tile_args *t, tile_place at, V sum[MAX_MR][4], const int mr, const int nv) {
    if (t->activation.function != CK_CLAMP && t->activation.function != CK_IDENTITY) {
        V sums[MAX_MR * 4];
        UNROLL for (int r = 0; r < mr; r++)
            UNROLL for (int v = 0; v < nv; v++) sums[r * nv + v] = sum[r][v];
        finish(t, at, sums, mr, nv);
    } else if (t->tail == VL) {
        finish_here(t, at, sum, mr, nv, 0);
    } else {
        finish_here(t, at, sum, mr, nv, 1);
    }
}

/// Where the numbers of a tile's rows are.
typedef enum {
    BY_TAPS,  // `rows` points at the C numbers under each tap
    EVEN,     // the C numbers of `corner`, and `pitch` floats on for each next row
    NEAR,     // as EVEN with pitch 1, and each number at an offset of its own
    NEXT,     // as NEAR with pitch 2
} tile_source;

/// `count` tiles, one after the other.
UNROLLED void tile(tile_args *t, size_t count, const int mr, const int nv, const tile_source source) {
    const float *const *rows = t->rows, *corner = t->corner;
    const ptrdiff_t pitch = source == EVEN ? t->pitch : source == NEXT ? 2 : 1;
    tile_place at = {t->out, t->residual};
    const char *ahead = t->ahead;
    const int lines = t->lines, taps = source == BY_TAPS ? t->taps : 1;
    for (; count; count--) {
        V sum[MAX_MR][4];
        UNROLL for (int v = 0; v < nv; v++) {
            V bias = load(t->panel + v * VL);
            UNROLL for (int r = 0; r < mr; r++) sum[r][v] = bias;
        }
        const float *b = t->panel + nv * VL;
        for (int tap = 0; tap < taps; tap++) {
            // Evenly spaced rows need a register for every third one only: the others are at once and twice the pitch.
            const float *a[MAX_MR];
            if (source == BY_TAPS) UNROLL for (int r = 0; r < mr; r++) a[r] = rows[r * (ptrdiff_t)taps + tap];
            else UNROLL for (int r = 0; r < mr; r++) a[r] = corner + r / 3 * 3 * pitch;
            for (ptrdiff_t k = 0; k < t->c; k++, b += nv * VL) {
                if (source == BY_TAPS || source == EVEN) {
                    __builtin_prefetch(ahead, 0, 2);
                    if (lines > 1) __builtin_prefetch(ahead + CACHE_LINE, 0, 2);
                    if (lines > 2) {
                        __builtin_prefetch(ahead + 2 * CACHE_LINE, 0, 2);
                        __builtin_prefetch(ahead + 3 * CACHE_LINE, 0, 2);
                    }
                    ahead += lines * CACHE_LINE;
                }
                V w[4];
                UNROLL for (int v = 0; v < nv; v++) w[v] = load(b + v * VL);
                UNROLL for (int r = 0; r < mr; r++) {
                    V x = splat(source == BY_TAPS ? a[r][k] : source == EVEN ? a[r][r % 3 * pitch] : (corner + r * pitch)[t->offsets[k]]);
                    UNROLL for (int v = 0; v < nv; v++) sum[r][v] += x * w[v];
                }
                if (source == EVEN) UNROLL for (int r = 0; r < mr; r++) a[r]++;
            }
        }
        finish_tile(t, at, sum, mr, nv);
        rows += mr * taps;
        corner += mr * pitch;
        at.out += mr * t->out_pixel;
        at.residual += mr * t->residual_pixel;
        if (ahead >= t->ahead_end) ahead = (const char *)t->panel;
    }
    t->rows = rows;
    t->corner = corner;
    t->ahead = ahead;
    t->out = at.out;
    t->residual = at.residual;
}

#define TILE(MR, NV) \
    static void taps_##MR##x##NV(tile_args *t, size_t count) { tile(t, count, MR, NV, BY_TAPS); } \
    static void even_##MR##x##NV(tile_args *t, size_t count) { tile(t, count, MR, NV, EVEN); } \
    static void near_##MR##x##NV(tile_args *t, size_t count) { tile(t, count, MR, NV, NEAR); } \
    static void next_##MR##x##NV(tile_args *t, size_t count) { tile(t, count, MR, NV, NEXT); }
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
typedef void (*tile_function)(tile_args *, size_t count);
typedef const tile_function tile_table[PANEL_VECTORS][MAX_MR];
/// By source.
static tile_table *const tiles[4] = {
    &(tile_table)TABLE(taps), &(tile_table)TABLE(even), &(tile_table)TABLE(near), &(tile_table)TABLE(next)};

/// One panel of weights, `nv` vectors of output channels after `done` others, with `pixels` output pixels from `first`, in tiles
/// of nearly equal size.
static void run_panel(const ck_convolution_args *g, tile_args t, int nv, int done, size_t first, size_t pixels, tile_source source) {
    int rest = g->m - done * VL, width = rest < nv * VL ? rest : nv * VL;
    t.tail = width - (nv - 1) * VL;
    t.out = g->out + first * g->out_pixel + done * VL;
    t.residual = g->residual ? g->residual + first * g->residual_pixel + done * VL : NULL;
    const tile_function *table = (*tiles[source])[nv - 1];
    size_t count = (pixels + tile_rows[nv - 1] - 1) / tile_rows[nv - 1], rows = pixels / count, larger = pixels % count;
    if (larger) table[rows](&t, larger);
    table[rows - 1](&t, count - larger);
}

/// Every panel of the weights in turn with `pixels` output pixels from `first`. While one panel is multiplied, the next one
/// comes from memory; `next` is what is wanted after the last, or NULL.
static void run_panels(const ck_convolution_args *g, tile_args *t, size_t first, size_t pixels, const float *next, tile_source source) {
    if (!pixels) return;
    int vectors = (g->m + VL - 1) / VL;
    size_t depth = (size_t)t->taps * t->c;
    t->panel = g->weights;
    for (int done = 0, nv; done < vectors; done += nv) {
        nv = ck_panel_split(vectors, done, PANEL_VECTORS);
        const float *after = t->panel + (depth + 1) * nv * VL, *wanted = done + nv < vectors ? after : next;
        size_t tiles = (pixels + tile_rows[nv - 1] - 1) / tile_rows[nv - 1], bytes = depth * nv * VL * sizeof(float);
        // Few tiles run through a long panel too fast for the next one to be fetched beside it.
        int streams = tiles == 1 || (tiles < (size_t)nv && bytes > LONG_PANEL);
        t->lines = tiles >= (size_t)nv ? 1 : streams ? 4 : 2;
        t->ahead = streams ? (const char *)t->panel + LEAD : (const char *)(wanted ? wanted : t->panel);
        t->ahead_end = t->ahead + (streams ? 1 : bytes);
        run_panel(g, *t, nv, done, first, pixels, source);
        t->panel = after;
    }
}

static tile_args tile_args_of(const ck_convolution_args *g, int taps, int c) {
    return (tile_args){.taps = taps, .c = c, .out_pixel = g->out_pixel, .residual_pixel = g->residual_pixel, .activation = g->activation};
}

/// Pixels of a tile, the widest panel being the first.
static int tile_step(int m) { return tile_rows[ck_panel_split((m + VL - 1) / VL, 0, PANEL_VECTORS) - 1]; }
