import CKernels

/// What one core reaches where nothing but multiply-adds in registers has to be done: the bound of every kernel.
public enum PeakRate {
    /// Operations a nanosecond (GFLOP/s), two for each multiply-add: the best of bursts of about a millisecond in
    /// `time`, since other load only takes away.
    public static func measured(on isa: InstructionSet = .preferred, for time: Duration = .milliseconds(100)) -> Double
    {
        let clock = ContinuousClock()
        let start = clock.now
        var (rounds, best) = (1 << 10, 0.0)
        repeat {
            let burst = clock.measure { _ = run(rounds: rounds, on: isa) }
            best = max(best, Double(operations(rounds: rounds, on: isa)) / (burst / .nanoseconds(1)))
            if burst < .milliseconds(1) { rounds *= 2 }
        } while clock.now - start < time
        return best
    }

    static func operations(rounds: Int, on isa: InstructionSet) -> Int {
        2 * Int(CK_PEAK_CHAINS) * isa.vectorLength * rounds
    }

    /// The sum of all lanes, which tends to their number.
    static func run(rounds: Int, on isa: InstructionSet) -> Float { ck_peak(isa.code, rounds) }
}
