import Inference
import Kernels
import Tensor

/// Sessions of one plan that run shares of one batch at the same time.
final class ModelRace {
    struct Layer: Encodable {
        let node: String
        let type: String
        /// The median over the runs.
        let microseconds: Double
        /// Two operations for each multiply-add; nil for nodes that are no products.
        let gigaflops: Double?
        /// Of what the core reaches with nothing but multiply-adds in registers, measured just before and after.
        let shareOfPeak: Double?
    }

    private let sessions: [Session]
    /// One for each session but the first.
    private let workers: [SessionThread]

    /// `input` is split along the first axis of `shape` as evenly as it goes.
    init(_ plan: Plan, shape: [Int], input: [Float], threads: Int) throws {
        let row = input.count / max(shape[0], 1)
        var first = 0
        var sessions: [Session] = []
        for thread in 0..<threads {
            let count = shape[0] / threads + (thread < shape[0] % threads ? 1 : 0)
            let session = Session(plan)
            try session.prepare([[count] + shape.dropFirst()])
            session.withInput { _ = $0.update(from: input[first * row..<(first + count) * row]) }
            first += count
            sessions.append(session)
        }
        self.sessions = sessions
        workers = try sessions.dropFirst().map(SessionThread.init)
    }

    var arenaBytes: Int { sessions.reduce(0) { $0 + $1.arenaBytes } }

    /// Milliseconds of each run of the whole batch, sorted. The inputs are where they are from the start.
    func times(runs: Int?) -> [Double] {
        runOnce()
        let clock = ContinuousClock()
        let start = clock.now
        var times: [Double] = []
        while times.count < runs ?? 5 || (runs == nil && clock.now - start < .seconds(2)) {
            let time = clock.measure { runOnce() }
            times.append(time / .milliseconds(1))
        }
        return times.sorted()
    }

    private func runOnce() {
        if sessions.count == 1 { return sessions[0].execute() }
        for worker in workers { worker.start() }
        sessions[0].execute()
        for worker in workers { worker.wait() }
    }

    /// The outputs of the last run, all shares joined along the first axis.
    func outputs() -> [(name: String, values: [Float])] {
        var joined: [String: [Float]] = [:]
        for session in sessions {
            for (name, tensor) in session.outputs() { joined[name, default: []] += tensor.values }
        }
        return joined.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    func layers(isa: InstructionSet, runs: Int = 50) throws -> [Layer] {
        var peak = PeakRate.measured(on: isa)
        var times: [[UInt64]] = []
        var names: [(node: String, type: String)] = []
        for _ in 0..<runs {
            var step = 0
            sessions[0].execute { node, type, nanoseconds in
                if step == times.count {
                    times.append([])
                    names.append((node, type))
                }
                times[step].append(nanoseconds)
                step += 1
            }
        }
        peak = max(peak, PeakRate.measured(on: isa))
        let work = sessions[0].multiplyAddsByNode
        return zip(names, times).map { name, times in
            let median = Double(times.sorted()[times.count / 2])
            let operations = work[name.node].map { 2 * Double($0) }
            let rate = operations.flatMap { $0 > 0 && median > 0 ? $0 / median : nil }
            return Layer(
                node: name.node, type: name.type, microseconds: median / 1000, gigaflops: rate,
                shareOfPeak: rate.map { $0 / peak })
        }
    }
}
