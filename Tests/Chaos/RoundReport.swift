import Synchronization

/// What a round tells.
struct RoundReport: Sendable {
    let number: Int
    let lines: [String]
    let violations: [String]

    /// A store that stays away breaks everything; the first few say what.
    private static let shown = 12

    var isGood: Bool { violations.isEmpty }

    var text: String {
        let head = "round \(number)\(isGood ? "" : " BROKEN")"
        let found = violations.prefix(Self.shown).map { "  VIOLATION \($0)" }
        let rest = violations.count > Self.shown ? ["  and \(violations.count - Self.shown) VIOLATIONS more"] : []
        return ([head] + lines.map { "  \($0)" } + found + rest).joined(separator: "\n")
    }
}

/// To a tenth.
func seconds(_ duration: Duration) -> String {
    "\((duration / .milliseconds(100)).rounded() / 10)"
}

/// A time that one task notes for another.
final class Moment: Sendable {
    private let noted = Mutex<ContinuousClock.Instant?>(nil)

    func note() { noted.withLock { $0 = .now } }

    var time: ContinuousClock.Instant? { noted.withLock { $0 } }
}
