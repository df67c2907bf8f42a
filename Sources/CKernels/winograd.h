// 3 x 3 convolution with stride 1 by Winograd's minimal filtering F(4 x 4, 3 x 3) (Lavin and Gray 2016): 36 products of
// [tiles, C] and [C, M] matrices give 4 x 4 output pixels a tile with a quarter of the multiplications. The polynomial is
// interpolated at 0, +-a, +-b and infinity with a^2 = 1/2 and b^2 = 2, which keeps the rounding errors of float32 small.

enum { WT = 4, WI = CK_WINOGRAD_SIDE, WP = WI * WI };  // side of a tile, of its input, and the number of products
static const float wa = CK_WINOGRAD_A, wb = CK_WINOGRAD_B;

/// B^T d: six numbers of input to six points.
INLINE void winograd_input(const V d[WI], V out[WI]) {
    V even_a = d[4] - d[2] * 2.0f, odd_a = (d[3] - d[1] * 2.0f) * wa;
    V even_b = d[4] - d[2] * 0.5f, odd_b = (d[3] - d[1] * 0.5f) * wb;
    out[0] = d[0] - d[2] * 2.5f + d[4];
    out[1] = even_a + odd_a;
    out[2] = even_a - odd_a;
    out[3] = even_b + odd_b;
    out[4] = even_b - odd_b;
    out[5] = d[1] - d[3] * 2.5f + d[5];
}

/// A^T m: six points to four numbers of output.
INLINE void winograd_output(const V m[WI], V out[WT]) {
    V sum_a = m[1] + m[2], difference_a = (m[1] - m[2]) * wa, sum_b = m[3] + m[4], difference_b = (m[3] - m[4]) * wb;
    out[0] = m[0] + sum_a + sum_b;
    out[1] = difference_a + difference_b;
    out[2] = sum_a * 0.5f + sum_b * 2.0f;
    out[3] = difference_a * 0.5f + difference_b * 2.0f + m[5];
}

/// A block of tiles, which are numbered along the rows of all pictures.
typedef struct {
    const ck_convolution_args *g;
    const float *bias;      // M in whole vectors
    int across, down;       // tiles of a picture
    size_t first, count;    // of the block
    size_t width;           // floats of a row of `products`: M in whole vectors
    float *points;          // [count][36][C]
    float *products;        // [count][36][width]
} winograd_block;

typedef struct {
    size_t picture;
    int y, x;               // first output pixel
} winograd_place;

INLINE winograd_place winograd_place_of(const winograd_block *b, size_t tile) {
    size_t plane = (size_t)b->across * b->down, at = tile % plane;
    return (winograd_place){tile / plane, (int)(at / b->across) * WT, (int)(at % b->across) * WT};
}

INLINE void winograd_scatter_vector(const winograd_block *b, const float *const pixels[WP], size_t tile, int c, const int part) {
    V columns[WI][WI];
    UNROLL for (int x = 0; x < WI; x++) {
        V d[WI];
        UNROLL for (int y = 0; y < WI; y++) d[y] = load_some(pixels[y * WI + x] + c, part);
        winograd_input(d, columns[x]);
    }
    size_t step = b->g->c;
    float *out = b->points + tile * WP * step + c;
    UNROLL for (int y = 0; y < WI; y++) {
        V d[WI], p[WI];
        UNROLL for (int x = 0; x < WI; x++) d[x] = columns[x][y];
        winograd_input(d, p);
        UNROLL for (int x = 0; x < WI; x++, out += step) store_some(out, p[x], part);
    }
}

/// points = B^T input B for every tile and channel.
static void winograd_scatter(const winograd_block *b) {
    const ck_convolution_args *g = b->g;
    const ck_window *win = &g->window;
    for (size_t tile = 0; tile < b->count; tile++) {
        winograd_place at = winograd_place_of(b, b->first + tile);
        const float *picture = g->in + at.picture * g->in_picture, *pixels[WP];
        for (int i = 0; i < WP; i++) {
            int y = at.y - win->pad_top + i / WI, x = at.x - win->pad_left + i % WI;
            int inside = (unsigned)y < (unsigned)win->h && (unsigned)x < (unsigned)win->w;
            pixels[i] = inside ? picture + ((size_t)y * win->w + (size_t)x) * g->in_pixel : g->zeros;
        }
        int c = 0;
        for (; c + VL <= g->c; c += VL) winograd_scatter_vector(b, pixels, tile, c, VL);
        if (c < g->c) winograd_scatter_vector(b, pixels, tile, c, g->c - c);
    }
}

