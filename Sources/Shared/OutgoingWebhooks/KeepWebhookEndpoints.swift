package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
package import Vault
import Vendors

/// Makes, edits and removes endpoints: the marketplace its own, a vendor those that are told of what is its own. Whether an address can be
/// called is asked of `WebhookCaller` before.
package struct KeepWebhookEndpoints: Sendable {
    private let store = WebhookEndpointStore()
    private let secrets = WebhookSecretStore()
    private let runs = WebhookRunStore()
    private let vault: WebhookSecretVault
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let randomness: @Sendable () -> any RandomNumberGenerator

    package init(
        vault: Vault, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock,
        randomness: @escaping @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() }
    ) {
        self.vault = WebhookSecretVault(vault: vault)
        self.audit = audit
        self.ids = ids
        self.clock = clock
        self.randomness = randomness
    }

    /// - Throws: `Problem`: 422 with every field that is not acceptable; `VaultError`; `PostgresError`.
    package func create(
        _ new: NewWebhookEndpoint, by principal: Principal, in work: UnitOfWork
    ) async throws -> WebhookEndpointWithSecret {
        // Without saying whose, it is one's own.
        let vendor = new.vendor ?? principal.ownVendor
        let isReached = vendor.map { principal.visibility.includes(vendor: $0.uuid) }
        guard isReached ?? (principal.visibility == .everything) else { throw Self.unknownVendor }
        var check = InputCheck()
        new.terms.check(&check, of: vendor)
        if try await store.count(of: vendor, in: work) >= WebhookEndpoint.mostPerOwner {
            check.fail("", "too_many", "there are at most \(WebhookEndpoint.mostPerOwner) endpoints of one owner")
        }
        try check.finish()
        let endpoint = WebhookEndpoint(
            id: ID(uuid: ids.next()), vendor: vendor, terms: new.terms, createdAt: clock.now.roundedToMicroseconds)
        do throws(PostgresError) {
            try await store.insert(endpoint, in: work)
        } catch {
            throw error.constraintName == "webhook_endpoints_vendor" ? Self.unknownVendor : error
        }
        try await runs.begin(with: endpoint.id, in: work)
        let secret = try await addSecret(to: endpoint.id, in: work)
        try await audit.append(entry("webhook_endpoint.created", endpoint, by: principal.actor), in: work)
        return WebhookEndpointWithSecret(endpoint: endpoint, secret: secret)
    }

    /// Edits an endpoint from the version that the editor saw. `version` nil edits whatever version there is.
    /// - Throws: `Problem`: 404; 412 ("version-mismatch"); 422; `PostgresError`.
    package func update(
        _ id: ID<WebhookEndpoint>, version: Int64?, by principal: Principal, in work: UnitOfWork,
        _ edit: (inout WebhookEndpointTerms) -> Void
    ) async throws -> WebhookEndpoint {
        let old = try await store.lock(id, visibleTo: principal.visibility, in: work)
        guard version == nil || version == old.version else { throw Problem.versionMismatch(current: old.version) }
        var terms = old.terms
        edit(&terms)
        var check = InputCheck()
        terms.check(&check, of: old.vendor)
        try check.finish()
        let endpoint = old.changed(terms: terms)
        try await store.update(endpoint, in: work)
        try await audit.append(entry("webhook_endpoint.updated", endpoint, by: principal.actor), in: work)
        return endpoint
    }

    /// What waits for it is sent, and what happens from now on.
    /// - Throws: `Problem`: 404; `PostgresError`.
    package func enable(
        _ id: ID<WebhookEndpoint>, by principal: Principal, in work: UnitOfWork
    ) async throws -> WebhookEndpoint {
        _ = try await runs.waitForTurn(in: work)
        try await runs.lock([id], in: work)
        let old = try await store.lock(id, visibleTo: principal.visibility, in: work)
        guard old.disabling != nil else { return old }
        let endpoint = old.changed(disabling: nil)
        try await store.update(endpoint, in: work)
        try await runs.begin(with: id, in: work)
        try await runs.reset(id, at: clock.now, in: work)
        try await audit.append(entry("webhook_endpoint.enabled", endpoint, by: principal.actor), in: work)
        return endpoint
    }

    /// Nothing is sent to it any more; what waits goes on waiting.
    /// - Throws: `Problem`: 404; `PostgresError`.
    package func disable(
        _ id: ID<WebhookEndpoint>, by principal: Principal, in work: UnitOfWork
    ) async throws -> WebhookEndpoint {
        try await runs.lock([id], in: work)
        let old = try await store.lock(id, visibleTo: principal.visibility, in: work)
        guard old.disabling == nil else { return old }
        let endpoint = old.changed(
            disabling: WebhookEndpoint.Disabling(reason: .byHand, at: clock.now.roundedToMicroseconds))
        try await store.update(endpoint, in: work)
        try await runs.rest(id, in: work)
        try await audit.append(entry("webhook_endpoint.disabled", endpoint, by: principal.actor), in: work)
        return endpoint
    }

    /// Makes a new secret. The ones before go on signing beside it for a while, so that the receiver can change over.
    /// - Throws: `Problem`: 404; 422; `VaultError`; `PostgresError`.
    package func rotateSecret(
        of id: ID<WebhookEndpoint>, overlapHours: Int, by principal: Principal, in work: UnitOfWork
    ) async throws -> WebhookEndpointWithSecret {
        let endpoint = try await store.lock(id, visibleTo: principal.visibility, in: work)
        var check = InputCheck()
        check.number("/overlap_hours", overlapHours, in: WebhookSecret.overlapHours)
        try check.finish()
        let now = clock.now.roundedToMicroseconds
        try await secrets.expire(id, at: now + TimeInterval(overlapHours) * 3600, now: now, in: work)
        let secret = try await addSecret(to: id, in: work)
        try await audit.append(entry("webhook_endpoint.secret_rotated", endpoint, by: principal.actor), in: work)
        return WebhookEndpointWithSecret(endpoint: endpoint, secret: secret)
    }

    /// Nothing is sent to it any more, and nobody sees what was.
    /// - Throws: `Problem`: 404; `PostgresError`.
    package func remove(_ id: ID<WebhookEndpoint>, by principal: Principal, in work: UnitOfWork) async throws {
        try await runs.lock([id], in: work)
        let endpoint = try await store.lock(id, visibleTo: principal.visibility, in: work)
        try await store.remove(id, at: clock.now, in: work)
        try await secrets.remove(of: id, in: work)
        try await runs.rest(id, in: work)
        try await audit.append(entry("webhook_endpoint.removed", endpoint, by: principal.actor), in: work)
    }

    private func addSecret(to endpoint: ID<WebhookEndpoint>, in work: UnitOfWork) async throws -> Secret {
        var generator = randomness()
        let key = WebhookSigningKey(using: &generator)
        let sealed = try await vault.seal(key, as: ID(uuid: ids.next()), in: work)
        try await secrets.insert(sealed, of: endpoint, at: clock.now.roundedToMicroseconds, in: work)
        return key.text
    }

    /// Neither address nor secret: a log of what was done must not open anything.
    private func entry(_ action: String, _ endpoint: WebhookEndpoint, by actor: AuditActor) -> AuditEntry {
        AuditEntry(
            actor: actor, action: action, subject: endpoint.id,
            payload: [
                "vendor_id": endpoint.vendor.map { JSONValue.string($0.description) } ?? .null,
                "event_types": .array(endpoint.terms.eventTypes.map { JSONValue.string($0) }),
                "version": .integer(endpoint.version),
            ])
    }

    private static let unknownVendor = Problem.invalidInput([
        FieldProblem(pointer: "/vendor_id", code: "unknown", message: "there is no such vendor")
    ])
}

extension Principal {
    /// The vendor for whom they act; nil for all who act for none.
    fileprivate var ownVendor: ID<Vendor>? {
        if case .vendor(let id) = visibility { ID(uuid: id) } else { nil }
    }
}

extension WebhookEndpoint {
    func changed(terms: WebhookEndpointTerms) -> WebhookEndpoint {
        WebhookEndpoint(
            id: id, vendor: vendor, terms: terms, disabling: disabling, version: version + 1, createdAt: createdAt)
    }

    func changed(disabling: Disabling?) -> WebhookEndpoint {
        WebhookEndpoint(
            id: id, vendor: vendor, terms: terms, disabling: disabling, version: version + 1, createdAt: createdAt)
    }
}
