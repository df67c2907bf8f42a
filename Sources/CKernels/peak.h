// As many multiply-adds as the processor can do: chains in registers, more of them than a multiply-add takes cycles for
// each unit, and no memory.
/// `rounds` rounds of CK_PEAK_CHAINS vectors x = x * 0.5 + 0.5, which tend to 1; returns the sum of all lanes.
static float peak(size_t rounds) {
    V x[CK_PEAK_CHAINS];
    UNROLL for (int i = 0; i < CK_PEAK_CHAINS; ++i) x[i] = splat((float)i);
    V half = splat(0.5f);
    for (size_t round = 0; round < rounds; ++round) {
        UNROLL for (int i = 0; i < CK_PEAK_CHAINS; ++i) x[i] = x[i] * half + half;
        __asm__ volatile("" : "+m"(rounds));  // keeps the rounds apart
    }
    float sum = 0;
    for (int i = 0; i < CK_PEAK_CHAINS; ++i)
        for (int lane = 0; lane < VL; ++lane) sum += x[i][lane];
    return sum;
}
