package import Foundation
package import Jobs
package import Postgres
package import Vault

/// Idempotency keys in the table `idempotency_keys`; all times are the database's. Answers are sealed.
package struct PostgresIdempotencyStore<Database: PostgresExecutor>: IdempotencyStore {
    private let database: Database
    private let seal: ResponseSeal

    package init(database: Database, vault: Vault) {
        self.init(database: database, seal: ResponseSeal(vault: vault))
    }

    private init(database: Database, seal: ResponseSeal) {
        self.database = database
        self.seal = seal
    }

    package func joined(to work: UnitOfWork) -> any IdempotencyStore {
        PostgresIdempotencyStore<UnitOfWork>(database: work, seal: seal)
    }

    package func start(
        _ key: IdempotencyKey, fingerprint: [UInt8], lease: Duration, retention: Duration
    ) async throws -> IdempotencyStart {
        let claim = IdempotencyClaim(key: key, owner: UUID())
        let claimed = try await database.execute(
            """
            INSERT INTO idempotency_keys AS held (scope, endpoint, key, fingerprint, owner, lease_until, expires_at)
            VALUES (
                \(key.scope), \(key.endpoint), \(key.value), \(fingerprint), \(claim.owner),
                now() + make_interval(secs => \(lease.seconds)), now() + make_interval(secs => \(retention.seconds)))
            ON CONFLICT (scope, endpoint, key) DO UPDATE SET
                fingerprint = excluded.fingerprint, owner = excluded.owner, lease_until = excluded.lease_until,
                response = NULL, created_at = now(), expires_at = excluded.expires_at
            WHERE held.expires_at <= now()
                OR (held.response IS NULL AND held.lease_until <= now() AND held.fingerprint = excluded.fingerprint)
            """)
        return claimed == 1 ? .started(claim) : try await state(of: key, fingerprint: fingerprint)
    }

    package func renew(_ claim: IdempotencyClaim, lease: Duration) async throws -> Bool {
        try await database.execute(
            """
            UPDATE idempotency_keys SET lease_until = now() + make_interval(secs => \(lease.seconds))
            WHERE scope = \(claim.key.scope) AND endpoint = \(claim.key.endpoint) AND key = \(claim.key.value)
                AND owner = \(claim.owner) AND response IS NULL
            """) == 1
    }

    package func finish(_ claim: IdempotencyClaim, with response: StoredResponse) async throws -> Bool {
        try await database.execute(answering(claim, with: response)) == 1
    }

    package func answer(_ claim: IdempotencyClaim, with response: StoredResponse) async throws {
        try await database.deferUpdate(answering(claim, with: response))
    }

    package func abandon(_ claim: IdempotencyClaim) async throws {
        try await database.execute(
            """
            DELETE FROM idempotency_keys
            WHERE scope = \(claim.key.scope) AND endpoint = \(claim.key.endpoint) AND key = \(claim.key.value)
                AND owner = \(claim.owner) AND response IS NULL
            """)
    }

    package func purge() async throws -> Int {
        var purged = 0
        while true {
            let count = try await database.execute(
                """
                DELETE FROM idempotency_keys WHERE ctid IN (
                    SELECT ctid FROM idempotency_keys WHERE expires_at <= now() LIMIT 5000 FOR UPDATE SKIP LOCKED)
                """)
            purged += count
            if count < 5000 { return purged }
        }
    }

    private func answering(
        _ claim: IdempotencyClaim, with response: StoredResponse
    ) async throws -> PostgresStatement {
        let sealed = try await seal.close(response, for: claim.key, in: database)
        return """
            UPDATE idempotency_keys SET response = \(sealed)
            WHERE scope = \(claim.key.scope) AND endpoint = \(claim.key.endpoint) AND key = \(claim.key.value)
                AND owner = \(claim.owner)
            """
    }

    private func state(of key: IdempotencyKey, fingerprint: [UInt8]) async throws -> IdempotencyStart {
        let row = try await database.queryOne(
            """
            SELECT fingerprint = \(fingerprint), response FROM idempotency_keys
            WHERE scope = \(key.scope) AND endpoint = \(key.endpoint) AND key = \(key.value)
            """, columns: (Bool, [UInt8]?).self)
        // Given back in between: the next attempt gets it.
        guard let row else { return .inProgress }
        guard row.0 else { return .mismatch }
        guard let sealed = row.1 else { return .inProgress }
        return .finished(try await seal.open(sealed, for: key, in: database))
    }
}

/// Encrypts stored answers, each for its key alone.
struct ResponseSeal: Sendable {
    private static let scope = KeyScope("idempotency")

    let vault: Vault

    func close(
        _ response: StoredResponse, for key: IdempotencyKey, in executor: some PostgresExecutor
    ) async throws -> [UInt8] {
        let content = try JSONEncoder().encode(
            Content(status: response.status, headers: response.headers, body: Data(response.body)))
        return try await vault.seal(Array(content), at: Self.place(of: key), under: Self.scope, in: executor)
    }

    /// - Throws: `VaultError` when the bytes were sealed for another request or with a key that is not known; `PostgresError`.
    func open(
        _ bytes: [UInt8], for key: IdempotencyKey, in executor: some PostgresExecutor
    ) async throws -> StoredResponse {
        let opened = try await vault.open(bytes, at: Self.place(of: key), in: executor)
        let content = try JSONDecoder().decode(Content.self, from: Data(opened))
        return StoredResponse(status: content.status, headers: content.headers, body: Array(content.body))
    }

    private static func place(of key: IdempotencyKey) -> SealedPlace {
        SealedPlace(table: "idempotency_keys", column: "response", row: key.text)
    }

    private struct Content: Codable {
        let status: Int
        let headers: [String: String]
        let body: Data
    }
}
