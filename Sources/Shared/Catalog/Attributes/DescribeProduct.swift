package import Core
package import Identity
package import Jobs
import Postgres

/// Says what a product is like, by attributes.
package struct DescribeProduct: Sendable {
    private let store = AttributeStore()
    private let editing: ProductEditing

    package init(audit: AuditStore, clock: some WallClock) { editing = ProductEditing(audit: audit, clock: clock) }

    /// Gives the product these values and no others.
    /// - Throws: `Problem`: 404, 409 ("product-deleted"), 412, 422 for unknown attributes, values of another kind, and what its
    ///   categories ask for of what is on sale; `PostgresError`.
    package func callAsFunction(
        _ id: ID<Product>, by values: [(attribute: ID<Attribute>, value: AttributeValue)], version: Int64? = nil,
        by principal: Principal, in work: UnitOfWork
    ) async throws -> Product {
        var check = InputCheck()
        check.number("/attributes", values.count, in: AttributeValue.count)
        try check.finish()
        let edited = try await editing.begin(id, version: version, by: principal, in: work)
        let definitions = Dictionary(
            try await store.definitions(of: values.map(\.attribute), in: work).map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        var seen: Set<ID<Attribute>> = []
        var described: [(attribute: Attribute, value: AttributeValue)] = []
        for (index, value) in values.enumerated() {
            let pointer = "/attributes/\(index)"
            if !seen.insert(value.attribute).inserted {
                check.fail(pointer + "/attribute_id", "duplicate", "is named before")
            }
            guard let attribute = definitions[value.attribute] else {
                check.fail(pointer + "/attribute_id", "unknown", "there is no such attribute")
                continue
            }
            value.value.check(&check, at: pointer, as: attribute)
            described.append((attribute, value.value))
        }
        try check.finish()
        try await store.set(described, of: id, in: work)
        return try await editing.finish(
            edited, "product.described",
            ["attributes": .array(described.map { .string($0.attribute.code) })], by: principal, in: work)
    }
}

extension AttributeValue {
    fileprivate func check(_ check: inout InputCheck, at pointer: String, as attribute: Attribute) {
        switch (self, attribute.kind) {
        case (.text(let text), .text): check.text(pointer + "/text", text, Self.text)
        case (.number(let number), .number):
            if !(abs(number) <= Self.magnitude) { check.fail(pointer + "/number", "maximum", "is too large") }
        case (.boolean, .boolean): break
        case (.choices(let codes), .choice), (.choices(let codes), .choices):
            check.number(
                pointer + "/choices", codes.count, in: attribute.kind == .choice ? 1...1 : Self.choiceCount)
            let known = Set(attribute.choices.map { UTF8Text($0.code) })
            var seen: Set<UTF8Text> = []
            for (index, code) in codes.prefix(Self.choiceCount.upperBound).enumerated() {
                if !known.contains(UTF8Text(code)) {
                    check.fail("\(pointer)/choices/\(index)", "unknown", "is not one of the attribute’s choices")
                } else if !seen.insert(UTF8Text(code)).inserted {
                    check.fail("\(pointer)/choices/\(index)", "duplicate", "is named before")
                }
            }
        default:
            check.fail(pointer, "kind", "must be \(attribute.kind.noun)")
        }
    }
}

extension AttributeKind {
    fileprivate var noun: String {
        switch self {
        case .text: "a text"
        case .number: "a number"
        case .boolean: "true or false"
        case .choice: "a choice"
        case .choices: "choices"
        }
    }
}
