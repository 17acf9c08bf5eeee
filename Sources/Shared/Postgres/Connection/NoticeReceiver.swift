import CLibPQ
import NIOConcurrencyHelpers
import Synchronization

/// Hears what the server says on one connection besides its answers.
///
/// libpq calls it while it reads, in the order of the server's messages: once a segment's end is taken from libpq,
/// everything that belongs to the segment was heard.
final class NoticeReceiver: Sendable {
    private let record: NoticeRecord
    /// Spares the lock at each answer.
    private let hasDoubt = Atomic<Bool>(false)
    private let doubt = NIOLockedValueBox<String?>(nil)

    init(_ record: NoticeRecord) {
        self.record = record
    }

    /// From now on libpq calls the receiver, which has to outlive the connection and its results.
    func attach(to connection: OpaquePointer) {
        _ = PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                Unmanaged<NoticeReceiver>.fromOpaque(context).takeUnretainedValue().receive(result)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Why it is unknown whether the commit that was just answered survives; nil where there is no doubt.
    func takeDoubt() -> String? {
        guard hasDoubt.load(ordering: .relaxed) else { return nil }
        hasDoubt.store(false, ordering: .relaxed)
        return doubt.withLockedValue { $0.take() }
    }

    private func receive(_ result: OpaquePointer) {
        // Without a SQLSTATE it is libpq's own remark.
        let notice =
            PostgresServerError(result: result)
            ?? PostgresServerError(
                severity: "NOTICE", sqlState: "00000", message: trimmed(PQresultErrorMessage(result)) ?? "")
        record.add(notice)
        guard notice.leavesCommitUnconfirmed else { return }
        doubt.withLockedValue { $0 = notice.message }
        hasDoubt.store(true, ordering: .relaxed)
    }
}

extension PostgresServerError {
    /// Whether this is the warning of a commit that has stopped waiting for its synchronous standby: cancelled, or because
    /// its connection is being ended. It is committed here, and lost if the standby takes over.
    ///
    /// Any function may raise a warning of class 01000; the server's routine tells which it is, where it is told at all.
    var leavesCommitUnconfirmed: Bool {
        switch (severity, sqlState, routine) {
        case ("WARNING", "01000", nil), ("WARNING", "01000", "SyncRepWaitForLSN"): true
        case ("WARNING", "57P01", "SyncRepWaitForLSN"): true
        default: false
        }
    }
}
