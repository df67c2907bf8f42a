// Multiply-adds a second of one core in float32, bfloat16 and int8, in registers and in a tile of 6 x 4 vectors whose numbers
// come from memory: the bounds of every kernel in these precisions.
//   clang -O3 -march=sapphirerapids Tests/Peers/multiply_rates.c -o /tmp/rates && taskset -c 0 /tmp/rates
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ALL _Pragma("clang loop unroll(full)")
#define KEEP __asm__ volatile("" ::: "memory")
enum { CHAINS = 14, ROWS = 6, VECTORS = 4, DEPTH = 64, BURSTS = 60 };

// Not static: for all the compiler knows somebody reads them.
char panel[DEPTH * VECTORS * 64] __attribute__((aligned(64)));
char rows[ROWS][DEPTH * 4] __attribute__((aligned(64)));
char out[ROWS * VECTORS * 64] __attribute__((aligned(64)));

#define FLOAT32(SUM, A, B) _mm512_fmadd_ps((__m512)(A), (__m512)(B), SUM)
#define BFLOAT16(SUM, A, B) _mm512_dpbf16_ps(SUM, (__m512bh)(A), (__m512bh)(B))
#define INT8(SUM, A, B) _mm512_dpbusd_epi32(SUM, A, B)

#define REGISTERS(NAME, TYPE, STEP) \
    static void NAME(long rounds) { \
        TYPE sum[CHAINS]; \
        memset(sum, 0, sizeof sum); \
        __m512i one = _mm512_load_si512(panel); \
        for (; rounds; rounds--) { \
            ALL for (int i = 0; i < CHAINS; i++) sum[i] = STEP(sum[i], one, one); \
            KEEP; \
        } \
        for (int i = 0; i < CHAINS; i++) _mm512_store_si512(out + i * 64, (__m512i)sum[i]); \
    }
#define TILE(NAME, TYPE, STEP) \
    static void NAME(long rounds) { \
        for (; rounds; rounds--) { \
            TYPE sum[ROWS][VECTORS]; \
            memset(sum, 0, sizeof sum); \
            for (int k = 0; k < DEPTH; k++) { \
                __m512i w[VECTORS]; \
                ALL for (int v = 0; v < VECTORS; v++) w[v] = _mm512_load_si512(panel + (k * VECTORS + v) * 64); \
                ALL for (int r = 0; r < ROWS; r++) { \
                    int32_t word; \
                    memcpy(&word, rows[r] + 4 * k, sizeof word); \
                    ALL for (int v = 0; v < VECTORS; v++) sum[r][v] = STEP(sum[r][v], _mm512_set1_epi32(word), w[v]); \
                } \
            } \
            ALL for (int r = 0; r < ROWS; r++) \
                ALL for (int v = 0; v < VECTORS; v++) _mm512_store_si512(out + (r * VECTORS + v) * 64, (__m512i)sum[r][v]); \
            KEEP; \
        } \
    }
REGISTERS(registers_float32, __m512, FLOAT32)
REGISTERS(registers_bfloat16, __m512, BFLOAT16)
REGISTERS(registers_int8, __m512i, INT8)
TILE(tile_float32, __m512, FLOAT32)
TILE(tile_bfloat16, __m512, BFLOAT16)
TILE(tile_int8, __m512i, INT8)

/// Thousand millions of multiply-adds a second: the best of several bursts, since other load only takes away.
static double best(void (*body)(long), long rounds, double multiply_adds) {
    double result = 0;
    for (int burst = 0; burst < BURSTS; burst++) {
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        body(rounds);
        clock_gettime(CLOCK_MONOTONIC, &b);
        double rate = rounds * multiply_adds / ((b.tv_sec - a.tv_sec) * 1e9 + (b.tv_nsec - a.tv_nsec));
        if (rate > result) result = rate;
    }
    return result;
}

static void report(const char *name, double float32, double bfloat16, double int8) {
    printf("%-10s float32 %.0f, bfloat16 %.0f (%.2f), int8 %.0f (%.2f) thousand million multiply-adds a second\n", name, float32,
           bfloat16, bfloat16 / float32, int8, int8 / float32);
}

int main(void) {
    memset(panel, 1, sizeof panel);
    memset(rows, 1, sizeof rows);
    report("registers", best(registers_float32, 200000, CHAINS * 16), best(registers_bfloat16, 200000, CHAINS * 32),
           best(registers_int8, 200000, CHAINS * 64));
    report("tile", best(tile_float32, 3000, ROWS * VECTORS * DEPTH * 16), best(tile_bfloat16, 3000, ROWS * VECTORS * DEPTH * 32),
           best(tile_int8, 3000, ROWS * VECTORS * DEPTH * 64));
}
