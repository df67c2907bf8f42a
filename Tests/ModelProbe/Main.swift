import Glibc
import Inference
import ModelFiles
import Tensor
import TestSupport

/// What model files cost, measured in a process of its own. A file that takes a minute of processor time ends it.
///
///     ModelProbe read FILE...              per file: bytes of memory beyond four times the file's size, what came of it
///     ModelProbe mutate COUNT FILE...      COUNT changed copies of the files in turn: the largest excess, how many ran
///     ModelProbe sessions COUNT FILE       bytes held after a tenth of COUNT sessions made and dropped, and after all
@main
struct ModelProbe {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 2 else { exit(64) }
        switch arguments[0] {
        case "read":
            for path in arguments.dropFirst() {
                let (excess, outcome) = measured(4 * (try contents(of: path)).count) { try use(contents(of: path)) }
                print("\(excess)\t\(outcome)")
            }
        case "mutate":
            let seeds = try arguments.dropFirst(2).map(contents)
            var random = FixedRandom(seed: 2024)
            var (largest, accepted) = (Int.min, 0)
            for index in 0..<(Int(arguments[1]) ?? 0) {
                let copy = mutated(seeds[index % seeds.count], by: &random)
                let (excess, outcome) = measured(4 * copy.count) { try use(copy) }
                largest = max(largest, excess)
                if outcome == "ran" { accepted += 1 }
            }
            print("\(largest)\t\(accepted)")
        case "sessions":
            try sessions(Int(arguments[1]) ?? 0, of: arguments[2])
        default: exit(64)
        }
    }

    /// Reads, plans and, where the inputs are small, runs a model.
    static func use(_ bytes: [UInt8]) throws {
        let graph = try ONNXModel.graph(bytes)
        var limits = PlanLimits()
        limits.arenaElements = 1 << 22
        limits.effort = 1 << 32
        let plan = try Plan(graph, limits: limits)
        var inputs: [String: Tensor] = [:]
        for port in graph.inputs {
            let shape = (port.shape ?? []).map { axis in if case .fixed(let length) = axis { length } else { 2 } }
            guard let count = Shape.count(shape), count <= 1 << 16 else { return }
            inputs[port.name] = Tensor(shape: shape, values: Closeness.noise(count))
        }
        _ = try Session(plan).run(inputs)
    }

    static func mutated(_ seed: [UInt8], by random: inout FixedRandom) -> [UInt8] {
        var bytes = seed
        for _ in 0...Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0...4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            default: bytes.insert(contentsOf: bytes[place..<min(place + 16, bytes.count)], at: place)
            }
        }
        return bytes
    }

    static func sessions(_ count: Int, of path: String) throws {
        let graph = try ONNXModel.graph(contents(of: path))
        let plan = try Plan(graph)
        let shape = (graph.inputs[0].shape ?? []).map { axis in if case .fixed(let length) = axis { length } else { 2 }
        }
        let input = Tensor(shape: shape, values: Closeness.noise(Shape.count(shape) ?? 0))
        for number in 1...count {
            let session = Session(number % 10 == 0 ? try Plan(graph) : plan)
            _ = try session.run(input)
            if number == count / 10 || number == count {
                trim()
                print(status("VmRSS:"))
            }
        }
    }

    // MARK: Memory

    /// Runs `body`: how far the process grew beyond `allowance` bytes, and "ran" or the error.
    static func measured(_ allowance: Int, _ body: () throws -> Void) -> (excess: Int, outcome: String) {
        trim()  // what earlier files left behind must not hide what this one takes
        if let file = fopen("/proc/self/clear_refs", "w") {
            fputs("5", file)  // forgets the peak so far (proc(5))
            fclose(file)
        }
        let before = status("VmRSS:")
        setDeadline(seconds: 60)
        var outcome = "ran"
        do { try body() } catch { outcome = "\(error)" }
        setDeadline(seconds: 0)
        return (status("VmHWM:") - before - allowance, outcome)
    }

    /// SIGPROF ends the process after so much processor time of its own; never after 0.
    static func setDeadline(seconds: Int) {
        var timer = itimerval(it_interval: timeval(), it_value: timeval(tv_sec: seconds, tv_usec: 0))
        setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
    }

    /// Gives what has been freed back to the system: malloc_trim(3), which Glibc's module leaves out.
    static func trim() {
        typealias Function = @convention(c) (Int) -> Int32
        if let symbol = dlsym(nil, "malloc_trim") { _ = unsafeBitCast(symbol, to: Function.self)(0) }
    }

    /// Bytes by a line of /proc/self/status.
    static func status(_ key: String) -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return .max / 2 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                .split(whereSeparator: \.isWhitespace)
            if words.first == key[...], words.count > 1, let kilobytes = Int(words[1]) { return kilobytes << 10 }
        }
        return .max / 2
    }

    struct Unreadable: Error { let path: String }

    static func contents(of path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw Unreadable(path: path) }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let count = ftell(file)
        rewind(file)
        return [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            filled = fread(target.baseAddress, 1, count, file)
        }
    }
}
