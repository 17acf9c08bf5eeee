package import Core
import Foundation
package import Identity
package import Jobs
import Postgres

/// Gives promotions codes: words that many may use, and batches of codes for one use each.
package struct ManagePromotionCodes: Sendable {
    /// What a code, or the beginning of a batch's codes, is typed like.
    package static let typed = TextRule(1...100, .line)
    /// How many characters follow a batch's prefix: 60 random bits, which nobody guesses.
    private static let randomLength = 12
    /// Without those that are taken for one another.
    private static let alphabet = Array("23456789ABCDEFGHJKLMNPQRSTUVWXYZ".utf8)
    /// So often codes that are taken are made anew.
    private static let attempts = 3

    private let promotions = PromotionStore()
    private let store = PromotionCodeStore()
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

    /// - Parameter usageLimit: nil for as often as the promotion.
    /// - Throws: `Problem`: 404; 409 ("promotion-code-taken", "promotion-without-codes"); 422; `PostgresError`.
    package func create(
        _ typed: String, usageLimit: Int64?, of promotion: ID<Promotion>, by principal: Principal, in work: UnitOfWork
    ) async throws -> ListedCode {
        var check = InputCheck()
        let code = CouponCode(typed: typed)
        if code == nil { check.fail("/code", "format", Self.form) }
        if let usageLimit { check.number("/usage_limit", usageLimit, in: PromotionTerms.uses) }
        try check.finish()
        let held = try await lock(promotion, by: principal, in: work)
        let listed = ListedCode(
            id: ID(uuid: ids.next()), promotion: held.id, batch: nil, code: code?.text ?? "", usageLimit: usageLimit,
            createdAt: clock.now.roundedToMicroseconds)
        guard try await store.insert([listed], in: work) == 1 else {
            throw Problem.conflict(
                "promotion-code-taken", title: "The code is taken", detail: "Another promotion has this code")
        }
        try await record(
            held, "promotion.code_created", ["promotion_code_id": .string(listed.id.description)], by: principal,
            in: work)
        return listed
    }

    /// Makes codes for one use each.
    /// - Parameter prefix: what they begin with; empty for nothing.
    /// - Throws: `Problem`: 404; 409 ("promotion-without-codes"); 422; `PostgresError`.
    package func generate(
        _ size: Int, prefix: String, of promotion: ID<Promotion>, by principal: Principal, in work: UnitOfWork
    ) async throws -> CodeBatch {
        var check = InputCheck()
        check.number("/size", size, in: CodeBatch.sizes)
        // Looked at together with what follows it: a prefix may be shorter than a code.
        let beginning = CouponCode(typed: prefix + "222").map { String($0.text.dropLast(3)) }
        if beginning.map({ $0.unicodeScalars.count > CouponCode.length.upperBound - Self.randomLength }) ?? true {
            check.fail("/prefix", "format", Self.form)
        }
        try check.finish()
        let held = try await lock(promotion, by: principal, in: work)
        let batch = CodeBatch(
            id: ID(uuid: ids.next()), promotion: held.id, prefix: beginning ?? "", size: size,
            createdAt: clock.now.roundedToMicroseconds)
        try await store.insert(batch, in: work)
        try await fill(batch, in: work)
        try await record(
            held, "promotion.codes_generated",
            ["promotion_code_batch_id": .string(batch.id.description), "size": .integer(Int64(size))], by: principal,
            in: work)
        return batch
    }

    /// The code counts for nothing from now on; what was ordered with it stays. Safe to repeat.
    /// - Throws: `Problem`: 404; `PostgresError`.
    package func revoke(
        _ code: ID<PromotionCode>, of promotion: ID<Promotion>, by principal: Principal, in work: UnitOfWork
    ) async throws -> ListedCode {
        guard let held = try await promotions.lock(promotion, visibleTo: principal.visibility, in: work),
            let revoked = try await store.revoke(
                code, of: promotion, at: clock.now.roundedToMicroseconds, in: work)
        else { throw Problem.notFound("promotion code") }
        try await record(
            held, "promotion.code_revoked", ["promotion_code_id": .string(code.description)], by: principal, in: work)
        return revoked
    }

    private func fill(_ batch: CodeBatch, in work: UnitOfWork) async throws {
        var generator = randomness()
        var missing = batch.size
        for _ in 0..<Self.attempts where missing > 0 {
            let codes = (0..<missing).map { _ in
                let random = (0..<Self.randomLength).map { _ in
                    Self.alphabet[Int.random(in: Self.alphabet.indices, using: &generator)]
                }
                return ListedCode(
                    id: ID(uuid: ids.next()), promotion: batch.promotion, batch: batch.id,
                    code: batch.prefix + String(decoding: random, as: UTF8.self), usageLimit: 1,
                    createdAt: batch.createdAt)
            }
            missing -= try await store.insert(codes, in: work)
        }
        guard missing == 0 else {
            throw Problem.conflict(
                "promotion-code-taken", title: "The codes are taken", detail: "Choose another prefix")
        }
    }

    private func lock(
        _ id: ID<Promotion>, by principal: Principal, in work: UnitOfWork
    ) async throws -> Promotion {
        guard let promotion = try await promotions.lock(id, visibleTo: principal.visibility, in: work) else {
            throw Problem.notFound("promotion")
        }
        guard promotion.terms.trigger == .coupon, promotion.status != .ended else {
            throw Problem.conflict(
                "promotion-without-codes", title: "The promotion takes no codes",
                detail: "It applies by itself, or it has ended")
        }
        return promotion
    }

    private func record(
        _ promotion: Promotion, _ action: String, _ payload: JSONValue, by principal: Principal, in work: UnitOfWork
    ) async throws {
        try await audit.append(
            AuditEntry(actor: principal.actor, action: action, subject: promotion.id, payload: payload), in: work)
    }

    private static let form =
        "must be \(CouponCode.length.lowerBound) to \(CouponCode.length.upperBound) letters and digits"
}
