import ArgumentParser
import FoundationEssentials
import Inference
import ModelFiles
import Tensor

/// Files of `inspect` and `bench model`.
enum ModelFile {
    static func graph(at path: String) throws -> Graph {
        let data = try LocalFile.read(path)
        // `withUnsafeBytes` passes on untyped errors only, so the result carries the error out.
        let graph: Result<Graph, ModelFileError> = data.withUnsafeBytes { bytes in
            do throws(ModelFileError) { return .success(try ONNXModel.graph(bytes)) } catch { return .failure(error) }
        }
        switch graph {
        case .success(let graph): return graph
        case .failure(let error): throw ValidationError("\(path): \(error)")
        }
    }

    /// `count` little-endian float32 values.
    static func floats(at path: String, count: Int) throws -> [Float] {
        let data = try LocalFile.read(path)
        guard data.count == 4 * count else {
            throw ValidationError("\(path) has \(data.count) bytes; the input takes \(4 * count)")
        }
        return floats(data)
    }

    /// All of a file's values, nil where it is not there.
    static func floats(ifAt path: String) -> [Float]? { (try? Data(contentsOf: URL(filePath: path))).map(floats) }

    private static func floats(_ data: Data) -> [Float] {
        data.withUnsafeBytes { bytes in
            (0..<data.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
    }

    /// The file that holds a value of this name.
    static func name(of value: String) -> String { value.replacing("/", with: "_") + ".f32" }

    static func write(_ values: [Float], to path: String) throws {
        var data = Data(capacity: 4 * values.count)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        try LocalFile.write(data, to: path)
    }
}

/// The concrete shape of a model's only input.
enum InputShape {
    /// `batch` for an open first axis, `rest` such as "3x240x320" for the others where they are open.
    static func resolve(_ graph: Graph, batch: Int, rest: String?) throws -> [Int] {
        guard graph.inputs.count == 1, let axes = graph.inputs[0].shape, !axes.isEmpty else {
            throw ValidationError("the model must have one input with a shape")
        }
        let given = try rest.map { text in
            try text.split(separator: "x").map { part in
                guard let length = Int(part), (1...65536).contains(length) else {
                    throw ValidationError("--shape '\(text)' must be numbers joined by x, for instance 3x240x320")
                }
                return length
            }
        }
        if let given, given.count != axes.count - 1 {
            throw ValidationError("--shape needs \(axes.count - 1) numbers")
        }
        return try axes.enumerated().map { index, axis in
            switch axis {
            case .fixed(let length):
                if index == 0, batch != 1, batch != length { throw ValidationError("the model's batch is \(length)") }
                return length
            case .dynamic(let name):
                if index == 0 { return batch }
                guard let given else { throw ValidationError("axis \(index) (\(name)) is open: give --shape") }
                return given[index - 1]
            }
        }
    }

    /// Grey-like values 0…255 by a fixed generator (Steele and Vigna 2014, SplitMix64), the same in every run.
    static func noise(count: Int) -> [Float] {
        var state: UInt64 = 1
        return (0..<count).map { _ in
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return Float((z ^ (z >> 31)) >> 56)
        }
    }
}

extension Precision: ExpressibleByArgument {}
