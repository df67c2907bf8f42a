import Threads

/// How many requests with pictures each student has under way, over all tokens and connections of theirs: one student must not
/// fill the queue, or the memory for bodies, that the whole school shares.
final class StudentLimit: Sendable {
    private let limit: Int
    private let counts = Monitor<[Student: Int]>([:])

    private struct Student: Hashable {
        var classID: String?
        var id: String
    }

    /// One request under way, until it is let go.
    private final class Place: Sendable {
        private let limit: StudentLimit
        private let student: Student

        init(_ limit: StudentLimit, _ student: Student) { (self.limit, self.student) = (limit, student) }

        deinit { limit.leave(student) }
    }

    init(_ limit: Int) { self.limit = limit }

    /// Nil where no student asks.
    /// - Throws: `too_many_requests`.
    func enter(_ principal: Principal?) throws(APIError) -> (any AnyObject & Sendable)? {
        guard let principal, let id = principal.studentID else { return nil }
        let student = Student(classID: principal.classID, id: id)
        let isFree = counts.withLock { counts in
            guard counts[student, default: 0] < limit else { return false }
            counts[student, default: 0] += 1
            return true
        }
        guard isFree else {
            throw APIError(.tooManyRequests, "\(limit) requests with pictures of this student are under way already")
        }
        return Place(self, student)
    }

    private func leave(_ student: Student) {
        counts.withLock { counts in
            let left = counts[student, default: 1] - 1
            counts[student] = left > 0 ? left : nil
        }
    }
}
