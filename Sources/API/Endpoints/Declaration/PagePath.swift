package import Core
import Values

/// The path of a page of this site, which may come from outside: it never leads to another one.
package struct PagePath: Hashable, Sendable {
    package let text: String

    private static let allowed: AllowedCharacters = "A-Za-z0-9_./-"
    private static let mostBytes = 300

    /// nil for whatever else browsers could take it for.
    package init?(_ text: UTF8Text) {
        let slash = UInt8(ascii: "/")
        guard text.utf8.count <= Self.mostBytes, text.utf8.first == slash, text.utf8.dropFirst().first != slash,
            Self.allowed.contains(all: text)
        else { return nil }
        self.text = text.string
    }

    /// The same as the query of a page that leads on to it; empty where there is none.
    package static func query(_ path: PagePath?) -> String { path.map { "?next_page=\($0.text)" } ?? "" }
}

/// The query of a page that leads on to another one.
package struct NextPageQuery: APIInput {
    package let nextPage: PagePath?

    package init(_ fields: inout Fields) {
        nextPage = fields.optional("next_page", .string(1...300, of: "A-Za-z0-9_./-"), "A path of this site")
            .flatMap { PagePath(UTF8Text($0)) }
    }
}
