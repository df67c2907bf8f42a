import Tensor
import Testing

struct ShapeTests {
    @Test func countsElementsAndRefusesWhatDoesNotFit() {
        #expect(Shape.count([]) == 1)
        #expect(Shape.count([2, 3, 4]) == 24)
        #expect(Shape.count([2, 0, 4]) == 0)
        #expect(Shape.count([2, -1]) == nil)
        #expect(Shape.count([Int.max, 2]) == nil)
    }

    @Test func broadcastsAsNumpyDoes() {
        #expect(Shape.broadcast([2, 1, 4], [3, 1]) == [2, 3, 4])
        #expect(Shape.broadcast([], [5]) == [5])
        #expect(Shape.broadcast([0], [1]) == [0])
        #expect(Shape.broadcast([2], [3]) == nil)
        #expect(Shape.broadcastStrides([3, 1], strides: [1, 1], to: [2, 3, 4]) == [0, 1, 0])
    }

    @Test func walksOffsetsInRowMajorOrder() {
        var seen: [[Int]] = []
        Shape.forEachOffset([2, 3], strides: [[3, 1], [1, 2]]) { seen.append($0) }
        #expect(seen == [[0, 0], [1, 2], [2, 4], [3, 1], [4, 3], [5, 5]])
        Shape.forEachOffset([2, 0], strides: [[1, 1]]) { _ in Issue.record("an empty shape has no places") }
    }
}
