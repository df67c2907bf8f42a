// The 8-bit kernels on 512-bit vectors with VNNI; run only where `ck_int8_detect` found them.
#if defined(__x86_64__)
#define VL 16
#define CK_AVX512_MASKS
#define CK_VNNI
#define INT8_PATH ck_int8_vnni
#include <immintrin.h>
#include <math.h>
#include <string.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx2,fma"))), apply_to = function)
#include "int8.h"
#pragma clang attribute pop
#endif
