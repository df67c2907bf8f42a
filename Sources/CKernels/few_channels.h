// Convolution of at most CK_SMALL_C input channels in any order, the first layer of a network: the KH rows of the picture
// under one row of output are copied into lines with zeros at both ends, so that every window lies inside and
// each of its KH*KW*C numbers is at a fixed offset from its corner.

/// A line holds what the windows of one row of output reach over. With strides above 2 its columns are dealt out to as many
/// phases, so that corners are never more than 2 floats apart.
typedef struct {
    int columns, phases, length;  // floats in use, and of a phase
    int step;                     // from corner to corner, 1 or 2
} line_layout;

static line_layout line_layout_of(const ck_window *win) {
    int columns = (win->ow - 1) * win->stride_w + (win->kw - 1) * win->dilation_w + 1;
    int phases = win->stride_w > 2 ? win->stride_w : 1;
    return (line_layout){columns, phases, (columns + phases - 1) / phases, phases > 1 ? 1 : win->stride_w};
}

static size_t few_channels_scratch(const ck_window *win, int c) {
    line_layout l = line_layout_of(win);
    return (size_t)win->kh * win->kw * c + (size_t)win->kh * c * l.phases * l.length;
}

/// One channel of a row of the picture, NULL for one outside, from column -pad_left on.
static void copy_padded(const ck_convolution_args *g, const line_layout *l, const float *from, float *line) {
    const ck_window *win = &g->window;
    int left = win->pad_left < l->columns && from ? win->pad_left : l->columns;
    int held = win->w < l->columns - left ? win->w : l->columns - left;
    if (l->phases > 1) {
        for (int x = 0; x < l->columns; x++) {
            int there = x >= left && x < left + held;
            line[x % l->phases * l->length + x / l->phases] = there ? from[(size_t)(x - left) * g->in_pixel] : 0;
        }
        return;
    }
    for (int x = 0; x < left; x++) line[x] = 0;
    if (g->in_pixel == 1 && held) memcpy(line + left, from, (size_t)held * sizeof(float));
    else for (int x = 0; x < held; x++) line[left + x] = from[(size_t)x * g->in_pixel];
    for (int x = left + held; x < l->columns; x++) line[x] = 0;
}

static void few_channels(const ck_convolution_args *g) {
    const ck_window *win = &g->window;
    line_layout l = line_layout_of(win);
    int depth = win->kh * win->kw * g->c;
    size_t line = (size_t)l.phases * l.length, first = 0;
    int32_t *offsets = (int32_t *)g->scratch;
    float *lines = g->scratch + depth;
    for (int ky = 0, i = 0; ky < win->kh; ky++)
        for (int kx = 0; kx < win->kw; kx++)
            for (int k = 0; k < g->c; k++) {
                int x = kx * win->dilation_w;
                offsets[i++] = (ky * g->c + k) * (int)line + x % l.phases * l.length + x / l.phases;
            }
    tile_args t = tile_args_of(g, 1, depth);
    t.corner = lines;
    t.offsets = offsets;
    for (int n = 0; n < win->n; n++)
        for (int oy = 0; oy < win->oh; oy++) {
            for (int i = 0; i < win->kh * g->c; i++) {
                int y = oy * win->stride_h - win->pad_top + i / g->c * win->dilation_h;
                const float *from = g->in + n * g->in_picture + (ptrdiff_t)y * win->w * (ptrdiff_t)g->in_pixel + i % g->c * g->in_channel;
                copy_padded(g, &l, (unsigned)y < (unsigned)win->h ? from : NULL, lines + i * line);
            }
            run_panels(g, &t, first, (size_t)win->ow, NULL, l.step == 1 ? NEAR : NEXT);
            first += (size_t)win->ow;
        }
}
