// Strided walks: broadcasting arithmetic, copies, reductions, softmax.

INLINE float combine(ck_binary_operation operation, float x, float y) {
    switch (operation) {
        case CK_ADD: return x + y;
        case CK_SUB: return x - y;
        case CK_MUL: return x * y;
        case CK_DIV: return x / y;
        case CK_MIN: return y < x || y != y ? y : x;
        case CK_MAX: return y > x || y != y ? y : x;
        case CK_POW: return powf(x, y);
        case CK_PRELU: return x < 0 ? x * y : x;
    }
    return x;
}

INLINE void combine_row(ck_binary_operation operation, const float *a, ptrdiff_t sa, const float *b, ptrdiff_t sb, float *out,
                        ptrdiff_t so, size_t count) {
    if (so == 1 && sa == 1 && sb == 1) for (size_t i = 0; i < count; i++) out[i] = combine(operation, a[i], b[i]);
    else if (so == 1 && sa == 1 && sb == 0) { float y = *b; for (size_t i = 0; i < count; i++) out[i] = combine(operation, a[i], y); }
    else if (so == 1 && sa == 0 && sb == 1) { float x = *a; for (size_t i = 0; i < count; i++) out[i] = combine(operation, x, b[i]); }
    else for (size_t i = 0; i < count; i++) out[(ptrdiff_t)i * so] = combine(operation, a[(ptrdiff_t)i * sa], b[(ptrdiff_t)i * sb]);
}

/// Steps `index` over all axes but the innermost and moves the three offsets along; returns 0 after the last.
INLINE int advance(const ck_walk *w, size_t *index, ptrdiff_t *out, ptrdiff_t *a, ptrdiff_t *b) {
    for (int axis = w->rank - 2; axis >= 0; axis--) {
        *out += w->out[axis];
        *a += w->a[axis];
        *b += w->b[axis];
        if (++index[axis] < w->shape[axis]) return 1;
        *out -= w->out[axis] * (ptrdiff_t)w->shape[axis];
        *a -= w->a[axis] * (ptrdiff_t)w->shape[axis];
        *b -= w->b[axis] * (ptrdiff_t)w->shape[axis];
        index[axis] = 0;
    }
    return 0;
}

INLINE void binary_one(ck_binary_operation operation, const ck_walk *w, const float *a, const float *b, float *out) {
    size_t index[CK_MAX_RANK] = {0};
    ptrdiff_t o = 0, i = 0, j = 0;
    int last = w->rank - 1;
    do combine_row(operation, a + i, w->a[last], b + j, w->b[last], out + o, w->out[last], w->shape[last]);
    while (advance(w, index, &o, &i, &j));
}

static void binary(ck_binary_operation operation, const ck_walk *w, const float *a, const float *b, float *out) {
#define CASE(NAME) case NAME: binary_one(NAME, w, a, b, out); return;
    switch (operation) {
        CASE(CK_ADD) CASE(CK_SUB) CASE(CK_MUL) CASE(CK_DIV) CASE(CK_MIN) CASE(CK_MAX) CASE(CK_POW) CASE(CK_PRELU)
    }
#undef CASE
}

static void copy(const ck_walk *w, const float *a, float *out) {
    size_t index[CK_MAX_RANK] = {0};
    ptrdiff_t o = 0, i = 0, unused = 0;
    int last = w->rank - 1;
    ptrdiff_t sa = w->a[last], so = w->out[last];
    size_t count = w->shape[last];
    do {
        const float *p = a + i;
        float *q = out + o;
        if (sa == 1 && so == 1) memcpy(q, p, count * sizeof(float));
        else if (so == 1) for (size_t k = 0; k < count; k++) q[k] = p[(ptrdiff_t)k * sa];
        else for (size_t k = 0; k < count; k++) q[(ptrdiff_t)k * so] = p[(ptrdiff_t)k * sa];
    } while (advance(w, index, &o, &i, &unused));
}

INLINE double reduced(ck_reduction reduction, double sum, double x) {
    switch (reduction) {
        case CK_REDUCE_MAX: return x > sum || x != x ? x : sum;
        case CK_REDUCE_MIN: return x < sum || x != x ? x : sum;
        case CK_PRODUCT: return sum * x;
        default: return sum + x;
    }
}

static float reduce_all(ck_reduction reduction, const ck_walk *w, const float *in) {
    double sum = reduction == CK_REDUCE_MAX ? -INFINITY : reduction == CK_REDUCE_MIN ? INFINITY : reduction == CK_PRODUCT ? 1 : 0;
    size_t index[CK_MAX_RANK] = {0};
    ptrdiff_t unused = 0, i = 0, unused2 = 0;
    int last = w->rank - 1;
    size_t total = 0;
    do {
        const float *p = in + i;
        for (size_t k = 0; k < w->shape[last]; k++) sum = reduced(reduction, sum, p[(ptrdiff_t)k * w->a[last]]);
        total += w->shape[last];
    } while (advance(w, index, &unused, &i, &unused2));
    return (float)(reduction == CK_MEAN ? sum / (double)total : sum);
}

static void reduce(ck_reduction reduction, const ck_walk *kept, const ck_walk *gone, const float *in, float *out) {
    size_t index[CK_MAX_RANK] = {0};
    ptrdiff_t o = 0, i = 0, unused = 0;
    int last = kept->rank - 1;
    do {
        for (size_t k = 0; k < kept->shape[last]; k++)
            out[o + (ptrdiff_t)k * kept->out[last]] = reduce_all(reduction, gone, in + i + (ptrdiff_t)k * kept->a[last]);
    } while (advance(kept, index, &o, &i, &unused));
}

static void softmax(const float *src, float *dst, size_t rows, size_t count, size_t stride, int logarithm) {
    for (size_t r = 0; r < rows; r++, src += stride, dst += stride) {
        float largest = src[0];
        for (size_t i = 1; i < count; i++) largest = src[i] > largest ? src[i] : largest;
        float sum = 0;
        if (logarithm) {
            for (size_t i = 0; i < count; i++) sum += expf(src[i] - largest);
            float shift = logf(sum);
            for (size_t i = 0; i < count; i++) dst[i] = (src[i] - largest) - shift;
            continue;
        }
        for (size_t i = 0; i < count; i += VL) {
            int part = count - i < VL ? (int)(count - i) : VL;
            store_part(dst + i, vexp(load_part(src + i, part) - largest), part);
        }
        for (size_t i = 0; i < count; i++) sum += dst[i];
        for (size_t i = 0; i < count; i++) dst[i] *= 1 / sum;
    }
}
