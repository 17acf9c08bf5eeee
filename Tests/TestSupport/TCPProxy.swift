import Foundation
import NIOConcurrencyHelpers

/// A TCP proxy on loopback that can misbehave: swallow bytes, or cut connections at a chosen moment.
package final class TCPProxy: Sendable {
    /// What happens to a chunk on its way from the client to the server.
    package enum Verdict: Sendable {
        case forward
        /// The server gets the chunk, then both sides are cut.
        case forwardThenCut
        /// The server never gets the chunk; both sides are cut.
        case cut
    }

    private struct State: Sendable {
        var isPaused = false
        var isStopped = false
        var targetPort: UInt16
        var descriptors: [Int32] = []
        var rule: @Sendable ([UInt8]) -> Verdict = { _ in .forward }
    }

    /// Where clients connect to, on 127.0.0.1.
    package let port: UInt16
    private let listener: Int32
    private let state: NIOLockedValueBox<State>

    /// Listens on a free port and forwards to a port of this machine.
    /// - Throws: `POSIXError` if there is no socket to be had.
    package init(toPort targetPort: UInt16) throws {
        state = NIOLockedValueBox(State(targetPort: targetPort))
        listener = try Self.loopback(port: 0) { bind($0, $1, $2) }
        guard listen(listener, 64) == 0 else { throw Self.failure() }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let answer = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard answer == 0 else { throw Self.failure() }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in acceptConnections() }
    }

    /// New connections lead to another port of this machine; those that exist stay where they are, as behind a virtual
    /// address.
    package func setTarget(port: UInt16) {
        state.withLockedValue { $0.targetPort = port }
    }

    /// Decides about every chunk that a client sends from now on.
    package func setRule(_ rule: @escaping @Sendable ([UInt8]) -> Verdict) {
        state.withLockedValue { $0.rule = rule }
    }

    /// Nothing gets through any more, in either direction, but connections stay open: a network black hole.
    package func pause() {
        state.withLockedValue { $0.isPaused = true }
    }

    package func resume() {
        state.withLockedValue { $0.isPaused = false }
    }

    /// Ends all connections; new ones are accepted.
    package func cutConnections() {
        let descriptors = state.withLockedValue { state in
            defer { state.descriptors = [] }
            return state.descriptors
        }
        for descriptor in descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    /// Ends all connections and listens no more.
    package func stop() {
        state.withLockedValue { $0.isStopped = true }
        shutdown(listener, Int32(SHUT_RDWR))
        cutConnections()
    }

    private func acceptConnections() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0, !state.withLockedValue({ $0.isStopped }) else { break }
            let targetPort = state.withLockedValue { $0.targetPort }
            guard let server = try? Self.loopback(port: targetPort, connect) else {
                close(client)
                continue
            }
            let pair = Pair(client: client, server: server)
            state.withLockedValue { $0.descriptors += [client, server] }
            Thread.detachNewThread { [self] in pump(pair, fromClient: true) }
            Thread.detachNewThread { [self] in pump(pair, fromClient: false) }
        }
        close(listener)
    }

    private final class Pair: Sendable {
        let client: Int32
        let server: Int32
        private let ended = NIOLockedValueBox(0)
        private let muted = NIOLockedValueBox(false)

        /// Whether the server's answers are swallowed.
        var isMuted: Bool {
            get { muted.withLockedValue { $0 } }
            set { muted.withLockedValue { $0 = newValue } }
        }

        init(client: Int32, server: Int32) {
            self.client = client
            self.server = server
        }

        func cut() {
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(server, Int32(SHUT_RDWR))
        }

        /// Whether both directions have ended, so that the descriptors may be closed.
        func endOne() -> Bool {
            ended.withLockedValue { ended in
                ended += 1
                return ended == 2
            }
        }
    }

    private func pump(_ pair: Pair, fromClient: Bool) {
        let (source, sink) = fromClient ? (pair.client, pair.server) : (pair.server, pair.client)
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(source, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            waitWhilePaused()
            let chunk = Array(buffer[..<count])
            let verdict = fromClient ? state.withLockedValue { $0.rule }(chunk) : .forward
            if case .cut = verdict { break }
            if case .forwardThenCut = verdict { pair.isMuted = true }
            if !fromClient, pair.isMuted { continue }
            guard Self.sendAll(chunk, to: sink) else { break }
            if case .forwardThenCut = verdict {
                // Let the server act before it notices that its client is gone.
                usleep(200_000)
                break
            }
        }
        pair.cut()
        guard pair.endOne() else { return }
        state.withLockedValue { $0.descriptors.removeAll { $0 == pair.client || $0 == pair.server } }
        close(pair.client)
        close(pair.server)
    }

    private func waitWhilePaused() {
        while state.withLockedValue({ $0.isPaused && !$0.isStopped }) { usleep(5_000) }
    }

    private static func sendAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                send(descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private static func loopback(
        port: UInt16, _ attach: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw failure() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let answer = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                attach(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard answer == 0 else {
            defer { close(descriptor) }
            throw failure()
        }
        return descriptor
    }

    private static func failure() -> POSIXError {
        POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
}
