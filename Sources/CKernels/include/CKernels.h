/// The engine's inner loops. Every function exists once for each instruction set and is chosen at run time by `isa`.
///
/// Shape letters: N pictures, H x W input pixels, OH x OW output pixels, C input channels, M output channels,
/// KH x KW taps of the kernel. Activations are NHWC: channels are adjacent, `pixel stride` counts floats between pixels,
/// rows and pictures follow each other without gaps (H * W pixels a picture).
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef enum { CK_PORTABLE = 0, CK_AVX2 = 1, CK_AVX512 = 2 } ck_isa;

/// The best instruction set this processor and operating system can run.
ck_isa ck_detect(void);
/// Floats in one vector: 4, 8 or 16. Packed weights are laid out for it.
int ck_vector_length(ck_isa isa);
/// The most vectors of output channels that one panel of packed weights holds.
int ck_panel_vectors(ck_isa isa);
/// Vectors in the panel that starts after `done` of all `vectors`.
int ck_panel_width(ck_isa isa, int vectors, int done);

typedef enum {
    CK_IDENTITY, CK_CLAMP, CK_SIGMOID, CK_SILU, CK_HARD_SIGMOID, CK_HARD_SWISH, CK_LEAKY_RELU, CK_AFFINE, CK_ABS,
    CK_RECIPROCAL, CK_SQRT, CK_FLOOR, CK_CEIL, CK_EXP, CK_LOG, CK_TANH, CK_ERF, CK_ELU, CK_SOFTPLUS, CK_ROUND,
} ck_function;

/// A function of one number; a and b are its parameters (clamp's bounds, alpha and beta, scale and shift).
typedef struct {
    ck_function function;
    float a, b;
} ck_activation;

/// dst[i] = f(src[i]) for i < count; dst may be src.
void ck_map(ck_isa isa, ck_activation f, const float *src, float *dst, size_t count);

/// How a window of KH x KW taps moves over an H x W picture.
typedef struct {
    int n, h, w, oh, ow;
    int kh, kw, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
} ck_window;

/// out = activation(conv(in, weights) + bias + residual), one group of channels.
typedef struct {
    ck_window window;
    int c, m;                  ///< channels of this group
    const float *in;           ///< first channel of the group
    size_t in_pixel;           ///< pixel stride; rows are w pixels
    size_t in_picture;         ///< floats between pictures
    size_t in_channel;         ///< floats between channels: 1, or any for at most CK_SMALL_C channels
    const float *weights;      ///< panels of `ck_panel_width` vectors, each: bias, then KH*KW*C rows
    const float *zeros;        ///< at least C zeros
    const float *residual;     ///< NULL or [N,OH,OW] pixels of M
    size_t residual_pixel;
    float *out;
    size_t out_pixel;
    float *scratch;            ///< ck_convolution_scratch floats
    ck_activation activation;
} ck_convolution_args;

/// With this many channels or fewer the input may be in any order, for instance NCHW.
enum { CK_SMALL_C = 4 };

void ck_convolution(ck_isa isa, const ck_convolution_args *args);
/// Floats of scratch that a convolution with these arguments needs.
size_t ck_convolution_scratch(ck_isa isa, const ck_window *window, int c);

/// The same for 3 x 3 taps, strides and dilations 1, by Winograd's F(4 x 4, 3 x 3). The weights are panels for
/// each of the 36 points of G w G^T, whose own biases are zero; `bias` is in whole vectors; scratch is `ck_winograd_scratch`
/// floats.
void ck_winograd(ck_isa isa, const ck_convolution_args *args, const float *bias);
size_t ck_winograd_scratch(ck_isa isa, const ck_window *window, int c, int m);
/// Points along one side, and where the polynomial is interpolated: 0, a, -a, b, -b, infinity.
enum { CK_WINOGRAD_SIDE = 6 };
#define CK_WINOGRAD_A 0.70710678118654752f
#define CK_WINOGRAD_B 1.41421356237309505f

/// Depthwise: M = C, weights [KH*KW][C] and bias [C] unpacked.
typedef struct {
    ck_window window;
    int c;
    const float *in;
    size_t in_pixel;
    const float *weights;
    const float *bias;
    const float *zeros;        ///< C zeros
    float *out;
    size_t out_pixel;
    ck_activation activation;
} ck_depthwise_args;

void ck_depthwise(ck_isa isa, const ck_depthwise_args *args);

typedef enum { CK_POOL_MAX, CK_POOL_AVERAGE, CK_POOL_AVERAGE_COUNT_PAD } ck_pool_kind;

/// Pooling over windows; `pad_bottom` and `pad_right` bound what COUNT_PAD counts.
typedef struct {
    ck_window window;
    int pad_bottom, pad_right;
    ck_pool_kind kind;
    int c;
    const float *in;
    size_t in_pixel;
    float *out;
    size_t out_pixel;
} ck_pool_args;

void ck_pool(ck_isa isa, const ck_pool_args *args);

/// out[n][c] = mean over `pixels` pixels of in[n][pixel][c].
void ck_global_average(ck_isa isa, const float *in, size_t in_pixel, size_t n, size_t pixels, size_t c, float *out,
                       size_t out_row);

enum { CK_MAX_RANK = 8 };
typedef enum { CK_ADD, CK_SUB, CK_MUL, CK_DIV, CK_MIN, CK_MAX, CK_POW, CK_PRELU } ck_binary_operation;

/// A walk over `shape` with each operand's own strides in floats (0 repeats), innermost axis last.
typedef struct {
    int rank;
    size_t shape[CK_MAX_RANK];
    ptrdiff_t out[CK_MAX_RANK], a[CK_MAX_RANK], b[CK_MAX_RANK];
} ck_walk;

void ck_binary(ck_isa isa, ck_binary_operation operation, const ck_walk *walk, const float *a, const float *b,
               float *out);
/// out = a, element for element; strides of `b` are not read.
void ck_copy(ck_isa isa, const ck_walk *walk, const float *a, float *out);

typedef enum { CK_SUM, CK_MEAN, CK_REDUCE_MAX, CK_REDUCE_MIN, CK_PRODUCT } ck_reduction;
/// out[i] = reduction of `count` numbers at in + kept offset i + reduced offset j.
/// `kept` walks the outputs (its `a` strides in the input), `reduced` the numbers that become one.
void ck_reduce(ck_isa isa, ck_reduction reduction, const ck_walk *kept, const ck_walk *reduced, const float *in,
               float *out);

/// Softmax over rows of `count` floats, `rows` of them `stride` apart; dst may be src.
void ck_softmax(ck_isa isa, const float *src, float *dst, size_t rows, size_t count, size_t stride, int logarithm);

/// out[n][oy][ox][c] from the sources and weights of each output row and column:
/// nearest reads row ys[oy]; linear mixes rows ys[oy] and ys[oy]+1 (if any) by fy[oy].
typedef struct {
    int n, h, w, oh, ow, c;
    const int32_t *ys, *xs;
    const float *fy, *fx;      ///< NULL for nearest
    const float *in;
    size_t in_pixel;
    float *out;
    size_t out_pixel;
} ck_resize_args;

void ck_resize(ck_isa isa, const ck_resize_args *args);

enum { CK_PEAK_CHAINS = 12 };
/// `rounds` times CK_PEAK_CHAINS vectors of multiply-adds in registers, for the processor's peak rate; the sum of all
/// lanes, which tends to their number.
float ck_peak(ck_isa isa, size_t rounds);

#include "CInt8.h"
