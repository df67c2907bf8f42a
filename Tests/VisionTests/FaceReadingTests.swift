import Imaging
import Tensor
import Testing

@testable import Vision

struct ExpressionReaderTests {
    /// The made-up classifier answers with the first seven grey levels of each picture.
    @Test(arguments: [1, 2, 5])
    func oneRowForEachCrop(count: Int) throws {
        var shape: [Int] = []
        let network = MadeUp { input in
            shape = input.shape
            var rows: [Float] = []
            for row in 0..<count { rows += input.values[row * 48 * 48..<row * 48 * 48 + 7] }
            return ["probabilities": Tensor(shape: [count, 7], values: rows)]
        }
        let crops = (0..<count).map { index in
            let levels: [UInt8] = (0..<48 * 48).map { UInt8(truncatingIfNeeded: $0 + 50 * index) }
            return GreyImage(width: 48, height: 48, pixels: levels)
        }
        let rows = try ExpressionReader(network).read(crops)
        #expect(shape == [count, 1, 48, 48])
        for index in 0..<count {
            let expected: [Double] = (0..<7).map { Double($0 + 50 * index) }
            #expect(rows[index] == expected)
        }
    }

    @Test func noCropsNeedNoNetwork() throws {
        let network = MadeUp { _ in throw VisionError.notFinite(output: "unused") }
        #expect(try ExpressionReader(network).read([]).isEmpty)
    }

    @Test func aNetworkOfAnotherKindIsNamed() {
        let crop = GreyImage(width: 48, height: 48, filledWith: 9)
        #expect(throws: VisionError.wrongShape(output: "y", found: [1, 8], expected: [1, 7])) {
            try ExpressionReader(MadeUp { _ in ["y": Tensor(shape: [1, 8])] }).read([crop])
        }
        #expect(throws: VisionError.notFinite(output: "y")) {
            try ExpressionReader(MadeUp { _ in ["y": Tensor(shape: [1, 7], repeating: .nan)] }).read([crop])
        }
        #expect(throws: VisionError.missingOutput(name: "the only one", found: ["a", "b"])) {
            let outputs = ["a": Tensor(shape: [1, 7]), "b": Tensor(shape: [1, 7])]
            _ = try ExpressionReader(MadeUp { _ in outputs }).read([crop])
        }
    }
}

struct CropQualityTests {
    @Test func aFlatPicture() {
        let quality = CropQuality(GreyImage(width: 48, height: 48, filledWith: 90))
        #expect(quality.brightness == 90 && quality.contrast == 0 && quality.sharpness == 0)
    }

    /// A chess board of 0 and 200: mean 100, deviation 100, each Laplacian ±800.
    @Test func aChessBoard() {
        let pixels: [UInt8] = (0..<48 * 48).map { ($0 % 48 + $0 / 48) % 2 == 0 ? 0 : 200 }
        let quality = CropQuality(GreyImage(width: 48, height: 48, pixels: pixels))
        #expect(quality.brightness == 100 && quality.contrast == 100 && quality.sharpness == 640_000)
    }

    @Test(arguments: [(1, 1), (2, 9), (9, 2)]) func picturesWithoutInside(width: Int, height: Int) {
        #expect(CropQuality(GreyImage(width: width, height: height, filledWith: 3)).sharpness == 0)
    }
}
