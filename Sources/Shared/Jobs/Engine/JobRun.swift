import Synchronization

/// One run of an attempt: whether it holds its job, and whether it has finished it inside its own transaction.
final class JobRun: Sendable {
    let envelope: JobEnvelope
    /// Tells it from every other run of the same attempt, on whatever worker.
    let number: Int64
    private let finish = Atomic<Bool>(false)
    private let hold = Atomic<Bool>(false)

    init(of envelope: JobEnvelope, number: Int64) {
        self.envelope = envelope
        self.number = number
    }

    var key: DispatchKey { envelope.key }

    func recordFinish() {
        finish.store(true, ordering: .releasing)
    }

    var isFinished: Bool { finish.load(ordering: .acquiring) }

    func recordHold() {
        hold.store(true, ordering: .releasing)
    }

    var isHolding: Bool { hold.load(ordering: .acquiring) }
}
