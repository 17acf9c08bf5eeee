package import Core
import Foundation
package import Identity
package import Jobs
import Postgres

/// Says which tags there are.
package struct ManageOrderTags: Sendable {
    private let store = OrderTagStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: a 422 `Problem`; `PostgresError`.
    package func create(_ name: String, by principal: Principal, in work: UnitOfWork) async throws -> OrderTag {
        let tag = OrderTag(
            id: ID(uuid: ids.next()), name: try Self.checked(name), createdAt: clock.now.roundedToMicroseconds)
        let isAdded = try await Self.named { try await store.insert(tag, in: work) }
        guard isAdded else {
            throw Self.refusal("", "too_many", "there are at most \(OrderTag.most) tags; remove one that is not needed")
        }
        try await record("order_tag.created", tag.id, by: principal, in: work)
        return tag
    }

    /// - Throws: `Problem`: 404, 422; `PostgresError`.
    package func rename(
        _ id: ID<OrderTag>, to name: String, by principal: Principal, in work: UnitOfWork
    ) async throws -> OrderTag {
        let name = try Self.checked(name)
        guard let tag = try await Self.named({ try await store.rename(id, to: name, in: work) }) else {
            throw Problem.notFound("tag")
        }
        try await record("order_tag.renamed", id, by: principal, in: work)
        return tag
    }

    /// Orders that carry it do so no more.
    /// - Throws: a 404 `Problem`; `PostgresError`.
    package func remove(_ id: ID<OrderTag>, by principal: Principal, in work: UnitOfWork) async throws {
        guard try await store.remove(id, at: clock.now.roundedToMicroseconds, in: work) else {
            throw Problem.notFound("tag")
        }
        try await record("order_tag.removed", id, by: principal, in: work)
    }

    private func record(
        _ action: String, _ id: ID<OrderTag>, by principal: Principal, in work: UnitOfWork
    ) async throws {
        try await audit.append(AuditEntry(actor: principal.actor, action: action, subject: id), in: work)
    }

    private static func checked(_ text: String) throws(Problem) -> String {
        let name = OrderTag.name.normalized(text)
        var check = InputCheck()
        check.text("/name", name, OrderTag.name)
        try check.finish()
        return name
    }

    private static func named<Result>(_ write: () async throws -> Result) async throws -> Result {
        do {
            return try await write()
        } catch let error as PostgresError where error.constraintName == "order_tags_name" {
            throw refusal("/name", "taken", "there is a tag of this name")
        }
    }

    private static func refusal(_ pointer: String, _ code: String, _ message: String) -> Problem {
        .invalidInput([FieldProblem(pointer: pointer, code: code, message: message)])
    }
}

/// Says which tags an order carries.
package struct TagOrder: Sendable {
    private let store = OrderTagStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// The order carries these afterwards and no others.
    /// - Throws: `Problem`: 404; 422 for tags that there are not, or too many; `PostgresError`.
    package func callAsFunction(
        _ order: ID<Order>, as tags: [ID<OrderTag>], by principal: Principal, in work: UnitOfWork
    ) async throws -> [OrderTag] {
        var check = InputCheck()
        check.number("/tag_ids", tags.count, in: 0...OrderTag.mostPerOrder)
        try check.finish()
        guard try await OrderStore().order(order, visibleTo: principal.visibility, in: work) != nil else {
            throw Problem.notFound("order")
        }
        let wanted = Set(tags).sorted()
        let known = Set(try await store.hold(wanted, in: work))
        for (index, tag) in tags.enumerated() where !known.contains(tag) {
            check.fail("/tag_ids/\(index)", "unknown", "there is no such tag")
        }
        try check.finish()
        try await store.set(wanted, on: order, at: clock.now.roundedToMicroseconds, in: work)
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "order.tagged", subject: order,
                payload: ["tag_ids": .array(wanted.map { .string($0.description) })]), in: work)
        return try await store.tags(of: order, in: work)
    }
}
