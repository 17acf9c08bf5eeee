package import Core

extension Slug {
    /// What the slug of a vendor must be like, beside what all are.
    package static let vendorRule = TextRule(3...60, .only("a-z0-9-"))

    /// Two that a vendor may be called by where it chose none: the first from its name alone, the second nobody else can have.
    static func derived(from name: String, of vendor: ID<Vendor>) -> (wanted: Slug, unique: Slug) {
        let words = Slug(wordsOf: name, limit: 47)
        guard let words, words.rawValue.utf8.count >= 3 else {
            let unique = Slug(from: "vendor", of: vendor)
            return (unique, unique)
        }
        return (words, Slug(from: words.rawValue, of: vendor))
    }
}

extension InputCheck {
    /// Requires a vendor's slug; nil after a failure.
    mutating func vendorSlug(_ pointer: String, _ text: String) -> Slug? {
        let slug = Slug.vendorRule.violations(of: text).isEmpty ? Slug(rawValue: text) : nil
        if slug == nil { fail(pointer, Slug.violation) }
        return slug
    }
}
