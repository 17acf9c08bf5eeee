import Core

/// The `id` and `type` at the top level of an event, found without decoding the rest: the body is stored as it came, and
/// what is inside is a worker's business.
package struct EventEnvelope: Equatable {
    private static let maximumLength = 255

    package let id: String
    package let type: String

    /// Reads as far as it must.
    package init(scanning body: [UInt8]) throws(WebhookRejection) {
        var id: String?
        var type: String?
        let isObject = body.withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            return scanner.members { name, value in
                if bytes[name].elementsEqual("id".utf8) {
                    id = Self.string(bytes[value])
                } else if bytes[name].elementsEqual("type".utf8) {
                    type = Self.string(bytes[value])
                }
                return id == nil || type == nil
            }
        }
        guard isObject else { throw .malformedEvent("it is not a JSON object") }
        self.id = try Self.accept(id, as: "id")
        self.type = try Self.accept(type, as: "type")
    }

    /// The plain name in one member at the top level, where a provider calls its events by another word than `type`.
    package static func name(_ member: String, in body: [UInt8]) throws(WebhookRejection) -> String {
        var found: String?
        let isObject = body.withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            return scanner.members { name, value in
                if bytes[name].elementsEqual(member.utf8) { found = string(bytes[value]) }
                return found == nil
            }
        }
        guard isObject else { throw .malformedEvent("it is not a JSON object") }
        return try accept(found, as: member)
    }

    /// What stands between the quotes, escapes untouched; nil for anything but a string.
    private static func string(_ value: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
        guard value.first == UInt8(ascii: "\"") else { return nil }
        return String(decoding: value.dropFirst().dropLast(), as: UTF8.self)
    }

    private static func accept(_ value: String?, as name: String) throws(WebhookRejection) -> String {
        guard let value else { throw .malformedEvent("it has no \(name)") }
        let isPrintable = value.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
        guard isPrintable, (1...maximumLength).contains(value.utf8.count) else {
            throw .malformedEvent("its \(name) is not a plain name")
        }
        return value
    }
}
