#pragma once
#include "dispatch.h"
#include "include/CInt8.h"

/// The 8-bit kernels compiled for one kind of processor.
typedef struct {
    int lanes;
    void (*convolution)(const ck_convolution_args *);
    size_t (*scratch)(const ck_window *, int);
} ck_int8_kernels;

/// Every output pixel is made of the input pixel in the same place.
static inline int ck_int8_pointwise(const ck_window *win) {
    return win->kh * win->kw * win->stride_h * win->stride_w == 1 && win->oh == win->h && win->ow == win->w;
}
