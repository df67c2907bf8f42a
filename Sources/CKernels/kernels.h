// Every kernel for one instruction set, gathered in a table. Included once by each of portable.c, avx2.c, avx512.c.
#include "dispatch.h"
#include "vector.h"
#include "map.h"
#include "tile.h"
#include "few_channels.h"
#include "convolution.h"
#include "winograd.h"
#include "depthwise.h"
#include "pooling.h"
#include "walk.h"
#include "peak.h"

const ck_kernels KERNELS = {
    VL, PANEL_VECTORS, map, convolution, convolution_scratch, winograd, winograd_scratch, depthwise, pool, global_average, resize, binary, copy, reduce, softmax, peak,
};
