import Synchronization

/// Carries pushed bodies out of a closure.
final class ResultBox: Sendable {
    private let bodies = Mutex<[[UInt8]]>([])

    var value: [[UInt8]] { bodies.withLock { $0 } }

    func set(_ new: [[UInt8]]) { bodies.withLock { $0 = new } }
}
