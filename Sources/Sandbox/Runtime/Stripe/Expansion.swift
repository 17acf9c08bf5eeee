/// The tree of `expand[]` paths: `payment_intent.latest_charge` asks for two levels.
struct Expansion: Sendable {
    private(set) var children: [String: Expansion] = [:]

    init() {}

    init(_ parameters: StripeParameters, underData: Bool) throws(StripeError) {
        for element in parameters.root["expand"]?.elements ?? [] {
            guard let path = element.text, !path.isEmpty else {
                throw .invalid("Invalid array", param: "expand")
            }
            var names = path.split(separator: ".").map(String.init)[...]
            guard names.count <= 4 else {
                throw .invalid("You cannot expand more than 4 levels of a property.", param: "expand")
            }
            if underData {
                guard names.first == "data", names.count > 1 else { throw Self.refused(path) }
                names = names.dropFirst()
            }
            insert(names)
        }
    }

    subscript(name: String) -> Expansion? { children[name] }

    /// Refuses paths that an object has no expandable property for.
    func allow(_ names: Set<String>) throws(StripeError) {
        for name in children.keys.sorted() where !names.contains(name) { throw Self.refused(name) }
    }

    private static func refused(_ path: String) -> StripeError {
        .invalid("This property cannot be expanded (\(path)).", param: "expand")
    }

    private mutating func insert(_ path: ArraySlice<String>) {
        guard let name = path.first else { return }
        children[name, default: Expansion()].insert(path.dropFirst())
    }
}
