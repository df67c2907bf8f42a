// 128-bit vectors: what every x86-64 and arm64 processor has.
#define VL 4
#define KERNELS ck_kernels_portable
#include "kernels.h"
