import CLibPQ
import Dispatch
import Glibc
import Logging
import NIOConcurrencyHelpers
import Synchronization

/// Opens connections on a few threads of its own.
///
/// `PQconnectPoll` blocks whatever the mode of the socket: it resolves names, reads certificates, the password and the
/// service file, and computes SCRAM proofs. So the whole handshake runs here, off the event loops, with a deadline
/// of its own (libpq ignores `connect_timeout` outside of `PQconnectdb`), and the socket meets its loop only once it is final.
final class Connector: Sendable {
    /// A serial queue without a target has a thread of its own while it is busy, apart from Dispatch's shared ones.
    private let lanes: [DispatchQueue]
    private let pending: NIOLockedValueBox<[Int]>
    /// Where blocking cancel requests go.
    let helper = DispatchQueue(label: "postgres.cancel")
    /// What the server has said on any of the connections.
    let notices: NoticeRecord
    private let configuration: PostgresConfiguration
    private let setup: SessionSetup
    /// Why the last server that answered can't be used at all; nil where it can.
    private let refusal = NIOLockedValueBox<PostgresError?>(nil)
    private let loops: [EventLoop]
    private let nextLoop = Atomic<Int>(0)

    init(_ configuration: PostgresConfiguration, logger: Logger, lanes count: Int = 4) {
        self.configuration = configuration
        setup = SessionSetup(configuration)
        notices = NoticeRecord(logger: logger)
        // Parsing takes far less of a core than the server needs for the same statement.
        let cores = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        loops = (0..<min(4, max(1, cores / 4))).map { _ in EventLoop() }
        lanes = (0..<count).map { DispatchQueue(label: "postgres.connect.\($0)") }
        pending = NIOLockedValueBox(Array(repeating: 0, count: count))
    }

    /// What requests without a connection fail with.
    func failure(because reason: String) -> PostgresError {
        refusal.withLockedValue { $0 } ?? .unavailable(reason)
    }

    /// The loops take turns.
    func loop() -> EventLoop {
        loops[nextLoop.wrappingAdd(1, ordering: .relaxed).oldValue % loops.count]
    }

    /// Connects on the least busy thread and reports there.
    func connect(_ completion: @escaping @Sendable (Result<ConnectionHandle, PostgresError>) -> Void) {
        let lane = pending.withLockedValue { pending in
            let lane = pending.indices.min { pending[$0] < pending[$1] } ?? 0
            pending[lane] += 1
            return lane
        }
        lanes[lane].async { [self] in
            let result = Result { () throws(PostgresError) in try open() }
            pending.withLockedValue { $0[lane] -= 1 }
            completion(result)
        }
    }

    /// Connects while the calling task waits.
    func connect() async throws(PostgresError) -> ConnectionHandle {
        try await withCheckedContinuation { continuation in
            connect { continuation.resume(returning: $0) }
        }.get()
    }

    private func open() throws(PostgresError) -> ConnectionHandle {
        let handle = try connected()
        do throws(PostgresError) {
            try setup.apply(to: handle, connectAnother: connected)
            guard PQsetnonblocking(handle.pointer, 1) == 0, PQenterPipelineMode(handle.pointer) == 1 else {
                throw .unavailable(handle.errorMessage)
            }
        } catch {
            withExtendedLifetime(handle) { PQfinish(handle.pointer) }
            if case .configuration = error { refusal.withLockedValue { $0 = error } }
            throw error
        }
        refusal.withLockedValue { $0 = nil }
        // Nothing was committed yet, whatever was said.
        _ = handle.notices.takeDoubt()
        return handle
    }

    private func connected() throws(PostgresError) -> ConnectionHandle {
        guard let handle = begin() else { throw .unavailable("libpq has no memory for a connection") }
        do throws(PostgresError) {
            try finishHandshake(handle)
        } catch {
            withExtendedLifetime(handle) { PQfinish(handle.pointer) }
            throw error
        }
        return handle
    }

    private func begin() -> ConnectionHandle? {
        let settings = configuration.connectionSettings
        var strings: [UnsafeMutablePointer<CChar>?] = []
        defer { for string in strings { free(string) } }
        func copies(_ texts: [String]) -> [UnsafePointer<CChar>?] {
            let copied = texts.map { strdup($0) }
            strings += copied
            return copied.map { UnsafePointer($0) } + [nil]
        }
        guard let pointer = PQconnectStartParams(copies(settings.map(\.keyword)), copies(settings.map(\.value)), 0)
        else { return nil }
        let receiver = NoticeReceiver(notices)
        receiver.attach(to: pointer)
        return ConnectionHandle(pointer: pointer, notices: receiver)
    }

    private func finishHandshake(_ handle: ConnectionHandle) throws(PostgresError) {
        let limit = configuration.connectTimeout * configuration.hostCount
        let deadline = ContinuousClock.now + limit
        var state = PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            guard state != PGRES_POLLING_FAILED, PQstatus(handle.pointer) != CONNECTION_BAD else {
                throw .unavailable(handle.errorMessage)
            }
            let remaining = ContinuousClock.now.duration(to: deadline)
            let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
            // The socket may be another one after every step: next host, next address, without TLS after with.
            guard remaining > .zero, handle.wait(for: events, atMost: remaining) else {
                throw .unavailable("no connection to \(handle.target) within \(limit.wholeMilliseconds) ms")
            }
            state = PQconnectPoll(handle.pointer)
        }
    }
}
