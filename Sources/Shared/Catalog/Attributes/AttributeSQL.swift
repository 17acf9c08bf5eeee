import Core
package import Foundation
package import Postgres

enum AttributeSQL {
    /// An attribute with its choices, named in the first of the languages of a parameter in which there is a name.
    private static func columns(_ parameter: String) -> String {
        """
        attribute.id, attribute.code, attribute.kind, coalesce(text.name, attribute.name) AS name, attribute.unit,
        attribute.is_filter, attribute.version, attribute.created_at,
        ARRAY(SELECT choice.code FROM attribute_choices AS choice WHERE choice.attribute_id = attribute.id
            ORDER BY choice.position, choice.code) AS choice_codes,
        ARRAY(SELECT \(choiceName(parameter)) FROM attribute_choices AS choice
            WHERE choice.attribute_id = attribute.id ORDER BY choice.position, choice.code) AS choice_names
        """
    }

    private static func choiceName(_ parameter: String) -> String {
        """
        coalesce((SELECT translation.choices ->> choice.code
            FROM \(LocaleSQL.languages(parameter)) JOIN attribute_translations AS translation
                ON translation.attribute_id = choice.attribute_id AND translation.locale = language.locale
                    AND translation.choices ? choice.code
            ORDER BY language.rank LIMIT 1), choice.name)
        """
    }

    private static func text(_ parameter: String) -> String {
        """
        LEFT JOIN LATERAL (
            SELECT name FROM \(LocaleSQL.languages(parameter)) JOIN attribute_translations AS translation
                ON translation.attribute_id = attribute.id AND translation.locale = language.locale
            ORDER BY language.rank LIMIT 1
        ) AS text ON true
        """
    }

    static func one(_ id: ID<Attribute>, in locales: [ContentLocale]) -> PostgresStatement {
        let languages = "$2"
        return PostgresStatement(
            sql: "SELECT \(columns(languages)) FROM attributes AS attribute \(text(languages)) WHERE attribute.id = $1",
            parameters: [id, locales])
    }

    static func definitions(of ids: [ID<Attribute>]) -> PostgresStatement {
        let languages = "$2"
        return PostgresStatement(
            sql: """
                SELECT \(columns(languages)) FROM attributes AS attribute \(text(languages))
                WHERE attribute.id = ANY ($1::uuid[])
                """,
            parameters: [ids, [ContentLocale]()])
    }

