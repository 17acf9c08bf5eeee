/// What one API call brings to an operation.
struct RazorpayCall: Sendable {
    /// The ids in the path.
    let ids: [String]
    /// The body, or the query.
    let body: JSON
    let now: Int

    var id: String { ids.first ?? "" }

    func text(_ name: String, limit: Int = 255) throws(RazorpayError) -> String? {
        guard let value = body[name], value != .null else { return nil }
        guard let text = value.stringValue else { throw .invalid("The \(name) must be a string.", field: name) }
        guard text.count <= limit else {
            throw .invalid("The \(name) may not be greater than \(limit) characters.", field: name)
        }
        return text
    }

    /// A whole number; bodies may carry it as a string, as form posts do.
    func integer(_ name: String) throws(RazorpayError) -> Int? {
        guard let value = body[name], value != .null else { return nil }
        guard let number = value.intValue else { throw .invalid("The \(name) must be an integer.", field: name) }
        return number
    }

    func word(_ name: String, among words: [String]) throws(RazorpayError) -> String? {
        guard let text = try text(name) else { return nil }
        guard words.contains(text) else { throw .invalid("The selected \(name) is invalid.", field: name) }
        return text
    }

    func flag(_ name: String) throws(RazorpayError) -> Bool? {
        guard let value = body[name], value != .null else { return nil }
        guard let flag = value.intValue.map({ $0 == 1 }) ?? value.boolValue else {
            throw .invalid("The \(name) field must be true or false.", field: name)
        }
        return flag
    }

    /// Up to 15 pairs of up to 256 characters each.
    func notes() throws(RazorpayError) -> [String: String]? {
        guard let value = body["notes"], value != .null else { return nil }
        if value.elements?.isEmpty == true { return [:] }
        guard case .object(let object) = value else { throw .invalid("The notes must be an array.", field: "notes") }
        guard object.members.count <= 15 else {
            throw .invalid("The notes may not have more than 15 items.", field: "notes")
        }
        var notes: [String: String] = [:]
        for member in object.members {
            guard let text = member.value.stringValue ?? member.value.intValue.map(String.init), text.count <= 256
            else {
                throw .invalid("The notes.\(member.name) may not be greater than 256 characters.", field: "notes")
            }
            notes[member.name] = text
        }
        return notes
    }
}

/// A page of objects, newest first: `from`, `to`, `count` up to 100, `skip`.
struct RazorpayListing {
    private let count: Int
    private let skip: Int
    private let from: Int
    private let to: Int

    init(_ call: RazorpayCall, limit: Int = 100) throws(RazorpayError) {
        count = try call.integer("count") ?? 10
        skip = try call.integer("skip") ?? 0
        from = try call.integer("from") ?? 0
        to = try call.integer("to") ?? Int.max
        guard (1...limit).contains(count) else {
            throw .invalid("The count must be between 1 and \(limit).", field: "count")
        }
        guard skip >= 0 else { throw .invalid("The skip must be at least 0.", field: "skip") }
    }

    func page<Element: Recorded>(
        of elements: some BidirectionalCollection<Element>, where matches: (Element) -> Bool = { _ in true }
    ) -> [Element] {
        var page: [Element] = []
        var skipped = 0
        for element in elements.reversed() {
            guard page.count < count, element.created >= from else { break }
            guard element.created <= to, matches(element) else { continue }
            if skipped < skip { skipped += 1 } else { page.append(element) }
        }
        return page
    }

    func page(of items: [JSON]) -> [JSON] { Array(items.dropFirst(skip).prefix(count)) }
}
