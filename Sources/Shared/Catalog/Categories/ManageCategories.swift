package import Core
package import Identity
package import Jobs
import Postgres

/// Grows, edits and rearranges the category tree.
package struct ManageCategories: Sendable {
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 422, also for an unknown parent and one that is too deep; 409 ("slug-taken", "too-many-categories");
    ///   `PostgresError`.
    package func create(_ new: NewCategory, by principal: Principal, in work: UnitOfWork) async throws -> Category {
        let id = ID<Category>(uuid: ids.next())
        let content = CategoryContent(
            name: new.name, description: new.description, slug: new.slug ?? Slug(from: new.name, of: id),
            searchListing: new.searchListing)
        try content.check()
        try checkPosition(new.position)
        try await work.pipeline(CategorySQL.takeTurn)
        let above = try await path(to: new.parent, in: work)
        try checkDepth(above.count + 1)
        guard try await work.queryValue(CategorySQL.count, as: Int64.self) ?? 0 < Int64(Category.most) else {
            throw Problem.conflict(
                "too-many-categories", title: "Too many categories",
                detail: "There are \(Category.most) categories, which is the most")
        }
        let now = clock.now.roundedToMicroseconds
        let category = Category(
            id: id, path: above + [id], position: new.position, content: content, version: 1, createdAt: now,
            updatedAt: now)
        try await work.pipeline(CategorySQL.insert(category))
        try await claim(content.slug, for: id, in: work)
        try await tell(category, "category.created", by: principal, in: work)
        return category
    }

    /// - Throws: `Problem`: 404, 409 ("slug-taken"), 412 ("version-mismatch"), 422; `PostgresError`.
    package func update(
        _ id: ID<Category>, _ changes: CategoryChanges, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> Category {
        guard changes != CategoryChanges() else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "", code: "empty", message: "at least one field must be given")
            ])
        }
        var category = try await lock(id, version: version, in: work)
        let before = category.content
        category.content = changes.applied(to: before)
        try category.content.check()
        if let position = changes.position {
            try checkPosition(position)
            category.position = position
        }
        category.version += 1
        category.updatedAt = clock.now.roundedToMicroseconds
        if category.content.slug != before.slug { try await claim(category.content.slug, for: id, in: work) }
        try await work.pipeline(CategorySQL.update(category))
        try await tell(category, "category.updated", by: principal, in: work)
        return category
    }

    /// Puts the category, with all below it, under another one or at the root.
    /// - Throws: `Problem`: 404, 412, 422 for a parent that is unknown, below it, or too deep; `PostgresError`.
    package func move(
        _ id: ID<Category>, under parent: ID<Category>?, position: Int, version: Int64? = nil,
        by principal: Principal, in work: UnitOfWork
    ) async throws -> Category {
        try checkPosition(position)
        try await work.pipeline(CategorySQL.takeTurn)
        let category = try await lock(id, version: version, in: work)
        let above = try await path(to: parent, in: work)
        guard !above.contains(id) else {
            throw Self.parentProblem("descendant", "must not be the category itself or below it")
        }
        try checkDepth(above.count + 1)
        do {
            try await work.execute(
                CategorySQL.move(category, under: above, position: position, at: clock.now.roundedToMicroseconds))
        } catch {
            guard error.constraintName == "categories_depth" else { throw error }
            throw Self.tooDeep
        }
        guard let moved = try await CategoryStore().category(id, from: work) else { throw Problem.notFound("category") }
        try await tell(moved, "category.moved", by: principal, in: work)
        return moved
    }

    /// - Throws: `Problem`: 404; 409 ("category-in-use") with what is in it; `PostgresError`.
    package func delete(_ id: ID<Category>, by principal: Principal, in work: UnitOfWork) async throws {
        try await work.pipeline(CategorySQL.takeTurn)
        let category = try await lock(id, version: nil, in: work)
        let uses = try await work.query(CategorySQL.uses(of: id), columns: (String, Int64).self)
        guard uses.isEmpty else {
            throw Problem.conflict(
                "category-in-use", title: "The category is in use",
                detail: "It still has \(uses.map { "\($0.1) \($0.0)" }.joined(separator: ", "))")
        }
        try await work.execute(CategorySQL.delete(id))
        try await tell(category, "category.deleted", by: principal, in: work)
    }

    private func lock(_ id: ID<Category>, version: Int64?, in work: UnitOfWork) async throws -> Category {
        guard let category = try await work.queryOne(CategorySQL.lock(id), as: Category.self) else {
            throw Problem.notFound("category")
        }
        if let version, version != category.version { throw Problem.versionMismatch(current: category.version) }
        return category
    }

    private func path(to parent: ID<Category>?, in work: UnitOfWork) async throws -> [ID<Category>] {
        guard let parent else { return [] }
        guard let category = try await CategoryStore().category(parent, from: work) else {
            throw Self.parentProblem("unknown", "there is no such category")
        }
        return category.path
    }

    private func claim(_ slug: Slug, for id: ID<Category>, in work: UnitOfWork) async throws {
        do {
            try await work.execute(CategorySQL.claim(slug, for: id))
        } catch {
            throw error.constraintName == "category_slugs_pkey" ? Problem.slugTaken : error
        }
    }

    private func tell(
        _ category: Category, _ action: String, by principal: Principal, in work: UnitOfWork
    ) async throws {
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: action, subject: category.id,
                payload: [
                    "name": .string(category.content.name), "slug": .string(category.content.slug.rawValue),
                    "parent_id": category.parent.map { .string($0.description) } ?? .null,
                ]),
            in: work)
        try work.publish(CategoryChanged(categoryID: category.id))
    }

    private func checkPosition(_ position: Int) throws(Problem) {
        var check = InputCheck()
        check.number("/position", position, in: CategoryContent.position)
        try check.finish()
    }

    private func checkDepth(_ depth: Int) throws(Problem) {
        guard depth <= Category.depth else { throw Self.tooDeep }
    }

    private static let tooDeep = parentProblem(
        "too_deep", "would lie, or have something below it, more than \(Category.depth) steps from the root")

    private static func parentProblem(_ code: String, _ message: String) -> Problem {
        .invalidInput([FieldProblem(pointer: "/parent_id", code: code, message: message)])
    }
}
