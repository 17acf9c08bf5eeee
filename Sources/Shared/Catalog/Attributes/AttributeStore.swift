package import Core
import Foundation
package import Postgres

/// A value with what tells people what it means.
package struct DescribedValue: Sendable, Hashable {
    package let attribute: ID<Attribute>
    package let code: String
    package let name: String
    package let unit: String?
    package let kind: AttributeKind
    package let value: AttributeValue
    /// The names of what is chosen, in the order of the codes.
    package let choiceNames: [String]

    package init(
        attribute: ID<Attribute>, code: String, name: String, unit: String?, kind: AttributeKind,
        value: AttributeValue, choiceNames: [String]
    ) {
        self.attribute = attribute
        self.code = code
        self.name = name
        self.unit = unit
        self.kind = kind
        self.value = value
        self.choiceNames = choiceNames
    }
}

/// An attribute as products of a category have it.
package struct InheritedAttribute: Sendable, Hashable {
    package let attribute: Attribute
    /// The category that asks for it: the one in question or one above it.
    package let category: ID<Category>
    package let isRequired: Bool

    package init(attribute: Attribute, category: ID<Category>, isRequired: Bool) {
        self.attribute = attribute
        self.category = category
        self.isRequired = isRequired
    }
}

/// All SQL about attributes and the values that products have.
package struct AttributeStore: Sendable {
    package init() {}

    package func attribute(
        _ id: ID<Attribute>, in locales: [ContentLocale] = [], from executor: some PostgresExecutor
    ) async throws(PostgresError) -> Attribute? {
        try await executor.queryOne(AttributeSQL.one(id, in: locales), as: Attribute.self)
    }

    /// A page of attributes, the newest first, with their choices.
    package func attributes(
        page: PageRequest, in locales: [ContentLocale] = [], from executor: some PostgresExecutor
    ) async throws -> Page<Attribute> {
        try await page.newestFirst("attributes", by: \.id) { before, limit in
            try await executor.query(
                AttributeSQL.list(before: before, limit: limit, in: locales), as: Attribute.self)
        }
    }

    /// What products of a category are described by: what it asks for and what those above it do, from the root on.
    package func attributes(
        of category: ID<Category>, in locales: [ContentLocale] = [], from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [InheritedAttribute] {
        try await executor.query(AttributeSQL.inherited(by: category, in: locales), as: InheritedAttribute.self)
    }

    /// What a product is described by, in the order of its attributes' codes.
    package func values(
        of product: ID<Product>, in locales: [ContentLocale] = [], from executor: some PostgresExecutor
    ) async throws(PostgresError) -> [DescribedValue] {
        try await executor.query(AttributeSQL.values(of: product, in: locales), as: DescribedValue.self)
    }

    func insert(_ attribute: Attribute, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(AttributeSQL.insert(attribute))
        try await transaction.pipeline(AttributeSQL.keep(attribute.choices, of: attribute.id))
    }

    /// Others wait until the transaction is over.
    func lock(_ id: ID<Attribute>, in transaction: some PostgresExecutor) async throws(PostgresError) -> Attribute? {
        let isThere = try await transaction.queryValue(AttributeSQL.lock(id), as: ID<Attribute>.self)
        guard isThere != nil else { return nil }
        return try await attribute(id, from: transaction)
    }

    func update(_ attribute: Attribute, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(AttributeSQL.update(attribute))
        try await transaction.execute(AttributeSQL.keep(attribute.choices, of: attribute.id))
    }

    /// Those that products can be given values of, and which choices there are.
    func definitions(
        of attributes: [ID<Attribute>], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Attribute] {
        try await executor.query(AttributeSQL.definitions(of: attributes), as: Attribute.self)
    }

    func set(
        _ values: [(attribute: Attribute, value: AttributeValue)], of product: ID<Product>,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("DELETE FROM product_attribute_values WHERE product_id = \(product)")
        try await transaction.pipeline(AttributeSQL.insert(values, of: product))
        try await transaction.pipeline(AttributeSQL.insertChoices(values, of: product))
    }

    func ask(
        for attributes: [CategoryAttribute], in category: ID<Category>, _ transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("DELETE FROM category_attributes WHERE category_id = \(category)")
        try await transaction.execute(AttributeSQL.ask(for: attributes, in: category))
    }
}
