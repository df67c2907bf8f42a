/// Every operator the engine knows, by its ONNX name. `Docs/Operators.md` lists the same names.
public enum OperatorRegistry {
    static let families: [(type: any Operator.Type, names: [String])] = [
        (Conv.self, ["Conv"]),
        (Gemm.self, ["Gemm"]),
        (MatMul.self, ["MatMul"]),
        (BatchNormalization.self, ["BatchNormalization"]),
        (Pool.self, ["MaxPool", "AveragePool"]),
        (GlobalPool.self, ["GlobalAveragePool", "GlobalMaxPool"]),
        (Unary.self, Unary.names),
        (Clip.self, ["Clip"]),
        (Arithmetic.self, Arithmetic.names),
        (PRelu.self, ["PRelu"]),
        (SoftmaxOperator.self, ["Softmax", "LogSoftmax"]),
        (Reduce.self, Reduce.names),
        (Concat.self, ["Concat"]),
        (Split.self, ["Split"]),
        (Slice.self, ["Slice"]),
        (Pad.self, ["Pad"]),
        (Reshape.self, ["Reshape"]),
        (Flatten.self, ["Flatten"]),
        (Squeeze.self, ["Squeeze"]),
        (Unsqueeze.self, ["Unsqueeze"]),
        (Transpose.self, ["Transpose"]),
        (Expand.self, ["Expand"]),
        (Resize.self, ["Resize", "Upsample"]),
        (Gather.self, ["Gather"]),
        (Identity.self, ["Identity", "Dropout"]),
        (ConstantOperator.self, ["Constant"]),
        (ConstantOfShape.self, ["ConstantOfShape"]),
        (ShapeOperator.self, ["Shape"]),
        (Cast.self, ["Cast"]),
        (Compare.self, Compare.names),
        (Where.self, ["Where"]),
        (Range.self, ["Range"]),
    ]

    private static let table = Dictionary(
        families.flatMap { family in family.names.map { ($0, family.type) } }, uniquingKeysWith: { first, _ in first })

    static func find(_ name: String) -> (any Operator.Type)? { table[name] }

    /// All supported names in alphabetical order.
    public static var names: [String] { table.keys.sorted() }
}
