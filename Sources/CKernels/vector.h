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
#define UNROLL _Pragma("clang loop unroll(full)")

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

/// e^x for x clamped to -87.3...88.3, relative error below 2e-7; NaN stays NaN.
/// e^x = 2^n e^r with n = round(x log2 e), |r| <= ln 2 / 2; the polynomial is the Taylor series to r^6 (Cody and Waite).
INLINE V vexp(V x) {
#if defined(CK_AVX512_MASKS)
    V y = clamp(x, -87.3f, 88.3f);
    V n = (V)_mm512_roundscale_ps((__m512)(y * 1.44269504f), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    V r = y - n * 0.693147181f;
    V p = splat(1.0f / 720);
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    return (V)_mm512_scalef_ps((__m512)p, (__m512)n);
#else
    const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer in the low mantissa bits
    V y = clamp(x, -87.3f, 88.3f);
    V shifted = y * 1.44269504f + magic;
    V n = shifted - magic;
    V r = y - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    V p = splat(1.0f / 720);
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    VI scale;
    __builtin_memcpy(&scale, &shifted, sizeof scale);
    VI bits;
    __builtin_memcpy(&bits, &p, sizeof bits);
    bits += scale << 23;
    V result;
    __builtin_memcpy(&result, &bits, sizeof result);
    return x == x ? result : x;
#endif
}

/// 1 / x for x of at least 1; relative error below 2e-7.
INLINE V vreciprocal(V x) {
#if defined(CK_AVX512_MASKS)
    V y = (V)_mm512_rcp14_ps((__m512)x);
    return y + y * (1.0f - x * y);  // one step of Newton's method
#else
    return 1.0f / x;
#endif
}

INLINE V vsigmoid(V x) { return vreciprocal(1.0f + vexp(-x)); }
INLINE V vsilu(V x) {
    V y = x * vsigmoid(x);
    return x < splat(-87.0f) ? splat(0) : y;  // |x e^x| is below 1e-36 there
}
INLINE V vhard_sigmoid(V x, float alpha, float beta) { return clamp(x * alpha + beta, 0, 1); }
