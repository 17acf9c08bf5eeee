import CLibPQ
import Dispatch
import Glibc
import Logging
import NIOConcurrencyHelpers
import Synchronization

/// Opens connections on a few threads of its own.
///
/// `PQconnectPoll` blocks whatever the mode of the socket: it resolves names, reads certificates, the password and the
/// service file, and computes SCRAM proofs. So the whole handshake runs here, off the event loops, each server's with a deadline
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
    /// Where the last connection led, which is tried first.
    private let lastGood = NIOLockedValueBox<(target: ServerTarget, address: ServerTarget)?>(nil)

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

    /// The first server that is of use.
    private func open() throws(PostgresError) -> ConnectionHandle {
        refusal.withLockedValue { $0 = nil }
        let first = lastGood.withLockedValue { $0?.target }
        var failures: [String] = []
        for wanted in configuration.wantedServers {
            for target in configuration.targets.startingWith(first) {
                if let handle = open(target, wanted, &failures) { return handle }
            }
        }
        throw refusal.withLockedValue { $0 } ?? .unavailable(failures.joined(separator: "; "))
    }

    /// The first of its addresses that is of use; nil where none is, with their reasons. They share the server's deadline.
    private func open(_ target: ServerTarget, _ wanted: String, _ failures: inout [String]) -> ConnectionHandle? {
        let addresses = target.addresses.startingWith(lastGood.withLockedValue { $0?.address })
        let limit = configuration.serverTimeout
        let start = ContinuousClock.now
        for (index, address) in addresses.enumerated() {
            do {
                let left = index == 0 ? limit : limit - start.duration(to: .now)
                let share = left / (addresses.count - index)
                let handle = try open(address, wanted, within: share)
                lastGood.withLockedValue { $0 = (target, address) }
                return handle
            } catch {
                let reason = if case .unavailable(let reason) = error { reason } else { "\(error)" }
                if !failures.contains(reason) { failures.append(reason) }
            }
        }
        return nil
    }

    private func open(
        _ target: ServerTarget, _ wanted: String, within limit: Duration
    ) throws(PostgresError) -> ConnectionHandle {
        let deadline = ContinuousClock.now + limit
        let handle = try connected(target, wanted, within: limit)
        do throws(PostgresError) {
            try setup.apply(to: handle, until: deadline) { () throws(PostgresError) in
                try connected(target, wanted, within: ContinuousClock.now.duration(to: deadline))
            }
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

    private func connected(
        _ target: ServerTarget, _ wanted: String, within limit: Duration
    ) throws(PostgresError) -> ConnectionHandle {
        guard let handle = begin(target, wanted) else { throw .unavailable("libpq has no memory for a connection") }
        do throws(PostgresError) {
            try finishHandshake(handle, within: limit)
        } catch {
            withExtendedLifetime(handle) { PQfinish(handle.pointer) }
            throw error
        }
        return handle
    }

    private func begin(_ target: ServerTarget, _ wanted: String) -> ConnectionHandle? {
        let settings = configuration.connectionSettings(to: target, wanting: wanted)
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

    private func finishHandshake(_ handle: ConnectionHandle, within limit: Duration) throws(PostgresError) {
        let deadline = ContinuousClock.now + limit
        var state = PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            guard state != PGRES_POLLING_FAILED, PQstatus(handle.pointer) != CONNECTION_BAD else {
                throw .unavailable(handle.errorMessage)
            }
            let remaining = ContinuousClock.now.duration(to: deadline)
            let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
            // The socket may be another one after every step: next address, without TLS after with.
            guard remaining > .zero, handle.wait(for: events, atMost: remaining) else {
                throw .unavailable("no connection to \(handle.target) within \(limit.wholeMilliseconds) ms")
            }
            state = PQconnectPoll(handle.pointer)
        }
    }
}

extension [ServerTarget] {
    /// The same, but this one first, if it is among them.
    fileprivate func startingWith(_ first: ServerTarget?) -> [ServerTarget] {
        filter { $0 == first } + filter { $0 != first }
    }
}
