package import Core
package import Postgres

/// What is told of a product in another language.
package struct ProductTranslation: Hashable, Sendable {
    package let locale: ContentLocale
    package let title: String
    package let description: String
    package let searchListing: SearchListing

    package init(
        locale: ContentLocale, title: String, description: String = "", searchListing: SearchListing = SearchListing()
    ) {
        self.locale = locale
        self.title = title
        self.description = description
        self.searchListing = searchListing
    }

    func check() throws(Problem) {
        var check = InputCheck()
        check.text("/title", title, NewProduct.title)
        check.text("/description", description, NewProduct.description)
        check.text("/seo_title", searchListing.title, NewProduct.searchTitle)
        check.text("/seo_description", searchListing.description, NewProduct.searchDescription)
        try check.finish()
    }
}

/// What is told of a category in another language.
package struct CategoryTranslation: Hashable, Sendable {
    package let locale: ContentLocale
    package let name: String
    package let description: String
    package let searchListing: SearchListing

    package init(
        locale: ContentLocale, name: String, description: String = "", searchListing: SearchListing = SearchListing()
    ) {
        self.locale = locale
        self.name = name
        self.description = description
        self.searchListing = searchListing
    }

    func check() throws(Problem) {
        var check = InputCheck()
        check.text("/name", name, CategoryContent.name)
        check.text("/description", description, CategoryContent.description)
        check.text("/seo_title", searchListing.title, NewProduct.searchTitle)
        check.text("/seo_description", searchListing.description, NewProduct.searchDescription)
        try check.finish()
    }
}

/// What an attribute is called in another language.
package struct AttributeTranslation: Hashable, Sendable {
    package let locale: ContentLocale
    package let name: String
    /// The names of choices by their codes; those that are missing fall back one by one.
    package let choices: [UTF8Text: String]

    package init(locale: ContentLocale, name: String, choices: [UTF8Text: String] = [:]) {
        self.locale = locale
        self.name = name
        self.choices = choices
    }

    func check(for attribute: Attribute) throws(Problem) {
        var check = InputCheck()
        check.text("/name", name, Attribute.name)
        let known = Set(attribute.choices.map { UTF8Text($0.code) })
        for (code, name) in choices.sorted(by: { $0.key < $1.key }) {
            if known.contains(code) {
                check.text("/choices/\(code)", name, Attribute.name)
            } else {
                check.fail("/choices/\(code.excerpt())", "unknown", "is not one of the attribute’s choices")
            }
        }
        try check.finish()
    }
}

extension ProductTranslation: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            locale: try row.decode("locale"), title: try row.decode("title"),
            description: try row.decode("description"),
            searchListing: SearchListing(
                title: try row.decode("seo_title"), description: try row.decode("seo_description")))
    }
}

extension CategoryTranslation: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            locale: try row.decode("locale"), name: try row.decode("name"),
            description: try row.decode("description"),
            searchListing: SearchListing(
                title: try row.decode("seo_title"), description: try row.decode("seo_description")))
    }
}
