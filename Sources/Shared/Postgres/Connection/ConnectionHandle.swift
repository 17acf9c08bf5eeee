import CLibPQ

/// A connected `PGconn` in pipeline mode.
///
/// `@unchecked Sendable`: made on a connector's thread, then handed once to the actor that alone uses it.
struct ConnectionHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    /// Kept here because libpq knows it by its address.
    let notices: NoticeReceiver

    /// The words libpq has for the last failure.
    var errorMessage: String { trimmed(PQerrorMessage(pointer)) ?? "no reason given" }
}

/// Asks the server to stop what a connection is doing.
///
/// `@unchecked Sendable`: a `PGcancel` never changes and `PQcancel` is documented as thread-safe.
final class CancelHandle: @unchecked Sendable {
    private let pointer: OpaquePointer?

    init(_ connection: ConnectionHandle) {
        pointer = PQgetCancel(connection.pointer)
    }

    deinit {
        PQfreeCancel(pointer)
    }

    /// Blocks until the server has taken the request (libpq 15 has no other way). The outcome does not matter: the
    /// connection is closed either way.
    func cancel() {
        var message = [CChar](repeating: 0, count: 256)
        _ = PQcancel(pointer, &message, Int32(message.count))
    }
}
