package import Hummingbird
import NIOConcurrencyHelpers
package import NIOCore

/// The memory that bodies may take while they arrive and are worked on, shared out so that no client can take all of it.
///
/// Whoever finds no room is told to come back; what the others send is not touched by it.
package final class BodyBudget: Sendable {
    private struct State: Sendable {
        var used = 0
        var byClient: [ClientNetwork: Int] = [:]
    }

    /// What a request costs beside its bytes, those of a small body included. Charged first, so that bodies which never come are
    /// counted, too.
    private static let overhead = 16 << 10
    /// What passes through for one upload: a connection reads so much ahead, and so much waits to be put away.
    private static let passage = 192 << 10
    /// A body up to this size is not charged apart.
    private static let smallest = 2 << 10

    private let total: Int
    private let perClient: Int
    private let trustedProxies: Int
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - total: bytes for all.
    ///   - perClient: bytes for one network.
    ///   - trustedProxies: see `APISettings.trustedProxies`.
    package init(total: Int = 32 << 20, perClient: Int = 12 << 20, trustedProxies: Int = 0) {
        self.total = total
        self.perClient = perClient
        self.trustedProxies = trustedProxies
    }

    /// Bytes that are held at this moment.
    package var used: Int { state.withLockedValue { $0.used } }

    /// Reads the body of a request for the work that follows; the memory is free again when the work has ended.
    /// - Parameter limit: bytes at most.
    /// - Throws: 413; 503 where there is no room; what the work throws.
    package func withBody<Result>(
        of request: Request, _ context: APIRequestContext, upTo limit: Int, _ work: (ByteBuffer) async throws -> Result
    ) async throws -> Result {
        let client = Exchange.network(of: request, context, trustedProxies: trustedProxies)
        return try await withBody(request.body, from: client, upTo: limit, onRoom: context.askForBody, work)
    }

    /// The same for a body that is put away as it arrives.
    /// - Throws: 503 where there is no room; what the work throws.
    func withUpload<Result>(
        of request: Request, _ context: APIRequestContext, upTo limit: Int,
        _ work: (UploadBody) async throws -> Result
    ) async throws -> Result {
        let client = Exchange.network(of: request, context, trustedProxies: trustedProxies)
        try charge(Self.overhead + Self.passage, to: client)
        defer { release(Self.overhead + Self.passage, of: client) }
        context.askForBody()
        return try await work(UploadBody(request.body, limit: limit))
    }

    func withBody<Result>(
        _ body: RequestBody, from client: ClientNetwork, upTo limit: Int, onRoom: () -> Void = {},
        _ work: (ByteBuffer) async throws -> Result
    ) async throws -> Result {
        var charged = Self.overhead
        try charge(charged, to: client)
        defer { release(charged, of: client) }
        onRoom()
        var bytes = ByteBuffer()
        for try await var chunk in body {
            let count = bytes.readableBytes + chunk.readableBytes
            guard count <= limit else { throw ProblemType.bodyLargerThan(limit) }
            // Copied, because a slice keeps the whole buffer of its socket alive.
            if count > bytes.capacity {
                // What the buffer will really take.
                let capacity = max(Self.smallest, 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount))
                let more = capacity - max(Self.smallest, bytes.capacity)
                if more > 0 {
                    try charge(more, to: client)
                    charged += more
                }
                bytes.reserveCapacity(capacity)
            }
            bytes.writeBuffer(&chunk)
        }
        return try await work(bytes)
    }

    private func charge(_ count: Int, to client: ClientNetwork) throws {
        let hasRoom = state.withLockedValue { state in
            let held = state.byClient[client] ?? 0
            guard held <= perClient - count, state.used <= total - count else { return false }
            state.byClient[client] = held + count
            state.used += count
            return true
        }
        guard hasRoom else { throw ProblemType.unavailable.problem("Too much is arriving at once") }
    }

    private func release(_ count: Int, of client: ClientNetwork) {
        state.withLockedValue { state in
            state.used -= count
            let held = (state.byClient[client] ?? count) - count
            state.byClient[client] = held > 0 ? held : nil
        }
    }
}
