/// Convolution in 8-bit integers, for one group of channels whose floats are adjacent (`in_channel` 1). Scales of the inputs
/// are found in the run; only a convolution without taps, strides or padding takes one for each pixel, others one for each
/// picture. A NaN among the inputs is read as the least value of its pixel or as zero.
#pragma once
#include "CKernels.h"

typedef enum { CK_INT8_PORTABLE, CK_INT8_VNNI } ck_int8_path;

/// The best that this processor and operating system can run; CK_INT8_PORTABLE is no faster than float32.
ck_int8_path ck_int8_detect(void);

/// Output channels in one vector: 4 or 16. Packed weights are laid out for it.
int ck_int8_lanes(ck_int8_path path);
/// The most vectors of output channels in a panel; input channels in a word.
enum { CK_INT8_PANEL = 4, CK_INT8_WORD = 4 };
/// Vectors in the panel that starts after `done` of all `vectors`.
int ck_int8_panel_width(int vectors, int done);

/// `args->weights` are panels of `ck_int8_panel_width` vectors, each: bias, factor, factor * sum of the channel's bytes, then
/// KH*KW rows for each word of four input channels: four signed bytes a lane, zeros for channels beyond C. `zeros` is not read.
/// At most 2^31 / (255 * 127) bytes for each output channel, or sums overflow. Scratch is `ck_int8_scratch` floats.
void ck_int8_convolution(ck_int8_path path, const ck_convolution_args *args);
size_t ck_int8_scratch(ck_int8_path path, const ck_window *window, int c);
