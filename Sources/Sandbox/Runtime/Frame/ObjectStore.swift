/// An object with an id and a creation time, as providers list them.
protocol Recorded: Sendable, Codable {
    var id: String { get }
    var created: Int { get }
}

/// Objects of one kind in the order of their creation.
struct ObjectStore<Element: Recorded>: Sendable, Codable {
    private(set) var elements: [Element] = []
    private var positions: [String: Int] = [:]

    var count: Int { elements.count }

    mutating func append(_ element: Element) {
        positions[element.id] = elements.count
        elements.append(element)
    }

    func position(of id: String) -> Int? { positions[id] }

    subscript(id: String) -> Element? { positions[id].map { elements[$0] } }

    /// Changes one object in place and returns it as it is then.
    @discardableResult
    mutating func update(_ id: String, _ change: (inout Element) -> Void) -> Element? {
        guard let position = positions[id] else { return nil }
        change(&elements[position])
        return elements[position]
    }
}
