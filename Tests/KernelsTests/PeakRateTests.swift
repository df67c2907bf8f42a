import Testing

@testable import Kernels

struct PeakRateTests {
    /// After enough rounds every lane holds 1, so all of them have been worked on.
    @Test(arguments: InstructionSet.available)
    func everyLaneTakesPart(isa: InstructionSet) {
        #expect(PeakRate.run(rounds: 100, on: isa) == Float(PeakRate.operations(rounds: 1, on: isa) / 2))
    }

    @Test(arguments: InstructionSet.available)
    func theRateIsANumber(isa: InstructionSet) {
        let rate = PeakRate.measured(on: isa, for: .milliseconds(5))
        #expect(rate > 0 && rate.isFinite)
    }
}
