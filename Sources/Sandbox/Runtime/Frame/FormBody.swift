/// `application/x-www-form-urlencoded` text, kept flat and as a tree of its bracketed names (`a[b][0]=c`).
struct FormBody: Sendable {
    struct Pair: Sendable, Equatable {
        let name: String
        let value: String
    }

    private(set) var pairs: [Pair] = []
    private(set) var root = FormValue()

    static let pairLimit = 2000
    static let depthLimit = 12

    init() {}

    /// Decodes a body or a query; pairs whose escapes are broken, or beyond the limits, are refused by returning nil.
    init?(_ text: some StringProtocol) {
        // By bytes: with a combining mark behind it, a separator is another character.
        for part in Array(text.utf8).split(separator: UInt8(ascii: "&")) {
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(halves[0]), let value = halves.count > 1 ? Self.decode(halves[1]) : "" else {
                return nil
            }
            let path = Self.path(of: name)
            guard pairs.count < Self.pairLimit, path.count <= Self.depthLimit else { return nil }
            pairs.append(Pair(name: name, value: value))
            root.insert(value, at: path[...])
        }
    }

    /// The first value of a name without brackets.
    subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    private static func path(of name: String) -> [String] {
        guard let bracket = name.firstIndex(of: "["), name.hasSuffix("]") else { return [name] }
        let inner = name[name.index(after: bracket)..<name.index(before: name.endIndex)]
        return [String(name[..<bracket])]
            + inner.split(separator: "][", omittingEmptySubsequences: false).map(String.init)
    }

    private static func decode(_ text: ArraySlice<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(hexadecimalDigit),
                    let low = iterator.next().flatMap(hexadecimalDigit)
                else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
    }
}

/// A node of a decoded form: a text, or named children in the order they came.
struct FormValue: Sendable, Equatable {
    private(set) var text: String?
    private(set) var children: [(name: String, value: FormValue)] = []

    subscript(name: String) -> FormValue? {
        children.first { $0.name == name }?.value
    }

    /// The children of an array (`a[0]`, `a[1]`, or `a[]` repeated).
    var elements: [FormValue] { children.map(\.value) }

    /// Sets a text child, as if the form had carried it.
    mutating func set(_ text: String, at name: String) {
        insert(text, at: [name])
    }

    fileprivate mutating func insert(_ value: String, at path: ArraySlice<String>) {
        guard let name = path.first else {
            text = value
            return
        }
        let key = name.isEmpty ? String(children.count) : name
        if let position = children.firstIndex(where: { $0.name == key }) {
            children[position].value.insert(value, at: path.dropFirst())
        } else {
            var child = FormValue()
            child.insert(value, at: path.dropFirst())
            children.append((key, child))
        }
    }

    static func == (left: FormValue, right: FormValue) -> Bool {
        left.text == right.text
            && left.children.elementsEqual(right.children) { $0.name == $1.name && $0.value == $1.value }
    }
}

extension JSON {
    /// A form as the JSON it stands for: texts stay strings, children become members.
    init(form: FormValue) {
        if let text = form.text, form.children.isEmpty {
            self = .string(text)
        } else if !form.children.isEmpty,
            form.children.enumerated().allSatisfy({ $0.element.name == String($0.offset) })
        {
            self = .array(form.elements.map(JSON.init(form:)))
        } else {
            self = .object(JSONObject(members: form.children.map { .init(name: $0.name, value: JSON(form: $0.value)) }))
        }
    }
}
