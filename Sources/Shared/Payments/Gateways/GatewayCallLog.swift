package import Core
import Foundation
package import Logging
import Outbound
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

    func record(_ evidence: OutboundEvidence, subject: String?) async {
        do {
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .iso8601
            let payment = subject.flatMap { ID<Payment>($0) }
            let record = try JSONValue(parsing: Array(try encoder.encode(evidence)))
            try await postgres.execute(
                """
                INSERT INTO gateway_calls (id, subject, order_id, provider, operation, status, evidence, recorded_at)
                VALUES (\(ids.next()), \(subject), (SELECT order_id FROM payments WHERE id = \(payment)), \(evidence.provider), \(evidence.operation),
                    \(evidence.status.map(Int32.init)), \(record), \(clock.now))
                """)
        } catch {
            logger.warning(
                "the evidence of a gateway call could not be kept",
                metadata: ["operation": "\(evidence.operation)", "error": "\(error)"])
        }
    }
}