    static func list(before: ID<Attribute>?, limit: Int, in locales: [ContentLocale]) -> PostgresStatement {
        let languages = "$3"
        let fromCursor = OptionalFilter.condition("attribute.id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns(languages)) FROM attributes AS attribute \(text(languages))
                WHERE \(fromCursor) ORDER BY attribute.id DESC LIMIT $2
                """,
            parameters: [before, limit, locales])
    }

    /// The nearest category that asks for an attribute says whether it is required.
    static func inherited(by category: ID<Category>, in locales: [ContentLocale]) -> PostgresStatement {
        let languages = "$2"
        return PostgresStatement(
            sql: """
                SELECT \(columns(languages)), asked.category_id, asked.is_required FROM (
                    SELECT DISTINCT ON (asked.attribute_id) asked.attribute_id, asked.category_id, asked.is_required,
                        asked.position, array_position(category.path, asked.category_id) AS depth
                    FROM categories AS category
                    JOIN category_attributes AS asked ON asked.category_id = ANY (category.path)
                    WHERE category.id = $1
                    ORDER BY asked.attribute_id, array_position(category.path, asked.category_id) DESC
                ) AS asked
                JOIN attributes AS attribute ON attribute.id = asked.attribute_id \(text(languages))
                ORDER BY asked.depth, asked.position
                """,
            parameters: [category, locales])
    }

    static func values(of product: ID<Product>, in locales: [ContentLocale]) -> PostgresStatement {
        let languages = "$2"
        return PostgresStatement(
            sql: """
                SELECT attribute.id, attribute.code, coalesce(text.name, attribute.name) AS name, attribute.unit,
                    value.kind, value.text_value, value.number_value, value.boolean_value,
                    ARRAY(SELECT choice FROM product_attribute_choices AS chosen
                        WHERE chosen.product_id = value.product_id AND chosen.attribute_id = value.attribute_id
                        ORDER BY position) AS choice_codes,
                    ARRAY(SELECT \(choiceName(languages)) FROM product_attribute_choices AS chosen
                        JOIN attribute_choices AS choice
                            ON choice.attribute_id = chosen.attribute_id AND choice.code = chosen.choice
                        WHERE chosen.product_id = value.product_id AND chosen.attribute_id = value.attribute_id
                        ORDER BY chosen.position) AS choice_names
                FROM product_attribute_values AS value
                JOIN attributes AS attribute ON attribute.id = value.attribute_id \(text(languages))
                WHERE value.product_id = $1 ORDER BY attribute.code
                """,
            parameters: [product, locales])
    }

    static func lock(_ id: ID<Attribute>) -> PostgresStatement {
        "SELECT id FROM attributes WHERE id = \(id) FOR UPDATE"
    }

    static func insert(_ attribute: Attribute) -> PostgresStatement {
        """
        INSERT INTO attributes (id, code, name, kind, unit, is_filter, created_at)
        VALUES (\(attribute.id), \(attribute.code), \(attribute.name), \(attribute.kind), \(attribute.unit),
            \(attribute.isFilter), \(attribute.createdAt))
        """
    }

    static func update(_ attribute: Attribute) -> PostgresStatement {
        """
        UPDATE attributes SET name = \(attribute.name), unit = \(attribute.unit), is_filter = \(attribute.isFilter),
            version = \(attribute.version)
        WHERE id = \(attribute.id)
        """
    }

    /// Leaves these choices and no others.
    static func keep(_ choices: [AttributeChoice], of attribute: ID<Attribute>) -> PostgresStatement {
        PostgresStatement(
            with: [
                "dropped": "DELETE FROM attribute_choices WHERE attribute_id = $1 AND code <> ALL ($2::text[])"
            ],
            sql: """
                INSERT INTO attribute_choices (attribute_id, code, name, position)
                SELECT $1, code, name, place FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS choice (code, name, place)
                ON CONFLICT (attribute_id, code) DO UPDATE SET (name, position) = (excluded.name, excluded.position)
                """,
            parameters: [attribute, choices.map(\.code), choices.map(\.name)])
    }

    static func ask(for attributes: [CategoryAttribute], in category: ID<Category>) -> PostgresStatement {
        """
        INSERT INTO category_attributes (category_id, attribute_id, position, is_required)
        SELECT \(category), attribute, place, is_required
        FROM unnest(\(attributes.map(\.attribute)), \(attributes.map(\.isRequired))) WITH ORDINALITY
            AS asked (attribute, is_required, place)
        """
    }

    static func insert(
        _ values: [(attribute: Attribute, value: AttributeValue)], of product: ID<Product>
    ) -> PostgresStatement {
        """
        INSERT INTO product_attribute_values (product_id, attribute_id, kind, text_value, number_value, boolean_value)
        SELECT \(product), * FROM unnest(\(values.map(\.attribute.id)), \(values.map(\.attribute.kind)),
            \(values.map(\.value.text)), \(values.map(\.value.number)), \(values.map(\.value.boolean)))
        """
    }

    static func insertChoices(
        _ values: [(attribute: Attribute, value: AttributeValue)], of product: ID<Product>
    ) -> PostgresStatement {
        let chosen = values.flatMap { value in value.value.codes.map { (value.attribute.id, $0) } }
        return """
            INSERT INTO product_attribute_choices (product_id, attribute_id, choice, position)
            SELECT \(product), attribute, choice, row_number() OVER (PARTITION BY attribute ORDER BY place)
            FROM unnest(\(chosen.map(\.0)), \(chosen.map(\.1))) WITH ORDINALITY AS chosen (attribute, choice, place)
            """
    }
}

extension AttributeValue {
    fileprivate var text: String? { if case .text(let text) = self { text } else { nil } }
    fileprivate var number: Double? { if case .number(let number) = self { number } else { nil } }
    fileprivate var boolean: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
    fileprivate var codes: [String] { if case .choices(let codes) = self { codes } else { [] } }

    fileprivate init(row: borrowing PostgresRow, kind: AttributeKind) throws(PostgresError) {
        switch kind {
        case .text: self = .text(try row.decode("text_value"))
        case .number: self = .number(try row.decode("number_value"))
        case .boolean: self = .boolean(try row.decode("boolean_value"))
        case .choice, .choices: self = .choices(try row.decode("choice_codes"))
        }
    }
}

extension Attribute: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let codes: [String] = try row.decode("choice_codes")
        let names: [String] = try row.decode("choice_names")
        self.init(
            id: try row.decode("id"), code: try row.decode("code"), kind: try row.decode("kind"),
            name: try row.decode("name"), unit: try row.decode("unit"), isFilter: try row.decode("is_filter"),
            choices: zip(codes, names).map { AttributeChoice(code: $0, name: $1) }, version: try row.decode("version"),
            createdAt: try row.decode("created_at"))
    }
}

extension InheritedAttribute: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            attribute: try Attribute(row: row), category: try row.decode("category_id"),
            isRequired: try row.decode("is_required"))
    }
}

extension DescribedValue: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let kind: AttributeKind = try row.decode("kind")
        self.init(
            attribute: try row.decode("id"), code: try row.decode("code"), name: try row.decode("name"),
            unit: try row.decode("unit"), kind: kind, value: try AttributeValue(row: row, kind: kind),
            choiceNames: try row.decode("choice_names"))
    }
}
