import Inference
import ModelFiles
import Tensor

/// Reads, plans and, where it is small, runs whatever comes; both kernels must give shapes of the same size.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var limits = PlanLimits()
    limits.maximumElements = 1 << 14
    limits.arenaElements = 1 << 17
    limits.foldedElements = 1 << 16
    do {
        let graph = try ONNXModel.graph(UnsafeRawBufferPointer(start: bytes, count: count))
        var inputs: [String: Tensor] = [:]
        for port in graph.inputs {
            let shape = (port.shape ?? []).map { axis in if case .fixed(let length) = axis { length } else { 2 } }
            guard let size = Shape.count(shape), size <= 1 << 10 else { return 0 }
            inputs[port.name] = Tensor(shape: shape, values: (0..<size).map { Float($0 % 7) - 3 })
        }
        let plan = try Plan(graph, limits: limits)
        let fast = try Session(plan).run(inputs)
        let reference = try Session(Plan(graph, kernels: .reference, limits: limits)).run(inputs)
        for (name, tensor) in reference where fast[name]?.shape != tensor.shape {
            fatalError("\(name): \(fast[name]?.shape ?? []) by the fast kernels, \(tensor.shape) by the reference")
        }
    } catch {}
    return 0
}
