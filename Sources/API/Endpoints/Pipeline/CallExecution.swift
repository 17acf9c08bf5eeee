import Core
import Hummingbird
import Identity
import Jobs
import NIOCore
import Telemetry

/// Does the work of calls whose input is read, once for each idempotency key.
struct CallExecution<Services: Sendable>: Sendable {
    let services: Services
    let core: APICore

    /// - Parameters:
    ///   - keyed: what the request is known by; nil where it has no key.
    ///   - guarded: stands around the work and may turn its refusals into answers, which a leased key then remembers.
    /// - Throws: 409 when the first request with the key is still running after all patience, 422 when the key was used for
    ///   another; besides, what `guarded` throws.
    func run(
        _ prepared: PreparedCall<Services>, _ keyed: KeyedRequest?, _ context: CallContext,
        guarded: @escaping @Sendable (@Sendable () async throws -> Answer) async throws -> Answer
    ) async throws -> Answer {
        // Jobs that the work causes belong to the caller's trace.
        try await JobTrace.$current.withValue(context.trace.traceparent) {
            switch prepared {
            case .handling(let handle):
                return try await guarded { try await handle(context, services) }
            case .leased(let handle):
                return try await core.leased.run(keyed, logger: context.logger) { lease in
                    try await guarded { try await handle(context, lease, services) }
                }
            case .effect(let effect):
                return try await guarded {
                    try await core.effects.run(keyed) { work in try await effect(context, work, services) }
                }
            }
        }
    }
}

/// What makes a request one that was made before.
struct KeyedRequest: Sendable {
    let key: IdempotencyKey
    let fingerprint: [UInt8]

    /// - Parameter endpoint: the method and path under which the key counts.
    init(_ value: String, _ request: Request, _ body: ByteBuffer, principal: Principal, endpoint: String) {
        self.init(
            value, RequestFingerprint.of(path: request.uri.path, query: request.uri.query ?? "", body: body),
            principal: principal, endpoint: endpoint)
    }

    /// The same for a body that was put away.
    /// - Parameters:
    ///   - contentType: as which it was sent.
    ///   - digest: of the body.
    init(
        _ value: String, _ request: Request, contentType: String, digest: [UInt8], principal: Principal,
        endpoint: String
    ) {
        let content = Array(contentType.utf8) + [0] + digest
        self.init(
            value, RequestFingerprint.of(path: request.uri.path, query: request.uri.query ?? "", content: content),
            principal: principal, endpoint: endpoint)
    }

    private init(_ value: String, _ fingerprint: [UInt8], principal: Principal, endpoint: String) {
        self.fingerprint = fingerprint
        key = IdempotencyKey(scope: principal.idempotencyScope(of: fingerprint), endpoint: endpoint, value: value)
    }
}

extension Principal {
    /// Keeps apart the keys of different callers. Callers without credentials can't be told from one another: a key of theirs
    /// counts only with the very content of its request, so that nobody can guess another's key and use it up or be told its
    /// answer.
    fileprivate func idempotencyScope(of fingerprint: [UInt8]) -> String {
        isNobody ? "\(scope):\(Base64URL.encode(fingerprint))" : scope
    }
}
