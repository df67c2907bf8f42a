// 512-bit vectors and masks; run only where `ck_detect` found them.
#if defined(__x86_64__)
#define VL 16
#define CK_AVX512_MASKS
#define KERNELS ck_kernels_avx512
#include <immintrin.h>
#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#include "kernels.h"
#pragma clang attribute pop
#endif
