import Catalog
import Core

/// The categories by what files call them: their names, or their ways from the root such as "Clothing > Shirts".
struct CategoryIndex: Sendable {
    private var byPath: [UTF8Text: ID<Catalog.Category>] = [:]
    /// nil for names that several have.
    private var byName: [UTF8Text: ID<Catalog.Category>?] = [:]
    private var paths: [ID<Catalog.Category>: String] = [:]

    init(_ categories: [Catalog.Category]) {
        let names = Dictionary(categories.map { ($0.id, $0.content.name) }, uniquingKeysWith: { first, _ in first })
        for category in categories {
            let path = category.path.compactMap { names[$0] }
            paths[category.id] = path.joined(separator: " > ")
            byPath[Self.key(path)] = category.id
            let name = Self.key([category.content.name])
            byName[name] = byName[name] == nil ? .some(category.id) : .some(nil)
        }
    }

    /// The way to it from the root, in names.
    func path(of category: ID<Catalog.Category>) -> String? { paths[category] }

    /// The category of a way from the root, or of a name that only one has.
    func find(_ text: String) -> ID<Catalog.Category>? {
        guard text.utf8.count <= 1_000 else { return nil }
        let steps = text.split(separator: ">").map { String($0) }
        if let whole = byPath[Self.key(steps)] { return whole }
        guard steps.count == 1 else { return nil }
        return byName[Self.key(steps)] ?? nil
    }

    private static func key(_ steps: [String]) -> UTF8Text {
        UTF8Text(steps.map { String(decoding: $0.utf8.trimmingBlanks(), as: UTF8.self) }.joined(separator: ">"))
            .lowercasedASCII
    }
}
