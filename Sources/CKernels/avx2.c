// 256-bit vectors with fused multiply-add; run only where `ck_detect` found them.
#if defined(__x86_64__)
#define VL 8
#define CK_AVX2_MASKS
#define KERNELS ck_kernels_avx2
#include <immintrin.h>
#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "kernels.h"
#pragma clang attribute pop
#endif
