package import Core
package import Foundation
package import Jobs
import Postgres

/// What an API key is to be.
package struct NewAPIKey: Hashable, Sendable {
    package static let nameRule = TextRule(1...100, .line)

    package let name: String
    package let role: Role
    /// The vendor it acts for; nil for the marketplace's own.
    package let vendor: UUID?
    package let expiresAt: Date?

    package init(name: String, role: Role, vendor: UUID?, expiresAt: Date?) {
        self.name = name
        self.role = role
        self.vendor = vendor
        self.expiresAt = expiresAt
    }

    fileprivate func check(at now: Date) throws(Problem) {
        var check = InputCheck()
        check.text("/name", name, Self.nameRule)
        switch (role.holder, vendor) {
        case (.customer, _): check.fail("/role", "not_for_keys", "customers have no API keys")
        case (.vendor, nil): check.fail("/vendor_id", "required", "a vendor's role needs the vendor it is for")
        case (.marketplace, _?): check.fail("/vendor_id", "not_wanted", "the marketplace's roles are for no vendor")
        case (.vendor, _?), (.marketplace, nil): break
        }
        if let expiresAt, expiresAt <= now { check.fail("/expires_at", "past", "must be in the future") }
        try check.finish()
    }
}

/// A new key with its token, which is shown once.
package struct CreatedAPIKey: Sendable {
    package let key: APIKey
    package let token: APIKeyToken
}

/// Makes an API key and shows its token once.
package struct CreateAPIKey: Sendable {
    private let store = APIKeyStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let randomness: @Sendable () -> any RandomNumberGenerator

    package init(
        audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock,
        randomness: @escaping @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() }
    ) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
        self.randomness = randomness
    }

    /// - Throws: `Problem`: 403 where its role goes beyond what the principal may, 422 with every field that is not acceptable or an
    ///   unknown vendor; `PostgresError`.
    package func callAsFunction(
        _ new: NewAPIKey, by principal: Principal, in work: UnitOfWork
    ) async throws -> CreatedAPIKey {
        try principal.requireHolding(new.role.permissions)
        return try await issue(new, by: principal, in: work)
    }

    /// A key that nobody gives: whoever asks may have it.
    /// - Throws: as above, but for the 403.
    package func issue(
        _ new: NewAPIKey, by principal: Principal, in work: UnitOfWork
    ) async throws -> CreatedAPIKey {
        let now = clock.now.roundedToMicroseconds
        try new.check(at: now)
        let token = makeToken()
        let key = APIKey(
            id: ID(uuid: ids.next()), name: new.name, prefix: token.prefix, role: new.role, vendor: new.vendor,
            createdAt: now, expiresAt: new.expiresAt?.roundedToMicroseconds)
        do {
            try await store.insert(key, tokenHash: token.hash, in: work)
        } catch {
            guard error.constraintName == "api_keys_vendor" else { throw error }
            throw Problem.invalidInput([
                FieldProblem(pointer: "/vendor_id", code: "unknown", message: "there is no such vendor")
            ])
        }
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "api_key.created", subject: key.id,
                payload: ["role": .string(key.role.rawValue)]), in: work)
        return CreatedAPIKey(key: key, token: token)
    }

    private func makeToken() -> APIKeyToken {
        var generator = randomness()
        return APIKeyToken(using: &generator)
    }
}

/// Ends an API key at once and for good.
package struct RevokeAPIKey: Sendable {
    private let store = APIKeyStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// The key afterwards; revoking it again changes nothing.
    /// - Throws: a 404 `Problem`; `PostgresError`.
    package func callAsFunction(
        _ id: ID<APIKey>, by principal: Principal, in work: UnitOfWork
    ) async throws -> APIKey {
        guard let revoked = try await store.revoke(id, at: clock.now.roundedToMicroseconds, in: work) else {
            guard let known = try await store.key(id, in: work) else { throw Problem.notFound("API key") }
            return known
        }
        try await audit.append(
            AuditEntry(actor: principal.actor, action: "api_key.revoked", subject: id), in: work)
        return revoked
    }
}

/// Makes the token of the settings the key of an admin, so that somebody can make the first keys.
package struct BootstrapAPIKey: Sendable {
    private let store = APIKeyStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// Does nothing where the token is known already, even if it was revoked since.
    package func callAsFunction(_ token: Secret, in work: UnitOfWork) async throws {
        let key = APIKey(
            id: ID(uuid: ids.next()), name: "bootstrap", prefix: "", role: .admin, vendor: nil,
            createdAt: clock.now.roundedToMicroseconds, isBootstrap: true)
        guard try await store.insertIfUnknown(key, tokenHash: APIKeyToken(token).hash, in: work) else { return }
        try await audit.append(
            AuditEntry(
                actor: .system, action: "api_key.created", subject: key.id,
                payload: ["role": .string(key.role.rawValue)]),
            in: work)
    }
}
