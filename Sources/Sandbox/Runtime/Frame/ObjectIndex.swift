/// Which objects belong to a key, in the order they were added: found without looking through all of them.
struct ObjectIndex: Codable, Sendable {
    private var ids: [String: [String]] = [:]

    mutating func add(_ id: String, under key: String) { ids[key, default: []].append(id) }

    func all(under key: String) -> [String] { ids[key] ?? [] }
    func last(under key: String) -> String? { ids[key]?.last }
}