/// products = points x weights for each of the 36 points.
static void winograd_multiply(const winograd_block *b) {
    const ck_convolution_args *g = b->g;
    ck_convolution_args product = {.c = g->c, .m = (int)b->width, .out_pixel = WP * b->width, .activation = {CK_IDENTITY, 0, 0}};
    size_t floats = (size_t)(g->c + 1) * b->width;
    tile_args t = tile_args_of(&product, 1, g->c);
    t.pitch = WP * (ptrdiff_t)g->c;
    for (int point = 0; point < WP; point++) {
        product.weights = g->weights + (size_t)point * floats;
        product.out = b->products + (size_t)point * b->width;
        t.corner = b->points + (size_t)point * g->c;
        run_panels(&product, &t, 0, b->count, point + 1 < WP ? product.weights + floats : g->weights, EVEN);
    }
}

INLINE void winograd_gather_vector(const winograd_block *b, size_t tile, winograd_place at, int c, ck_activation f,
                                   const int part) {
    const ck_convolution_args *g = b->g;
    const ck_window *win = &g->window;
    const float *from = b->products + tile * WP * b->width + c;
    V columns[WI][WT];
    UNROLL for (int x = 0; x < WI; x++) {
        V m[WI];
        UNROLL for (int y = 0; y < WI; y++) m[y] = load(from + (size_t)(y * WI + x) * b->width);
        winograd_output(m, columns[x]);
    }
    V bias = load(b->bias + c);
    V result[WT][WT];
    UNROLL for (int y = 0; y < WT; y++) {
        V m[WI];
        UNROLL for (int x = 0; x < WI; x++) m[x] = columns[x][y];
        winograd_output(m, result[y]);
    }
    int rows = win->oh - at.y < WT ? win->oh - at.y : WT, held = win->ow - at.x < WT ? win->ow - at.x : WT;
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < held; x++) {
            size_t pixel = (at.picture * win->oh + (size_t)(at.y + y)) * win->ow + (size_t)(at.x + x);
            V sum = result[y][x] + bias;
            if (g->residual) sum += load_some(g->residual + pixel * g->residual_pixel + c, part);
            store_some(g->out + pixel * g->out_pixel + c, apply(f, sum), part);
        }
}

INLINE void winograd_gather_one(const winograd_block *b, ck_activation f) {
    const ck_convolution_args *g = b->g;
    for (size_t tile = 0; tile < b->count; tile++) {
        winograd_place at = winograd_place_of(b, b->first + tile);
        int c = 0;
        for (; c + VL <= g->m; c += VL) winograd_gather_vector(b, tile, at, c, f, VL);
        if (c < g->m) winograd_gather_vector(b, tile, at, c, f, g->m - c);
    }
}

/// out = activation(A^T products A + bias + residual) for every tile and channel.
static void winograd_gather(const winograd_block *b) {
    ck_activation f = b->g->activation;
#define CASE(NAME) case NAME: f.function = NAME; winograd_gather_one(b, f); return;
    switch (f.function) { FUSED_FUNCTIONS(CASE) default: break; }
#undef CASE
    f.function = CK_IDENTITY;
    winograd_gather_one(b, f);
}

/// Floats of points and products that stay in the processor's second cache.
enum { WINOGRAD_BLOCK_FLOATS = 1 << 17 };

static size_t winograd_width(int m) { return (size_t)(m + VL - 1) / VL * VL; }

/// Tiles of a block: whole steps of the product.
static size_t winograd_block_count(int c, int m, size_t tiles_of_all) {
    size_t step = (size_t)tile_step(m), fitting = WINOGRAD_BLOCK_FLOATS / (WP * ((size_t)c + winograd_width(m)));
    size_t count = fitting < step ? step : fitting / step * step;
    return count < tiles_of_all ? count : tiles_of_all;
}

static size_t winograd_tiles(const ck_window *win) {
    return (size_t)win->n * ((win->oh + WT - 1) / WT) * ((win->ow + WT - 1) / WT);
}

static size_t winograd_scratch(const ck_window *win, int c, int m) {
    return winograd_block_count(c, m, winograd_tiles(win)) * WP * ((size_t)c + winograd_width(m));
}

static void winograd(const ck_convolution_args *g, const float *bias) {
    const ck_window *win = &g->window;
    size_t all = winograd_tiles(win), step = winograd_block_count(g->c, g->m, all);
    winograd_block b = {.g = g, .bias = bias, .across = (win->ow + WT - 1) / WT, .down = (win->oh + WT - 1) / WT,
                        .width = winograd_width(g->m), .points = g->scratch};
    for (b.first = 0; b.first < all; b.first += b.count) {
        b.count = all - b.first < step ? all - b.first : step;
        b.products = b.points + WP * b.count * g->c;
        winograd_scatter(&b);
        winograd_multiply(&b);
        winograd_gather(&b);
    }
    map_rows(g->activation, g->out, g->out_pixel, (size_t)win->n * win->oh * win->ow, (size_t)g->m);
}
