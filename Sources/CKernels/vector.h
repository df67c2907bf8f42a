// One vector type per instruction set. The including file defines VL (floats in a vector) and, for masks, CK_AVX512_MASKS
// or CK_AVX2_MASKS. Written with the compiler's vector extension, so a processor without intrinsics below works too;
// a * b + c in one statement becomes a fused multiply-add where there is one.
#include "include/CKernels.h"
#include <math.h>
#include <string.h>
#if defined(CK_AVX512_MASKS) || defined(CK_AVX2_MASKS)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))
// Under the address sanitizer every access becomes a branch, and unrolled tiles take the compiler many minutes.
#if __has_feature(address_sanitizer)
#define UNROLL
#define UNROLLED static __attribute__((noinline))
#else
#define UNROLL _Pragma("clang loop unroll(full)")
#define UNROLLED INLINE
#endif

typedef float V __attribute__((ext_vector_type(VL)));
typedef int32_t VI __attribute__((ext_vector_type(VL)));
typedef float VU __attribute__((ext_vector_type(VL), aligned(4)));

INLINE V load(const float *p) { return *(const VU *)p; }
INLINE void store(float *p, V x) { *(VU *)p = x; }
INLINE V splat(float x) { return (V)(x); }
INLINE V vmin(V x, V y) { return y < x ? y : x; }  // keeps x where x is NaN
INLINE V vmax(V x, V y) { return y > x ? y : x; }
INLINE V clamp(V x, float low, float high) { return vmin(vmax(x, splat(low)), splat(high)); }

/// The first `count` lanes (1...VL) of p, zeros behind.
INLINE V load_part(const float *p, int count) {
#if defined(CK_AVX512_MASKS)
    return (V)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#elif defined(CK_AVX2_MASKS)
    const VI lane = {0, 1, 2, 3, 4, 5, 6, 7};
    return (V)_mm256_maskload_ps(p, (__m256i)(lane < (VI)(count)));
#else
    V x = splat(0);
    memcpy(&x, p, (size_t)count * sizeof(float));
    return x;
#endif
}

INLINE void store_part(float *p, V x, int count) {
#if defined(CK_AVX512_MASKS)
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)x);
#elif defined(CK_AVX2_MASKS)
    const VI lane = {0, 1, 2, 3, 4, 5, 6, 7};
    _mm256_maskstore_ps(p, (__m256i)(lane < (VI)(count)), (__m256)x);
#else
    memcpy(p, &x, (size_t)count * sizeof(float));
#endif
}

/// As `load_part` and `store_part`; a whole vector without a mask.
INLINE V load_some(const float *p, int count) { return count == VL ? load(p) : load_part(p, count); }
INLINE void store_some(float *p, V x, int count) {
    if (count == VL) store(p, x);
    else store_part(p, x, count);
}

#if !defined(CK_AVX512_MASKS)
INLINE V as_float(VI bits) {
    V x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

INLINE VI as_bits(V x) {
    VI bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}
#endif

INLINE V polynomial(V x, float c5, float c4, float c3, float c2, float c1, float c0) {
    return ((((c5 * x + c4) * x + c3) * x + c2) * x + c1) * x + c0;
}

/// 2^t for t of at most 127, relative error below 2e-7 and what t is rounded by; NaN stays NaN.
/// 2^t = 2^n 2^f with n = floor(t) (or the nearest integer) and the minimax polynomial of degree 5 for 2^f.
INLINE V vexp2(V t) {
#if defined(CK_AVX512_MASKS)
    V f = (V)_mm512_reduce_ps((__m512)t, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);  // t - floor(t)
    V p = polynomial(f, 0.00187757507f, 0.00898934398f, 0.0558263148f, 0.240153618f, 0.693153073f, 0.999999925f);
    return (V)_mm512_scalef_ps((__m512)p, (__m512)t);  // p 2^floor(t)
#else
    const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer in the low mantissa bits
    V y = vmax(t, splat(-126));
    V shifted = y + magic;
    V f = y - (shifted - magic);
    V p = polynomial(f, 0.00132764606f, 0.00967554124f, 0.0555071331f, 0.240221197f, 0.693146967f, 1.0f);
    V result = as_float(as_bits(p) + (as_bits(shifted) << 23));
    return t == t ? result : t;
#endif
}

static const float log2_e = 1.44269504f;

/// e^x for x up to 88; 0 or next to it below -87.
INLINE V vexp(V x) { return vexp2(x * log2_e); }

/// 1 / x for x of at least 1; relative error below 2e-7.
INLINE V vreciprocal(V x) {
#if defined(CK_AVX512_MASKS)
    V y = (V)_mm512_rcp14_ps((__m512)x);
    return y + y * (1.0f - x * y);  // one step of Newton's method
#else
    return 1.0f / x;
#endif
}

INLINE V vsigmoid(V x) { return vreciprocal(1.0f + vexp2(vmin(x * -log2_e, splat(126)))); }
INLINE V vsilu(V x) {
    V y = vsigmoid(x);
    return x < splat(-87.0f) ? splat(0) : x * y;  // |x e^x| is below 1e-36 there
}
INLINE V vhard_sigmoid(V x, float alpha, float beta) { return clamp(x * alpha + beta, 0, 1); }
