package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
package import Vendors

/// Creates and edits promotions: the marketplace its own, a vendor those that it bears. What was ordered keeps its discounts.
package struct ManagePromotions: Sendable {
    private let store = PromotionStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Parameter vendor: whose it is to be; nil for the marketplace's.
    /// - Throws: `Problem`: 422; 409 ("too-many-promotions"); `PostgresError`.
    package func create(
        _ terms: PromotionTerms, of vendor: ID<Vendor>?, isActive: Bool, by principal: Principal, in work: UnitOfWork
    ) async throws -> Promotion {
        let isReached = vendor.map { principal.visibility.includes(vendor: $0.uuid) }
        guard isReached ?? (principal.visibility == .everything) else { throw Problem.unknownVendor }
        var check = InputCheck()
        terms.check(&check, vendor: vendor)
        try check.finish()
        let now = clock.now.roundedToMicroseconds
        guard try await store.countInForce(at: now, in: work) < PromotionStore.mostInForce else {
            throw Problem.conflict(
                "too-many-promotions", title: "Too many promotions are in force",
                detail: "End some of them first: \(PromotionStore.mostInForce) may be in force at once")
        }
        let promotion = Promotion(
            id: ID(uuid: ids.next()), vendor: vendor, status: isActive ? .active : .paused, terms: terms,
            createdAt: now, updatedAt: now)
        do throws(PostgresError) {
            try await store.insert(promotion, in: work)
        } catch {
            throw Self.refusal(error)
        }
        try await record(promotion, "promotion.created", by: principal, in: work)
        return promotion
    }

    /// Replaces its terms; whether it asks for codes stays as it is.
    /// - Throws: `Problem`: 404; 409 ("promotion-ended"); 412; 422; `PostgresError`.
    package func update(
        _ id: ID<Promotion>, to terms: PromotionTerms, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> Promotion {
        var promotion = try await lock(id, version: version, by: principal, in: work)
        guard promotion.status != .ended else { throw Self.isEnded }
        var check = InputCheck()
        terms.check(&check, vendor: promotion.vendor)
        if terms.trigger != promotion.terms.trigger {
            check.fail("/trigger", "fixed", "can’t be changed: end this promotion and create another")
        }
        try check.finish()
        promotion.terms = terms
        return try await finish(promotion, "promotion.updated", by: principal, in: work)
    }

    /// Pauses a promotion, lets it go on, or ends it for good. To bring it where it is already changes nothing.
    /// - Throws: `Problem`: 404; 409 ("promotion-ended"); `PostgresError`.
    package func change(
        _ id: ID<Promotion>, to status: Promotion.Status, by principal: Principal, in work: UnitOfWork
    ) async throws -> Promotion {
        var promotion = try await lock(id, version: nil, by: principal, in: work)
        guard promotion.status != status else { return promotion }
        guard promotion.status != .ended else { throw Self.isEnded }
        promotion.status = status
        return try await finish(promotion, "promotion.\(status.rawValue)", by: principal, in: work)
    }

    private func lock(
        _ id: ID<Promotion>, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> Promotion {
        guard let promotion = try await store.lock(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("promotion")
        }
        if let version, version != promotion.version { throw Problem.versionMismatch(current: promotion.version) }
        return promotion
    }

    private func finish(
        _ edited: Promotion, _ action: String, by principal: Principal, in work: UnitOfWork
    ) async throws -> Promotion {
        var promotion = edited
        promotion.version += 1
        promotion.updatedAt = clock.now.roundedToMicroseconds
        do throws(PostgresError) {
            try await store.update(promotion, in: work)
        } catch {
            throw Self.refusal(error)
        }
        try await record(promotion, action, by: principal, in: work)
        return promotion
    }

    private func record(
        _ promotion: Promotion, _ action: String, by principal: Principal, in work: UnitOfWork
    ) async throws {
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: action, subject: promotion.id,
                payload: [
                    "vendor_id": promotion.vendor.map { .string($0.description) } ?? .null,
                    "status": .string(promotion.status.rawValue), "version": .integer(promotion.version),
                    "trigger": .string(promotion.terms.trigger.rawValue),
                    "vendor_share_ppm": .integer(Int64(promotion.terms.vendorShare.partsPerMillion)),
                    "usage_limit": promotion.terms.limits.uses.map { .integer($0) } ?? .null,
                    "budget_minor": promotion.terms.limits.budget.map { .integer($0) } ?? .null,
                ]),
            in: work)
    }

    private static func refusal(_ error: PostgresError) -> any Error {
        switch error.constraintName {
        case "promotions_vendor": Problem.unknownVendor
        case "promotions_gift_variant":
            Problem.invalidInput([
                FieldProblem(pointer: "/gift_variant_id", code: "unknown", message: "there is no such variant")
            ])
        default: error
        }
    }

    private static let isEnded = Problem.conflict(
        "promotion-ended", title: "The promotion has ended", detail: "Create another one instead")
}
