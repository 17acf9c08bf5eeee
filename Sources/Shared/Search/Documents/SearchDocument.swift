import Catalog
import Core
import Foundation

/// What is kept of a product so that it is found.
struct SearchDocument: Sendable {
    /// Of descriptions, all languages together.
    static let mostDescriptionWords = 300
    static let mostTerms = 80
    /// How many words of a title's beginning are completed together.
    static let longestPhrase = 4

    let source: DocumentSource
    let facets: Set<FacetKey>
    /// The words of each weight, with spaces between them.
    let titleText: String
    let brandText: String
    let labelText: String
    let descriptionText: String
    let terms: [SearchTerm]

    init(_ source: DocumentSource) {
        self.source = source
        facets = Self.facets(of: source)
        let titles = source.titles.map(SearchText.words)
        let brand = SearchText.words(source.brand)
        let labels = (source.categoryNames + source.choices + source.attributeTexts + [source.genericName]).map(
            SearchText.words)
        let numbers = source.numbers.flatMap { SearchText.words($0) + SearchText.compounds($0) }
        titleText = Self.text(titles.flatMap { $0 } + source.titles.flatMap(SearchText.compounds))
        brandText = Self.text(brand + numbers)
        labelText = Self.text(labels.flatMap { $0 })
        var described: [String] = []
        var seen: Set<String> = []
        for word in source.descriptions.lazy.flatMap(SearchText.words) where described.count < Self.mostDescriptionWords
        {
            if seen.insert(word).inserted { described.append(word) }
        }
        descriptionText = Self.text(described)
        terms = Self.terms(titles: titles, brand: brand, labels: labels)
    }

    private static func text(_ words: [String]) -> String {
        (words + words.compactMap(BengaliStem.stem)).joined(separator: " ")
    }

    private static func facets(of source: DocumentSource) -> Set<FacetKey> {
        var facets = Set(source.categories.map(FacetKey.category))
        facets.insert(.vendor(source.vendor))
        if let country = source.countryOfOrigin { facets.insert(.country(country)) }
        for (attribute, code) in zip(source.filterAttributes, source.filterCodes) {
            facets.insert(.attribute(attribute, code))
        }
        if source.isInStock { facets.insert(.inStock) }
        return facets
    }

    private static func terms(titles: [[String]], brand: [String], labels: [[String]]) -> [SearchTerm] {
        var terms: [SearchTerm] = []
        var seen: Set<String> = []
        func add(_ words: ArraySlice<String>) {
            let text = words.joined(separator: " ")
            guard terms.count < mostTerms, text.utf8.count <= 200, seen.insert(text).inserted else { return }
            terms.append(SearchTerm(words))
        }
        let names = titles + [brand] + labels
        for word in names.joined() where SearchTerm.isWorthwhile(word) { add([word]) }
        for title in titles where title.count > 1 {
            for length in 2...min(longestPhrase, title.count) { add(title.prefix(length)) }
        }
        for name in [brand] + labels where (2...longestPhrase).contains(name.count) { add(name[...]) }
        return terms
    }
}

/// A word of names, or several that are completed together.
struct SearchTerm: Hashable, Sendable {
    let text: String
    /// nil for a phrase.
    let sound: WordSound?

    init(_ words: ArraySlice<String>) {
        text = words.joined(separator: " ")
        sound = words.count == 1 ? WordSound(text) : nil
    }

    /// A single letter and a number are nothing that one would have to complete.
    static func isWorthwhile(_ word: String) -> Bool {
        word.unicodeScalars.count > 1 && !word.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
