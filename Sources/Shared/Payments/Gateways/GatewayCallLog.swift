package import Core
import Foundation
package import Logging
import NIOConcurrencyHelpers
package import Outbound
package import Postgres

/// Keeps what was said to gateways and what they answered. A call is never held up by trouble in keeping it.
package struct GatewayCallLog: Sendable {
    private let postgres: any PostgresExecutor
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let logger: Logger

    package init(postgres: any PostgresExecutor, ids: UUIDv7Generator, clock: any WallClock, logger: Logger) {
        self.postgres = postgres
        self.ids = ids
        self.clock = clock
        self.logger = logger
    }

    /// Keeps the evidence at once, or with the rest where it is being collected.
    /// - Parameter subject: the TypeID of the payment that the call was about.
    package func record(_ evidence: OutboundEvidence, subject: String?) async {
        do {
            let call = try GatewayCall(id: ids.next(), evidence, subject: subject, at: clock.now)
            guard !GatewayEvidence.isCollected(call, by: self) else { return }
            try await postgres.execute(call.insertion)
        } catch {
            warn(evidence.operation, error)
        }
    }

    fileprivate func keep(_ call: GatewayCall) async {
        do {
            try await postgres.execute(call.insertion)
        } catch {
            warn(call.operation, error)
        }
    }

    private func warn(_ operation: String, _ error: any Error) {
        logger.warning(
            "the evidence of a gateway call could not be kept",
            metadata: ["operation": "\(operation)", "error": "\(error)"])
    }
}

/// The evidence of calls that waits to be committed with what the calls led to.
package final class GatewayEvidence: Sendable {
    @TaskLocal private static var collection: GatewayEvidence?

    private let calls = NIOLockedValueBox<[(call: GatewayCall, log: GatewayCallLog)]>([])

    private init() {}

    /// The result of calls and their evidence. Where they fail, it is kept by itself.
    static func collecting<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async throws -> (Result, GatewayEvidence) {
        let evidence = GatewayEvidence()
        do {
            return (try await $collection.withValue(evidence, operation: body), evidence)
        } catch {
            for (call, log) in evidence.calls.withLockedValue({ $0 }) { await log.keep(call) }
            throw error
        }
    }

    /// Whether somebody waits for it.
    fileprivate static func isCollected(_ call: GatewayCall, by log: GatewayCallLog) -> Bool {
        guard let collection else { return false }
        collection.calls.withLockedValue { $0.append((call, log)) }
        return true
    }

    func record(in work: some PostgresExecutor) async throws(PostgresError) {
        for call in calls.withLockedValue({ $0.map(\.call) }) { try await work.deferInsert(call.insertion) }
    }
}

/// A call to a gateway, as it is kept.
private struct GatewayCall: Sendable {
    let id: UUID
    let subject: String?
    let provider: String
    let operation: String
    let status: Int?
    let evidence: JSONValue
    let recordedAt: Date

    init(id: UUID, _ evidence: OutboundEvidence, subject: String?, at now: Date) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        self.id = id
        self.subject = subject
        provider = evidence.provider
        operation = evidence.operation
        status = evidence.status
        self.evidence = try JSONValue(parsing: Array(try encoder.encode(evidence)))
        recordedAt = now
    }

    var insertion: PostgresStatement {
        let payment = subject.flatMap { ID<Payment>($0) }
        return """
            INSERT INTO gateway_calls (id, subject, order_id, provider, operation, status, evidence, recorded_at)
            VALUES (\(id), \(subject), (SELECT order_id FROM payments WHERE id = \(payment)), \(provider), \(operation),
                \(status.map(Int32.init)), \(evidence), \(recordedAt))
            """
    }
}
