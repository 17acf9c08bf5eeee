package import Core
package import Identity
package import Jobs
import Postgres

/// Tells products, categories and attributes in further languages, and says what a language falls back to.
package struct TranslateCatalogue: Sendable {
    /// How many languages one falls back to.
    package static let fallbackCount = 0...5

    private let store = TranslationStore()
    private let editing: ProductEditing
    private let audit: AuditStore

    package init(audit: AuditStore, clock: some WallClock) {
        editing = ProductEditing(audit: audit, clock: clock)
        self.audit = audit
    }

    /// - Throws: `Problem`: 404, 409 ("product-deleted"), 412, 422; `PostgresError`.
    package func set(
        _ text: ProductTranslation, of id: ID<Product>, version: Int64? = nil, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> Product {
        try text.check()
        let edited = try await editing.begin(id, version: version, by: principal, in: work)
        try await checkCount(of: .product(id), with: text.locale, in: work)
        try await store.set(text, of: id, in: work)
        return try await editing.finish(
            edited, "product.translated", ["locale": .string(text.locale.rawValue)], by: principal, in: work)
    }

    /// - Throws: `Problem`: 404, 409 ("product-deleted"), 412; `PostgresError`.
    package func remove(
        _ locale: ContentLocale, of id: ID<Product>, version: Int64? = nil, by principal: Principal,
        in work: UnitOfWork
    ) async throws -> Product {
        let edited = try await editing.begin(id, version: version, by: principal, in: work)
        guard try await store.delete(locale, of: .product(id), in: work) else { throw Problem.notFound("translation") }
        return try await editing.finish(
            edited, "product.translation_removed", ["locale": .string(locale.rawValue)], by: principal, in: work)
    }

    /// - Throws: `Problem`: 404, 422; `PostgresError`.
    package func set(
        _ text: CategoryTranslation, of id: ID<Category>, by principal: Principal, in work: UnitOfWork
    ) async throws {
        try text.check()
        guard try await work.queryOne(CategorySQL.lock(id), as: Category.self) != nil else {
            throw Problem.notFound("category")
        }
        try await checkCount(of: .category(id), with: text.locale, in: work)
        try await store.set(text, of: id, in: work)
        try await record("category.translated", id, text.locale, by: principal, in: work)
        try work.publish(CategoryChanged(categoryID: id))
    }

    /// - Throws: `Problem`: 404; `PostgresError`.
    package func remove(
        _ locale: ContentLocale, of id: ID<Category>, by principal: Principal, in work: UnitOfWork
    ) async throws {
        guard try await store.delete(locale, of: .category(id), in: work) else { throw Problem.notFound("translation") }
        try await record("category.translation_removed", id, locale, by: principal, in: work)
        try work.publish(CategoryChanged(categoryID: id))
    }

    /// - Throws: `Problem`: 404, 422; `PostgresError`.
    package func set(
        _ text: AttributeTranslation, of id: ID<Attribute>, by principal: Principal, in work: UnitOfWork
    ) async throws {
        guard let attribute = try await AttributeStore().lock(id, in: work) else { throw Problem.notFound("attribute") }
        try text.check(for: attribute)
        try await checkCount(of: .attribute(id), with: text.locale, in: work)
        try await store.set(text, of: id, in: work)
        try await record("attribute.translated", id, text.locale, by: principal, in: work)
        try work.publish(AttributeChanged(attributeID: id))
    }

    /// - Throws: `Problem`: 404; `PostgresError`.
    package func remove(
        _ locale: ContentLocale, of id: ID<Attribute>, by principal: Principal, in work: UnitOfWork
    ) async throws {
        guard try await store.delete(locale, of: .attribute(id), in: work) else {
            throw Problem.notFound("translation")
        }
        try await record("attribute.translation_removed", id, locale, by: principal, in: work)
        try work.publish(AttributeChanged(attributeID: id))
    }

    /// Says what texts in a language fall back to before the catalogue's own language; nothing, for its language without the country.
    /// - Throws: a 422 `Problem`; `PostgresError`.
    package func setFallbacks(
        _ fallbacks: [ContentLocale], of locale: ContentLocale, by principal: Principal, in work: UnitOfWork
    ) async throws {
        var check = InputCheck()
        check.number("/fallbacks", fallbacks.count, in: Self.fallbackCount)
        for (index, fallback) in fallbacks.enumerated()
        where fallback == locale || fallbacks[..<index].contains(fallback) {
            check.fail("/fallbacks/\(index)", "duplicate", "is the language itself or named before")
        }
        try check.finish()
        try await store.setFallbacks(fallbacks, of: locale, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "locale.fallbacks_set", subject: "locale:\(locale)",
                payload: ["fallbacks": .array(fallbacks.map { .string($0.rawValue) })]),
            in: work)
    }

    private func checkCount(
        of subject: TranslatedSubject, with locale: ContentLocale, in work: UnitOfWork
    ) async throws {
        guard try await store.count(of: subject, besides: locale, in: work) < TranslationStore.most else {
            throw Problem.invalidInput([
                FieldProblem(
                    pointer: "/locale", code: "too_many",
                    message: "a thing is told in at most \(TranslationStore.most) further languages")
            ])
        }
    }

    private func record(
        _ action: String, _ subject: some CustomStringConvertible, _ locale: ContentLocale, by principal: Principal,
        in work: UnitOfWork
    ) async throws {
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: action, subject: subject,
                payload: ["locale": .string(locale.rawValue)]),
            in: work)
    }
}
