package import Catalog
package import Core
package import Endpoints
import Foundation
import Postgres

// How values of the catalogue stand in requests and answers.

extension FieldKind where Value == Slug {
    /// A name in a link.
    static var slug: FieldKind<Slug> {
        FieldKind<String>.text(Slug.rule).map(
            Slug.violation.message, code: Slug.violation.code, placeholder: .example, to: Slug.init(rawValue:),
            from: \.rawValue)
    }
}

extension FieldKind where Value == GTIN {
    /// A Global Trade Item Number with its check digit.
    static var gtin: FieldKind<GTIN> {
        FieldKind<String>.text(GTIN.rule).map(
            GTIN.violation.message, code: GTIN.violation.code, placeholder: .example, to: GTIN.init(rawValue:),
            from: \.rawValue)
    }
}

extension FieldKind where Value == ContentLocale {
    /// A language tag.
    static var locale: FieldKind<ContentLocale> {
        FieldKind<String>.text(ContentLocale.rule).map(
            ContentLocale.violation.message, code: ContentLocale.violation.code, placeholder: .english,
            to: ContentLocale.init(rawValue:), from: \.rawValue)
    }
}

extension Slug: PathParameter {
    package init?(pathSegment: UTF8Text) { self.init(rawValue: pathSegment.string) }

    package static var schema: Schema {
        .text(TextSchema(length: rule.length, pattern: "^[a-z0-9]+(-[a-z0-9]+)*$"))
    }

    package static var exampleSegment: String { "lekha-antivirus" }

    static var example: Slug { Slug(from: "Lekha Antivirus", of: ID<Product>.example) }
}

extension ContentLocale: PathParameter {
    package init?(pathSegment: UTF8Text) { self.init(rawValue: pathSegment.string) }

    package static var schema: Schema {
        .text(TextSchema(length: rule.length, pattern: "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$"))
    }

    package static var exampleSegment: String { "bn-BD" }
}

extension Fields {
    /// The `locale` of what is told in several languages; where it is missing, `Accept-Language` counts.
    mutating func locale() -> ContentLocale? {
        optional("locale", .locale, "The language that is wanted, before those of Accept-Language")
    }
}

extension EndpointRequest {
    /// The languages that are wanted, the most wanted first.
    func locales(_ wanted: ContentLocale?) -> [ContentLocale] {
        wanted.map { [$0] } ?? acceptedLanguages.map(ContentLocale.accepted) ?? []
    }
}

/// The query of what is told in several languages and has no other.
struct LocaleQuery: APIInput {
    let locale: ContentLocale?

    init(_ fields: inout Fields) { locale = fields.locale() }
}

/// The query of a list that is told in several languages.
struct LocalePageQuery: APIInput {
    let locale: ContentLocale?
    let page: PageRequest

    init(_ fields: inout Fields) {
        locale = fields.locale()
        page = fields.page()
    }
}

/// The largest body that tells something in words: a description of 20,000 characters, each escaped, which takes six bytes.
enum TextBody {
    static let limit = 128 << 10
}
