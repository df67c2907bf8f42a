import Inference
import ModelFiles

/// Reads whatever comes and checks it as a graph; nothing of it is planned or run (see ONNXEngine).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    _ = try? ONNXModel.graph(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
}
