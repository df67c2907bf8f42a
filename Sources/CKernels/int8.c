#include "int8_dispatch.h"

extern const ck_int8_kernels ck_int8_portable;
#if defined(__x86_64__)
extern const ck_int8_kernels ck_int8_vnni;
#endif

ck_int8_path ck_int8_detect(void) {
#if defined(__x86_64__)
    if (ck_detect() == CK_AVX512 && __builtin_cpu_supports("avx512vnni")) return CK_INT8_VNNI;
#endif
    return CK_INT8_PORTABLE;
}

static const ck_int8_kernels *kernels(ck_int8_path path) {
#if defined(__x86_64__)
    if (path == CK_INT8_VNNI) return &ck_int8_vnni;
#endif
    (void)path;
    return &ck_int8_portable;
}

int ck_int8_lanes(ck_int8_path path) { return kernels(path)->lanes; }
int ck_int8_panel_width(int vectors, int done) { return ck_panel_split(vectors, done, CK_INT8_PANEL); }
void ck_int8_convolution(ck_int8_path path, const ck_convolution_args *args) { kernels(path)->convolution(args); }
size_t ck_int8_scratch(ck_int8_path path, const ck_window *window, int c) { return kernels(path)->scratch(window, c); }
