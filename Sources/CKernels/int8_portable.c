// The 8-bit kernels for any processor: not fast, but the judge of the others.
#define VL 4
#define INT8_PATH ck_int8_portable
#include "int8.h"
