import Foundation
import Synchronization

/// Finds the addresses of a host's name.
package protocol HostResolver: Sendable {
    /// In the order in which they should be tried; at least one.
    /// - Throws: ``UntrustedCallError/unresolved``; `CancellationError`.
    func addresses(of name: String) async throws -> [IPAddress]
}

/// Asks the system: the hosts file, then DNS.
///
/// The system's call waits as long as it likes and can't be called off, so each has a thread of its own; who asks goes on without it when
/// time is up. Only so many run at once.
package final class SystemResolver: HostResolver {
    /// More addresses than a name has; what goes beyond is left out.
    private static let maximumAddresses = 16

    private let limit: Duration
    private let maximumLookups: Int
    private let running = Atomic(0)

    /// - Parameters:
    ///   - limit: time for one name.
    ///   - maximumLookups: at once; one more fails.
    package init(limit: Duration = .seconds(5), maximumLookups: Int = 64) {
        self.limit = limit
        self.maximumLookups = maximumLookups
    }

    package func addresses(of name: String) async throws -> [IPAddress] {
        guard running.add(1, ordering: .relaxed).newValue <= maximumLookups else {
            running.subtract(1, ordering: .relaxed)
            throw UntrustedCallError.unresolved
        }
        let lookup = Lookup()
        Thread.detachNewThread { [self] in
            lookup.end(Self.lookUp(name))
            running.subtract(1, ordering: .relaxed)
        }
        let timer = Task { [limit] in
            try await Task.sleep(for: limit)
            lookup.end(.failure(UntrustedCallError.unresolved))
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await lookup.result
        } onCancel: {
            lookup.end(.failure(CancellationError()))
        }
    }

    private static func lookUp(_ name: String) -> Result<[IPAddress], any Error> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &first) == 0 else { return .failure(UntrustedCallError.unresolved) }
        defer { freeaddrinfo(first) }
        var addresses: [IPAddress] = []
        var next = first
        while let entry = next?.pointee, addresses.count < maximumAddresses {
            if let socket = entry.ai_addr, let address = IPAddress(socket, length: entry.ai_addrlen) {
                addresses.append(address)
            }
            next = entry.ai_next
        }
        return addresses.isEmpty ? .failure(UntrustedCallError.unresolved) : .success(addresses)
    }
}

/// One lookup, which ends once, and the one who waits for it.
private final class Lookup: Sendable {
    private enum State {
        case running(CheckedContinuation<[IPAddress], any Error>?)
        case ended(Result<[IPAddress], any Error>)
    }

    private let state = Mutex(State.running(nil))

    /// Waits for the end. For one caller.
    var result: [IPAddress] {
        get async throws {
            try await withCheckedThrowingContinuation { continuation in
                let ended = state.withLock { state -> Result<[IPAddress], any Error>? in
                    if case .ended(let result) = state { return result }
                    state = .running(continuation)
                    return nil
                }
                if let ended { continuation.resume(with: ended) }
            }
        }
    }

    /// The first end counts.
    func end(_ result: Result<[IPAddress], any Error>) {
        let waiting = state.withLock { state -> CheckedContinuation<[IPAddress], any Error>? in
            guard case .running(let waiting) = state else { return nil }
            state = .ended(result)
            return waiting
        }
        waiting?.resume(with: result)
    }
}
