package import Core
import Foundation
package import Identity
package import Jobs
import Postgres

/// Says where, to whom and on what terms the marketplace offers cash on delivery.
package struct KeepCashOnDeliveryRules: Sendable {
    private let store = CashOnDeliveryRuleStore()
    private let areas: AreaRules
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        areas = AreaRules(clock: clock)
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 409 ("cod-rule-exists"); 422 with every field that is not acceptable; `PostgresError`.
    package func create(
        _ area: ShippingArea, in currency: Currency, _ terms: CashOnDeliveryRule.Terms, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> CashOnDeliveryRule {
        var check = InputCheck()
        terms.check(&check)
        let checked = try await areas.checked([area], &check, at: { _ in "/area" }, in: work)
        if try await store.count(in: work) >= CashOnDeliveryRule.most {
            check.fail("", "too_many", "there are at most \(CashOnDeliveryRule.most) rules")
        }
        try check.finish()
        let rule = CashOnDeliveryRule(
            id: ID(uuid: ids.next()), area: checked[0], currency: currency, terms: terms,
            createdAt: clock.now.roundedToMicroseconds)
        do throws(PostgresError) {
            try await store.insert(rule, in: work)
        } catch {
            throw error.constraintName == "cod_rules_area" ? Problem.codRuleExists : error
        }
        try await audit.append(entry("cod_rule.created", rule, by: principal.actor), in: work)
        return rule
    }

    /// Edits a rule from the version that the editor saw. `version` nil edits whatever version there is.
    /// - Throws: `Problem`: 404; 412 ("version-mismatch"); 422; `PostgresError`.
    package func update(
        _ id: ID<CashOnDeliveryRule>, version: Int64?, by principal: Principal, in work: UnitOfWork,
        _ edit: (inout CashOnDeliveryRule.Terms) -> Void
    ) async throws -> CashOnDeliveryRule {
        let old = try await store.lock(id, in: work)
        guard version == nil || version == old.version else { throw Problem.versionMismatch(current: old.version) }
        var terms = old.terms
        edit(&terms)
        var check = InputCheck()
        terms.check(&check)
        try check.finish()
        let rule = CashOnDeliveryRule(
            id: id, area: old.area, currency: old.currency, terms: terms, version: old.version + 1,
            createdAt: old.createdAt)
        try await store.update(rule, in: work)
        try await audit.append(entry("cod_rule.updated", rule, by: principal.actor), in: work)
        return rule
    }

    /// - Throws: `Problem`: 404; `PostgresError`.
    package func remove(_ id: ID<CashOnDeliveryRule>, by principal: Principal, in work: UnitOfWork) async throws {
        let rule = try await store.lock(id, in: work)
        try await store.remove(id, at: clock.now, in: work)
        try await audit.append(entry("cod_rule.removed", rule, by: principal.actor), in: work)
    }

    private func entry(_ action: String, _ rule: CashOnDeliveryRule, by actor: AuditActor) -> AuditEntry {
        AuditEntry(
            actor: actor, action: action, subject: rule.id,
            payload: [
                "country": .string(rule.area.country), "region": rule.area.region.map { .string($0) } ?? .null,
                "is_offered": .bool(rule.terms.isOffered), "advance": .string(rule.terms.advance.name),
                "version": .integer(rule.version),
            ])
    }
}

extension Problem {
    package static let codRuleExists = Problem.conflict(
        "cod-rule-exists", title: "There is a rule for this area", detail: "Edit it, or remove it first")
}
