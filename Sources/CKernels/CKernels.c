#include "CKernels.h"
#include "dispatch.h"

extern const ck_kernels ck_kernels_portable;
#if defined(__x86_64__)
extern const ck_kernels ck_kernels_avx2, ck_kernels_avx512;
#endif

ck_isa ck_detect(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq"))
        return CK_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return CK_AVX2;
#endif
    return CK_PORTABLE;
}

static const ck_kernels *kernels(ck_isa isa) {
#if defined(__x86_64__)
    if (isa == CK_AVX512) return &ck_kernels_avx512;
    if (isa == CK_AVX2) return &ck_kernels_avx2;
#endif
    (void)isa;
    return &ck_kernels_portable;
}

int ck_vector_length(ck_isa isa) { return kernels(isa)->vector_length; }
int ck_panel_vectors(ck_isa isa) { return kernels(isa)->panel_vectors; }
int ck_panel_width(ck_isa isa, int vectors, int done) { return ck_panel_split(vectors, done, kernels(isa)->panel_vectors); }

void ck_map(ck_isa isa, ck_activation f, const float *src, float *dst, size_t count) { kernels(isa)->map(f, src, dst, count); }
void ck_convolution(ck_isa isa, const ck_convolution_args *args) { kernels(isa)->convolution(args); }
size_t ck_convolution_scratch(ck_isa isa, const ck_window *window, int c) { return kernels(isa)->convolution_scratch(window, c); }
void ck_winograd(ck_isa isa, const ck_convolution_args *args, const float *bias) { kernels(isa)->winograd(args, bias); }
size_t ck_winograd_scratch(ck_isa isa, const ck_window *window, int c, int m) { return kernels(isa)->winograd_scratch(window, c, m); }
void ck_depthwise(ck_isa isa, const ck_depthwise_args *args) { kernels(isa)->depthwise(args); }
void ck_pool(ck_isa isa, const ck_pool_args *args) { kernels(isa)->pool(args); }
void ck_resize(ck_isa isa, const ck_resize_args *args) { kernels(isa)->resize(args); }

void ck_global_average(ck_isa isa, const float *in, size_t in_pixel, size_t n, size_t pixels, size_t c, float *out, size_t out_row) {
    kernels(isa)->global_average(in, in_pixel, n, pixels, c, out, out_row);
}

void ck_binary(ck_isa isa, ck_binary_operation operation, const ck_walk *walk, const float *a, const float *b, float *out) {
    kernels(isa)->binary(operation, walk, a, b, out);
}

void ck_copy(ck_isa isa, const ck_walk *walk, const float *a, float *out) { kernels(isa)->copy(walk, a, out); }

void ck_reduce(ck_isa isa, ck_reduction reduction, const ck_walk *kept, const ck_walk *reduced, const float *in, float *out) {
    kernels(isa)->reduce(reduction, kept, reduced, in, out);
}

void ck_softmax(ck_isa isa, const float *src, float *dst, size_t rows, size_t count, size_t stride, int logarithm) {
    kernels(isa)->softmax(src, dst, rows, count, stride, logarithm);
}

float ck_peak(ck_isa isa, size_t rounds) { return kernels(isa)->peak(rounds); }
