package import Core
package import Foundation

/// Reads an object of a gateway's API and names the field where it is not what the API promises. A field that nobody asks for may be
/// anything.
package struct ProviderObject {
    package let json: LazyJSON
    package let path: String
    private let members: [UTF8Text: LazyJSON]

    package init(parsing body: [UInt8], path: String) throws(MalformedEvent) {
        try self.init(LazyJSON(body), path: path)
    }

    package init(_ json: LazyJSON, path: String) throws(MalformedEvent) {
        guard let members = json.members else {
            throw MalformedEvent("\(path) must be an object, not \(Self.description(of: json))")
        }
        self.json = json
        self.path = path
        self.members = members
    }

    private static func description(of json: LazyJSON) -> String {
        switch json.shape {
        case .object: return "one without an end"
        case .array: return "an array"
        case .scalar:
            do {
                return try json.value().typeDescription
            } catch {
                return "what is not JSON: \(error.reason)"
            }
        }
    }

    package func object(_ name: UTF8Text) throws(MalformedEvent) -> ProviderObject {
        guard let member = members[name] else { throw MalformedEvent("\(path).\(name) is missing") }
        return try ProviderObject(member, path: "\(path).\(name)")
    }

    /// nil where the field is missing or no object, such as the bare id of what was not expanded.
    package func optionalObject(_ name: UTF8Text) throws(MalformedEvent) -> ProviderObject? {
        guard let member = members[name], member.shape == .object else { return nil }
        return try ProviderObject(member, path: "\(path).\(name)")
    }

    package func objects(_ name: UTF8Text) throws(MalformedEvent) -> [ProviderObject] {
        guard let elements = members[name]?.elements else { throw MalformedEvent("\(path).\(name) must be an array") }
        var result: [ProviderObject] = []
        for (index, element) in elements.enumerated() {
            result.append(try ProviderObject(element, path: "\(path).\(name)[\(index)]"))
        }
        return result
    }

    /// None where the field is missing.
    package func optionalObjects(_ name: UTF8Text) throws(MalformedEvent) -> [ProviderObject] {
        guard let member = members[name] else { return [] }
        if member.shape == .scalar {
            guard let value = try scalar(name, is: "an array") else { return [] }
            throw MalformedEvent("\(path).\(name) must be an array, not \(value.typeDescription)")
        }
        return try objects(name)
    }

    package func text(_ name: UTF8Text) throws(MalformedEvent) -> UTF8Text {
        guard let text = try optionalText(name) else { throw MalformedEvent("\(path).\(name) is missing") }
        return text
    }

    private func optionalText(_ name: UTF8Text) throws(MalformedEvent) -> UTF8Text? {
        guard let value = try scalar(name, is: "a string") else { return nil }
        guard let text = value.textValue else {
            throw MalformedEvent("\(path).\(name) must be a string, not \(value.typeDescription)")
        }
        return text
    }

    /// Where a customer can be sent.
    package func webAddress(_ name: UTF8Text) throws(MalformedEvent) -> String {
        let address = try text(name)
        guard address.utf8.starts(with: "https://".utf8) || address.utf8.starts(with: "http://".utf8) else {
            throw MalformedEvent("\(path).\(name) is not a web address")
        }
        return address.string
    }

    /// A text for people; what is odd counts as absent.
    package func note(_ name: UTF8Text) -> String? {
        do {
            return try optionalText(name)?.string
        } catch {
            return nil
        }
    }

    /// A code that a provider writes now as a text, now as a number; what is odd counts as absent.
    package func code(_ name: UTF8Text) -> String? {
        do {
            guard let value = try scalar(name, is: "a code") else { return nil }
            return value.textValue?.string ?? value.integerValue.map { "\($0)" }
        } catch {
            return nil
        }
    }

    /// A text for people inside of an object that may be absent.
    package func note(_ name: UTF8Text, in object: UTF8Text) -> String? {
        do {
            return try members[object].map { json throws(MalformedEvent) in try ProviderObject(json, path: path) }?
                .note(name)
        } catch {
            return nil
        }
    }

    /// A word of the gateway's own, such as a status or a type: visible ASCII, at most 255 characters.
    package func word(_ name: UTF8Text) throws(MalformedEvent) -> String {
        try word(try text(name), name)
    }

    package func optionalWord(_ name: UTF8Text) throws(MalformedEvent) -> String? {
        guard let text = try optionalText(name) else { return nil }
        return try word(text, name)
    }

    private func word(_ text: UTF8Text, _ name: UTF8Text) throws(MalformedEvent) -> String {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw MalformedEvent("\(path).\(name) is not a word")
        }
        return text.string
    }

    package func integer(_ name: UTF8Text) throws(MalformedEvent) -> Int64 {
        guard let number = try optionalInteger(name) else { throw MalformedEvent("\(path).\(name) is missing") }
        return number
    }

    package func optionalInteger(_ name: UTF8Text) throws(MalformedEvent) -> Int64? {
        guard let value = try scalar(name, is: "an integer") else { return nil }
        guard let number = value.integerValue else {
            throw MalformedEvent("\(path).\(name) must be an integer, not \(value.typeDescription)")
        }
        return number
    }

    /// Seconds since 1970, up to the end of the year 9999.
    package func moment(_ name: UTF8Text) throws(MalformedEvent) -> Date {
        let seconds = try integer(name)
        guard (0...253_402_300_799).contains(seconds) else { throw MalformedEvent("\(path).\(name) is not a moment") }
        return Date(timeIntervalSince1970: TimeInterval(seconds))
    }

    /// nil where the field is missing or null.
    package func optionalMoment(_ name: UTF8Text) throws(MalformedEvent) -> Date? {
        try optionalInteger(name) == nil ? nil : try moment(name)
    }

    package func bool(_ name: UTF8Text) throws(MalformedEvent) -> Bool {
        guard let flag = try scalar(name, is: "a boolean")?.boolValue else {
            throw MalformedEvent("\(path).\(name) must be a boolean")
        }
        return flag
    }

    /// An id of the gateway's, such as `pi_…`: letters, digits and underscores, at most 255.
    package func id(_ name: UTF8Text = "id") throws(MalformedEvent) -> String {
        guard let id = try optionalID(name) else { throw MalformedEvent("\(path).\(name) is missing") }
        return id
    }

    /// An id, or the id of an expanded object in its place.
    package func optionalID(_ name: UTF8Text) throws(MalformedEvent) -> String? {
        if let member = members[name], member.shape == .object {
            return try ProviderObject(member, path: "\(path).\(name)").id()
        }
        guard let value = try scalar(name, is: "an identifier") else { return nil }
        guard let id = value.textValue, (1...255).contains(id.utf8.count), id.utf8.allSatisfy(Self.isPartOfID)
        else { throw MalformedEvent("\(path).\(name) is not an identifier") }
        return id.string
    }

    package static func isPartOfID(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    /// An amount in major units, as most gateways of South Asia write it: a text or a number.
    package func decimal(_ name: UTF8Text, in currency: Currency) throws(MalformedEvent) -> Money {
        guard let amount = try optionalDecimal(name, in: currency) else {
            throw MalformedEvent("\(path).\(name) is missing")
        }
        return amount
    }

    /// nil where it is missing, null or an empty text.
    package func optionalDecimal(_ name: UTF8Text, in currency: Currency) throws(MalformedEvent) -> Money? {
        guard let member = members[name], let value = try scalar(name, is: "an amount") else { return nil }
        let text = value.textValue?.string ?? String(decoding: member.bytes.filter { $0 > 0x20 }, as: UTF8.self)
        guard !text.isEmpty else { return nil }
        guard value.doubleValue != nil || value.textValue != nil, let amount = MajorUnits.money(text, in: currency)
        else { throw MalformedEvent("\(path).\(name) is not an amount of \(currency)") }
        return amount
    }

    /// nil where the field is missing or null.
    private func scalar(_ name: UTF8Text, is expected: String) throws(MalformedEvent) -> JSONValue? {
        guard let member = members[name] else { return nil }
        guard member.shape == .scalar else {
            throw MalformedEvent(
                "\(path).\(name) must be \(expected), not an \(member.shape == .array ? "array" : "object")")
        }
        do {
            let value = try member.value()
            if value.isNull { return nil }
            return value
        } catch {
            throw MalformedEvent("\(path).\(name) can't be read: \(error.reason)")
        }
    }
}
