import Synchronization

/// Whether a run has finished its job inside its own transaction.
final class JobCompletion: Sendable {
    private let recorded = Atomic<Bool>(false)

    func record() {
        recorded.store(true, ordering: .releasing)
    }

    var isRecorded: Bool { recorded.load(ordering: .acquiring) }
}
