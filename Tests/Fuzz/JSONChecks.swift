import Core

@testable import SandboxRuntime

/// Core's JSON readers agree with one another, with what they write, and with the sandbox's reader.
enum JSONChecks {
    static func check(_ bytes: [UInt8]) {
        let lazy = LazyJSON(bytes)
        guard let value = accepted({ () throws(JSONParsingError) in try JSONValue(parsing: bytes) }) else {
            checkOdd(lazy)
            promise(
                accepted { () throws(JSONParsingError) in try JSONValue(parsing: bytes, limits: .request) } == nil,
                "a limit accepts more")
            return
        }
        checkCanonical(value)
        checkLazy(lazy, value)
        checkIndependent(bytes, value)
        if let limited = accepted({ () throws(JSONParsingError) in try JSONValue(parsing: bytes, limits: .request) }) {
            promise(limited == value, "a limit changes the value")
        }
    }

    private static func checkCanonical(_ value: JSONValue) {
        let canonical = value.canonicalBytes
        let again = accepted { () throws(JSONParsingError) in try JSONValue(parsing: canonical) }
        promise(again == value, "canonical bytes give another value")
        promise(again?.canonicalBytes == canonical, "canonical bytes are no fixed point")
    }

    private static func checkLazy(_ lazy: LazyJSON, _ value: JSONValue) {
        promise(read(lazy) == value, "read lazily, it is another value")
        switch value {
        case .object(let members):
            promise(lazy.shape == .object && lazy.elements == nil, "an object is taken for something else")
            promise(lazy.members?.mapValues(read) == members.mapValues(Optional.some), "lazily it has other members")
        case .array(let elements):
            promise(lazy.shape == .array && lazy.members == nil, "an array is taken for something else")
            promise(lazy.elements?.map(read) == elements.map(Optional.some), "lazily it has other elements")
        default:
            promise(lazy.shape == .scalar && lazy.members == nil && lazy.elements == nil, "a scalar has parts")
        }
    }

    /// What is no JSON may have parts that are.
    private static func checkOdd(_ lazy: LazyJSON) {
        promise(read(lazy) == nil, "lazily it can be read")
        for part in lazy.members.map({ Array($0.values) }) ?? lazy.elements ?? [] {
            guard let value = read(part) else { continue }
            checkCanonical(value)
        }
    }

    private static func read(_ lazy: LazyJSON) -> JSONValue? {
        accepted { () throws(JSONParsingError) in try lazy.value() }
    }

    /// Written for the sandbox by itself. It takes one level of nesting less and is laxer about numbers.
    private static func checkIndependent(_ bytes: [UInt8], _ value: JSONValue) {
        guard bytes.count(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }) < 60 else { return }
        let other = accepted { () throws(JSONSyntaxError) in try JSONParser.parse(bytes) }
        promise(other.map(JSONValue.init(independent:)) == value, "another reader reads another value")
    }
}

extension JSONValue {
    fileprivate init(independent json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .integer(Int64(number))
        case .number(let number): self = .number(number)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map(JSONValue.init(independent:)))
        case .object(let object):
            let members = object.members.map { (UTF8Text($0.name), JSONValue(independent: $0.value)) }
            self = .object(Dictionary(members, uniquingKeysWith: { _, last in last }))
        }
    }
}
