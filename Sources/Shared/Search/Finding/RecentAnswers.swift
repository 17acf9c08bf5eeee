import Core
import Foundation
import Synchronization

/// Answers that a process has just given, told again to whoever asks the same within a moment. What it holds is bounded.
final class RecentAnswers<Question: Hashable & Sendable, Answer: Sendable>: Sendable {
    private struct Kept {
        var answers: [Question: (answer: Answer, until: Date)] = [:]
        /// Those of before; what is asked for again comes over from there.
        var older: [Question: (answer: Answer, until: Date)] = [:]
        /// Of `answers`.
        var size = 0
    }

    private let clock: any WallClock
    private let freshness: TimeInterval
    private let half: Int
    private let kept = Mutex(Kept())

    /// - Parameter most: the size of all that are held, in whatever `keep` counts them.
    init(clock: any WallClock, freshness: Duration, most: Int) {
        self.clock = clock
        self.freshness = freshness / .seconds(1)
        half = max(1, most / 2)
    }

    func answer(to question: Question) -> Answer? {
        let now = clock.now
        return kept.withLock { kept in
            guard let found = kept.answers[question] ?? kept.older[question], found.until > now else { return nil }
            return found.answer
        }
    }

    func keep(_ answer: Answer, size: Int, for question: Question) {
        let until = clock.now.addingTimeInterval(freshness)
        kept.withLock { kept in
            if kept.size + size > half {
                kept.older = kept.answers
                (kept.answers, kept.size) = ([:], 0)
            }
            kept.size += size
            kept.answers[question] = (answer, until)
        }
    }
}
