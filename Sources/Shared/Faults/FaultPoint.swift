#if FAULT_POINTS
import Glibc
import Synchronization
#endif

/// A named place where a fault test may stop the process: `HAAT_FAULT=name=kill`, `name=kill@3` (the third passage) or
/// `name=stall:5000` (milliseconds). Release builds compile it to nothing.
@inlinable
package func faultPoint(_ name: StaticString) {
    #if FAULT_POINTS
    PlannedFault.fromEnvironment?.pass(name)
    #endif
}

#if FAULT_POINTS
/// The one fault that `HAAT_FAULT` asks of this process.
@usableFromInline
final class PlannedFault: Sendable {
    private enum Action {
        case kill
        case stall(milliseconds: UInt32)
    }

    private let name: String
    private let action: Action
    private let hit: Int
    private let passages = Atomic<Int>(0)

    @usableFromInline static let fromEnvironment: PlannedFault? = {
        guard let value = getenv("HAAT_FAULT") else { return nil }
        return PlannedFault(parsing: String(cString: value))
    }()

    private init?(parsing text: String) {
        let sides = text.split(separator: "=", maxSplits: 1)
        guard sides.count == 2 else { return nil }
        name = String(sides[0])
        let plan = sides[1].split(separator: "@", maxSplits: 1)
        hit = plan.count == 2 ? Int(plan[1]) ?? 1 : 1
        let verb = plan[0].split(separator: ":", maxSplits: 1)
        switch (verb[0], verb.count == 2 ? UInt32(verb[1]) : nil) {
        case ("kill", nil): action = .kill
        case ("stall", let milliseconds?): action = .stall(milliseconds: milliseconds)
        default: return nil
        }
    }

    @usableFromInline
    func pass(_ point: StaticString) {
        guard point.description == name, passages.add(1, ordering: .relaxed).newValue == hit else { return }
        switch action {
        case .kill: kill(getpid(), SIGKILL)
        case .stall(let milliseconds): usleep(min(milliseconds, 3_600_000) * 1000)
        }
    }
}
#endif
