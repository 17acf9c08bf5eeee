package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
import Shipping

/// Says through whom customers may pay what.
package struct KeepPaymentOptionRules: Sendable {
    private let store = PaymentOptionStore()
    private let gateways: GatewayRegistry
    private let areas: AreaRules
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(gateways: GatewayRegistry, audit: AuditStore, ids: UUIDv7Generator, clock: any WallClock) {
        self.gateways = gateways
        areas = AreaRules(clock: clock)
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 422 with every field that is not acceptable; `PostgresError`.
    package func create(
        _ gateway: GatewayName, _ terms: PaymentOptionRule.Terms, by principal: Principal, in work: UnitOfWork
    ) async throws -> PaymentOptionRule {
        // Cash is offered by rule before anybody has switched its gateway on.
        if gateway != .cashOnDelivery { _ = try gateways.gateway(gateway) }
        var check = InputCheck()
        let terms = try await checked(terms, &check, in: work)
        if try await store.count(in: work) >= PaymentOptionRule.most {
            check.fail("", "too_many", "there are at most \(PaymentOptionRule.most) rules")
        }
        try check.finish()
        let rule = PaymentOptionRule(
            id: ID(uuid: ids.next()), gateway: gateway, terms: terms, createdAt: clock.now.roundedToMicroseconds)
        try await store.insert(rule, in: work)
        try await audit.append(entry("payment_option_rule.created", rule, by: principal.actor), in: work)
        return rule
    }

    /// Edits a rule from the version that the editor saw. `version` nil edits whatever version there is.
    /// - Throws: `Problem`: 404; 412 ("version-mismatch"); 422; `PostgresError`.
    package func update(
        _ id: ID<PaymentOptionRule>, version: Int64?, by principal: Principal, in work: UnitOfWork,
        _ edit: (inout PaymentOptionRule.Terms) -> Void
    ) async throws -> PaymentOptionRule {
        let old = try await store.lock(id, in: work)
        guard version == nil || version == old.version else { throw Problem.versionMismatch(current: old.version) }
        var terms = old.terms
        edit(&terms)
        var check = InputCheck()
        terms = try await checked(terms, &check, in: work)
        try check.finish()
        let rule = PaymentOptionRule(
            id: id, gateway: old.gateway, terms: terms, version: old.version + 1, createdAt: old.createdAt)
        try await store.update(rule, in: work)
        try await audit.append(entry("payment_option_rule.updated", rule, by: principal.actor), in: work)
        return rule
    }

    /// - Throws: `Problem`: 404; `PostgresError`.
    package func remove(_ id: ID<PaymentOptionRule>, by principal: Principal, in work: UnitOfWork) async throws {
        let rule = try await store.lock(id, in: work)
        try await store.remove(id, at: clock.now, in: work)
        try await audit.append(entry("payment_option_rule.removed", rule, by: principal.actor), in: work)
    }

    /// The terms with the code of their area's region.
    private func checked(
        _ terms: PaymentOptionRule.Terms, _ check: inout InputCheck, in work: UnitOfWork
    ) async throws -> PaymentOptionRule.Terms {
        terms.check(&check)
        guard let area = terms.area else { return terms }
        var terms = terms
        terms.area = try await areas.checked([area], &check, at: { _ in "/area" }, in: work).first
        return terms
    }

    private func entry(_ action: String, _ rule: PaymentOptionRule, by actor: AuditActor) -> AuditEntry {
        AuditEntry(
            actor: actor, action: action, subject: rule.id,
            payload: [
                "gateway": .string(rule.gateway.rawValue), "is_offered": .bool(rule.terms.isOffered),
                "currency": rule.terms.currency.map { .string($0.code) } ?? .null,
                "position": .integer(Int64(rule.terms.position)), "version": .integer(rule.version),
            ])
    }
}
