package import Core
package import Identity
package import Jobs
import Postgres

/// Defines what products are described by, and which categories ask for it.
package struct ManageAttributes: Sendable {
    private let store = AttributeStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 422, 409 ("code-taken"); `PostgresError`.
    package func create(_ new: NewAttribute, by principal: Principal, in work: UnitOfWork) async throws -> Attribute {
        let attribute = Attribute(
            id: ID(uuid: ids.next()), code: new.code, kind: new.kind, name: new.name, unit: new.unit,
            isFilter: new.isFilter, choices: new.choices, version: 1, createdAt: clock.now.roundedToMicroseconds)
        try attribute.check()
        do {
            try await store.insert(attribute, in: work)
        } catch {
            guard error.constraintName == "attributes_code" else { throw error }
            throw Problem.conflict("code-taken", title: "The code is taken", detail: "Another attribute has this code")
        }
        try await record(attribute, "attribute.created", by: principal, in: work)
        return attribute
    }

    /// - Throws: `Problem`: 404, 409 ("choice-in-use"), 412 ("version-mismatch"), 422; `PostgresError`.
    package func update(
        _ id: ID<Attribute>, _ changes: AttributeChanges, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> Attribute {
        guard changes != AttributeChanges() else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "", code: "empty", message: "at least one field must be given")
            ])
        }
        guard var attribute = try await store.lock(id, in: work) else { throw Problem.notFound("attribute") }
        if let version, version != attribute.version { throw Problem.versionMismatch(current: attribute.version) }
        if let name = changes.name { attribute.name = name }
        if let unit = changes.unit { attribute.unit = unit }
        if let isFilter = changes.isFilter { attribute.isFilter = isFilter }
        if let choices = changes.choices { attribute.choices = choices }
        try attribute.check()
        attribute.version += 1
        do {
            try await store.update(attribute, in: work)
        } catch {
            guard error.constraintName == "product_attribute_choices_choice" else { throw error }
            throw Problem.conflict(
                "choice-in-use", title: "A choice is in use", detail: "Products have a choice that would be taken away")
        }
        try await record(attribute, "attribute.updated", by: principal, in: work)
        try work.publish(AttributeChanged(attributeID: id))
        return attribute
    }

    /// Makes products of a category, and of all below it, have these attributes besides those that they inherit. What is on sale stays
    /// on sale; its next edit has to tell what is required.
    /// - Throws: `Problem`: 404, 422 for unknown attributes; `PostgresError`.
    package func ask(
        for attributes: [CategoryAttribute], in id: ID<Category>, by principal: Principal, in work: UnitOfWork
    ) async throws -> [InheritedAttribute] {
        var check = InputCheck()
        check.number("/attributes", attributes.count, in: CategoryAttribute.count)
        try check.finish()
        guard try await work.queryOne(CategorySQL.lock(id), as: Category.self) != nil else {
            throw Problem.notFound("category")
        }
        let known = Set(try await store.definitions(of: attributes.map(\.attribute), in: work).map(\.id))
        for (index, asked) in attributes.enumerated() {
            let pointer = "/attributes/\(index)/attribute_id"
            if !known.contains(asked.attribute) { check.fail(pointer, "unknown", "there is no such attribute") }
            if attributes[..<index].contains(where: { $0.attribute == asked.attribute }) {
                check.fail(pointer, "duplicate", "is named before")
            }
        }
        try check.finish()
        try await store.ask(for: attributes, in: id, work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "category.attributes_set", subject: id,
                payload: ["attributes": .array(attributes.map { .string($0.attribute.description) })]),
            in: work)
        try work.publish(CategoryChanged(categoryID: id))
        return try await store.attributes(of: id, from: work)
    }

    private func record(
        _ attribute: Attribute, _ action: String, by principal: Principal, in work: UnitOfWork
    ) async throws {
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: action, subject: attribute.id,
                payload: [
                    "code": .string(attribute.code), "kind": .string(attribute.kind.rawValue),
                    "choices": .integer(Int64(attribute.choices.count)),
                ]),
            in: work)
    }
}
