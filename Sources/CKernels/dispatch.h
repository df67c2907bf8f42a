#pragma once
#include "include/CKernels.h"

/// The kernels compiled for one instruction set.
typedef struct {
    int vector_length, panel_vectors;
    void (*map)(ck_activation, const float *, float *, size_t);
    void (*convolution)(const ck_convolution_args *);
    size_t (*convolution_scratch)(const ck_window *, int);
    void (*winograd)(const ck_convolution_args *, const float *);
    size_t (*winograd_scratch)(const ck_window *, int, int);
    void (*depthwise)(const ck_depthwise_args *);
    void (*pool)(const ck_pool_args *);
    void (*global_average)(const float *, size_t, size_t, size_t, size_t, float *, size_t);
    void (*resize)(const ck_resize_args *);
    void (*binary)(ck_binary_operation, const ck_walk *, const float *, const float *, float *);
    void (*copy)(const ck_walk *, const float *, float *);
    void (*reduce)(ck_reduction, const ck_walk *, const ck_walk *, const float *, float *);
    void (*softmax)(const float *, float *, size_t, size_t, size_t, int);
    float (*peak)(size_t);
} ck_kernels;

/// Vectors in the panel that starts after `done` of `vectors`: as even as `most` allows, wider ones first.
static inline int ck_panel_split(int vectors, int done, int most) {
    int rest = vectors - done, panels = (rest + most - 1) / most;
    return (rest + panels - 1) / panels;
}
