import Core
import Foundation
import Logging
import Postgres
import Synchronization

/// Which gateways don't do their work, as all processes see it: those step back behind the others until they do, or until the time is
/// over. Trouble in noting it never stands in the way of what was being done.
final class GatewayHealth: Sendable {
    private let postgres: any PostgresExecutor
    private let clock: any WallClock
    private let logger: Logger
    /// What this process has seen fail since it last saw it work.
    private let troubled = Mutex<Set<GatewayName>>([])

    init(postgres: any PostgresExecutor, clock: any WallClock, logger: Logger) {
        self.postgres = postgres
        self.clock = clock
        self.logger = logger
    }

    /// What the body returns; how the gateway took it is noted.
    func watching<Result>(
        _ gateway: GatewayName, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await body()
            await noteSuccess(of: gateway)
            return result
        } catch let error as GatewayError {
            await note(error, of: gateway)
            throw error
        }
    }

    func note(_ error: GatewayError, of gateway: GatewayName) async {
        guard let trouble = error.trouble else { return await noteSuccess(of: gateway) }
        _ = troubled.withLock { $0.insert(gateway) }
        await keep(gateway) { try await GatewayHealthStore().note(trouble, of: gateway, at: clock.now, in: postgres) }
    }

    private func noteSuccess(of gateway: GatewayName) async {
        guard troubled.withLock({ $0.remove(gateway) }) != nil else { return }
        await keep(gateway) { try await GatewayHealthStore().noteSuccess(of: gateway, in: postgres) }
    }

    private func keep(_ gateway: GatewayName, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            logger.warning(
                "a gateway's health could not be noted", metadata: ["gateway": "\(gateway)", "error": "\(error)"])
        }
    }
}

/// Why a gateway does not do its work.
enum GatewayTrouble: String, Sendable {
    case silent
    case credentialsRefused = "credentials_refused"
}

extension GatewayError {
    /// nil for an answer, whatever it says.
    fileprivate var trouble: GatewayTrouble? {
        switch self {
        case .credentialsRefused: .credentialsRefused
        case .unavailable, .unknown, .keySpent: .silent
        case .refused, .integrity: nil
        }
    }
}

/// All SQL on the `gateway_health` table.
struct GatewayHealthStore: Sendable {
    /// So many failures in a row, none long after the one before, and the gateway steps back: as a circuit opens.
    static let limit: Int32 = 5
    /// How long a failure counts, and how long a silent gateway steps back for.
    static let pause: TimeInterval = 60
    /// Wrong credentials are wrong until somebody puts them right.
    static let credentialsPause: TimeInterval = 300

    func note(
        _ trouble: GatewayTrouble, of gateway: GatewayName, at now: Date, in executor: some PostgresExecutor
    ) async throws(PostgresError) {
        let isRefused = trouble == .credentialsRefused
        let end = now.addingTimeInterval(isRefused ? Self.credentialsPause : Self.pause)
        let recent = now.addingTimeInterval(-Self.pause)
        try await executor.execute(
            """
            INSERT INTO gateway_health AS known (gateway, reason, failures, last_failure_at, stepped_back_until)
            VALUES (\(gateway.rawValue), \(trouble.rawValue), 1, \(now), \(isRefused ? end : nil))
            ON CONFLICT (gateway) DO UPDATE SET reason = EXCLUDED.reason, last_failure_at = EXCLUDED.last_failure_at,
                failures = CASE WHEN known.last_failure_at > \(recent) THEN least(known.failures, 1000) + 1 ELSE 1 END,
                stepped_back_until = CASE
                    WHEN \(isRefused) OR known.last_failure_at > \(recent) AND known.failures + 1 >= \(Self.limit) THEN \(end)
                    ELSE known.stepped_back_until END
            """)
    }

    func noteSuccess(of gateway: GatewayName, in executor: some PostgresExecutor) async throws(PostgresError) {
        try await executor.execute(
            """
            UPDATE gateway_health SET failures = 0, stepped_back_until = NULL
            WHERE gateway = \(gateway.rawValue) AND (failures > 0 OR stepped_back_until IS NOT NULL)
            """)
    }

    func unwell(at now: Date, in executor: some PostgresExecutor) async throws(PostgresError) -> Set<GatewayName> {
        let names = try await executor.queryValues(
            "SELECT gateway FROM gateway_health WHERE stepped_back_until > \(now) LIMIT 1000", as: String.self)
        return Set(names.map { GatewayName(rawValue: $0) })
    }
}
