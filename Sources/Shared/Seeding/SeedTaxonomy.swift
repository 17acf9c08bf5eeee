import Core
import Foundation
import Postgres

/// The categories and attributes of the assortment. Those that a marketplace has already by their names are taken as they are.
struct SeedTaxonomy {
    /// An attribute that is one of several choices.
    struct Attribute {
        let id: UUID
        /// By the places of their names.
        let codes: [String]
    }

    /// Of each kind of goods, the way from the root to its category.
    private(set) var paths: [[UUID]] = []
    private(set) var colour: Attribute
    private(set) var material: Attribute

    private static let materials = Array(Set(Assortment.departments.flatMap(\.materials))).sorted()

    init(in session: PostgresSession, at time: Date) async throws(PostgresError) {
        var drawn = Draw(0, .taxonomy, 0)
        colour = try await Self.attribute("colour", "Colour", Assortment.colours, &drawn, in: session, at: time)
        material = try await Self.attribute("material", "Material", Self.materials, &drawn, in: session, at: time)
        for (place, department) in Assortment.departments.enumerated() {
            let root = try await Self.category(
                department.slug, department.name, ["bn": department.bengali, "hi": department.hindi], below: [],
                at: place, drawn.uuid(at: time), in: session, time)
            try await describe(root, in: session)
            for (place, goods) in department.goods.enumerated() {
                paths.append(
                    try await Self.category(
                        goods.slug, goods.name, ["bn": goods.bengali, "hi": goods.hindi], below: root, at: place,
                        drawn.uuid(at: time), in: session, time))
            }
        }
    }

    func material(of product: SeedProduct) -> String {
        let name = Assortment.all[product.kind].department.materials[product.material]
        return material.codes[Self.materials.firstIndex(of: name) ?? 0]
    }

    private func describe(_ path: [UUID], in session: PostgresSession) async throws(PostgresError) {
        try await session.execute(
            """
            INSERT INTO category_attributes (category_id, attribute_id, position)
            SELECT \(path.last), * FROM unnest(\([colour.id, material.id]), \([Int32(1), 2]))
            ON CONFLICT DO NOTHING
            """)
    }

    private static func attribute(
        _ code: String, _ name: String, _ choices: [String], _ drawn: inout Draw, in session: PostgresSession,
        at time: Date
    ) async throws(PostgresError) -> Attribute {
        let codes = choices.map { $0.lowercased() }
        let fresh = drawn.uuid(at: time)
        try await session.execute(
            """
            INSERT INTO attributes (id, code, name, kind, created_at)
            VALUES (\(fresh), \(code), \(name), 'choice', \(time)) ON CONFLICT (code) DO NOTHING
            """)
        let id = try await session.queryValue(
            "SELECT id FROM attributes WHERE code = \(code) AND kind = 'choice'", as: UUID.self)
        guard let id else { throw .configuration("the marketplace has an attribute \(code) that is no choice") }
        try await session.execute(
            """
            INSERT INTO attribute_choices (attribute_id, code, name, position)
            SELECT \(id), code, name, position FROM unnest(\(codes), \(choices)) WITH ORDINALITY AS choice (code, name, position)
            ON CONFLICT DO NOTHING
            """)
        return Attribute(id: id, codes: codes)
    }

    /// The way to the category of a name.
    private static func category(
        _ slug: String, _ name: String, _ translations: [String: String], below parent: [UUID], at place: Int,
        _ fresh: UUID, in session: PostgresSession, _ time: Date
    ) async throws(PostgresError) -> [UUID] {
        let known = try await session.queryValue(
            """
            SELECT path FROM categories JOIN category_slugs AS named ON named.category_id = categories.id
            WHERE named.slug = \(slug)
            """, as: [UUID].self)
        if let known { return known }
        let path = parent + [fresh]
        try await session.execute(
            """
            INSERT INTO categories (id, parent_id, path, position, slug, name, created_at, updated_at)
            VALUES (\(fresh), \(parent.last), \(path), \(Int32(place)), \(slug), \(name), \(time), \(time))
            """)
        try await session.execute("INSERT INTO category_slugs (slug, category_id) VALUES (\(slug), \(fresh))")
        let locales = translations.keys.sorted()
        try await session.execute(
            """
            INSERT INTO category_translations (category_id, locale, name)
            SELECT \(fresh), * FROM unnest(\(locales), \(locales.compactMap { translations[$0] }))
            """)
        return path
    }
}
