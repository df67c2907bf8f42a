// dst[i] = f(src[i]).

INLINE V apply(ck_activation f, V x) {
    switch (f.function) {
        case CK_CLAMP: return clamp(x, f.a, f.b);
        case CK_SIGMOID: return vsigmoid(x);
        case CK_SILU: return vsilu(x);
        case CK_HARD_SIGMOID: return vhard_sigmoid(x, f.a, f.b);
        case CK_HARD_SWISH: return x * vhard_sigmoid(x, 1.0f / 6, 0.5f);
        case CK_LEAKY_RELU: return x < splat(0) ? x * f.a : x;
        case CK_AFFINE: return x * f.a + f.b;
        case CK_ABS: return __builtin_elementwise_abs(x);
        case CK_RECIPROCAL: return 1.0f / x;
        default: return x;
    }
}

/// The functions that end the pass of a product; others take a pass of their own (`map_rows`).
#define FUSED_FUNCTIONS(CASE) CASE(CK_IDENTITY) CASE(CK_CLAMP) CASE(CK_SIGMOID) CASE(CK_SILU) CASE(CK_HARD_SWISH) CASE(CK_LEAKY_RELU)

static int is_fused(ck_function function) {
#define CASE(NAME) case NAME: return 1;
    switch (function) { FUSED_FUNCTIONS(CASE) default: return 0; }
#undef CASE
}

static float apply_scalar(ck_activation f, float x) {
    switch (f.function) {
        case CK_SQRT: return sqrtf(x);
        case CK_FLOOR: return floorf(x);
        case CK_CEIL: return ceilf(x);
        case CK_ROUND: return rintf(x);
        case CK_EXP: return expf(x);
        case CK_LOG: return logf(x);
        case CK_TANH: return tanhf(x);
        case CK_ERF: return erff(x);
        case CK_ELU: return x < 0 ? f.a * expm1f(x) : x;
        case CK_SOFTPLUS: return (x > 0 ? x : 0) + log1pf(expf(-fabsf(x)));
        default: return x;
    }
}

INLINE void map_one(ck_activation f, const float *src, float *dst, size_t count) {
    size_t i = 0;
    for (; i + VL <= count; i += VL) store(dst + i, apply(f, load(src + i)));
    if (i < count) store_part(dst + i, apply(f, load_part(src + i, (int)(count - i))), (int)(count - i));
}

static void map(ck_activation f, const float *src, float *dst, size_t count) {
    // One loop a function, so that the choice stands outside it.
#define CASE(NAME) case NAME: f.function = NAME; map_one(f, src, dst, count); return;
    switch (f.function) {
        CASE(CK_CLAMP) CASE(CK_SIGMOID) CASE(CK_SILU) CASE(CK_HARD_SIGMOID) CASE(CK_HARD_SWISH) CASE(CK_LEAKY_RELU)
        CASE(CK_AFFINE) CASE(CK_ABS) CASE(CK_RECIPROCAL)
        case CK_IDENTITY: if (dst != src) memcpy(dst, src, count * sizeof(float)); return;
        default: for (size_t i = 0; i < count; i++) dst[i] = apply_scalar(f, src[i]);
    }
#undef CASE
}

/// The same in place over `rows` rows of `count` floats, `stride` apart, for functions that are not fused.
static void map_rows(ck_activation f, float *out, size_t stride, size_t rows, size_t count) {
    if (is_fused(f.function)) return;
    for (size_t r = 0; r < rows; r++, out += stride) map(f, out, out, count);
}
