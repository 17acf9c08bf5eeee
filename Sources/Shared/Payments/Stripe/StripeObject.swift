import Core
import Foundation

/// Reads an object of Stripe's API and names the field where it is not what the API promises.
struct StripeObject {
    let value: JSONValue
    let path: String

    init(parsing body: [UInt8], path: String) throws(MalformedEvent) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body)
        } catch {
            throw MalformedEvent("\(path) is not JSON: \(error)")
        }
        try self.init(value, path: path)
    }

    init(_ value: JSONValue, path: String) throws(MalformedEvent) {
        guard value.objectValue != nil else {
            throw MalformedEvent("\(path) must be an object, not \(value.typeDescription)")
        }
        self.value = value
        self.path = path
    }

    func object(_ name: UTF8Text) throws(MalformedEvent) -> StripeObject {
        guard let member = value[name] else { throw MalformedEvent("\(path).\(name) is missing") }
        return try StripeObject(member, path: "\(path).\(name)")
    }

    func objects(_ name: UTF8Text) throws(MalformedEvent) -> [StripeObject] {
        guard let elements = value[name]?.arrayValue else { throw MalformedEvent("\(path).\(name) must be an array") }
        var result: [StripeObject] = []
        for (index, element) in elements.enumerated() {
            result.append(try StripeObject(element, path: "\(path).\(name)[\(index)]"))
        }
        return result
    }

    func text(_ name: UTF8Text) throws(MalformedEvent) -> UTF8Text {
        guard let text = try optionalText(name) else { throw MalformedEvent("\(path).\(name) is missing") }
        return text
    }

    func optionalText(_ name: UTF8Text) throws(MalformedEvent) -> UTF8Text? {
        guard let member = value[name], !member.isNull else { return nil }
        guard let text = member.textValue else {
            throw MalformedEvent("\(path).\(name) must be a string, not \(member.typeDescription)")
        }
        return text
    }

    /// A word of Stripe's own, such as a status or a type: visible ASCII, at most 255 characters.
    func word(_ name: UTF8Text) throws(MalformedEvent) -> String {
        let text = try text(name)
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw MalformedEvent("\(path).\(name) is not a word")
        }
        return text.string
    }

    func integer(_ name: UTF8Text) throws(MalformedEvent) -> Int64 {
        guard let number = try optionalInteger(name) else { throw MalformedEvent("\(path).\(name) is missing") }
        return number
    }

    func optionalInteger(_ name: UTF8Text) throws(MalformedEvent) -> Int64? {
        guard let member = value[name], !member.isNull else { return nil }
        guard let number = member.integerValue else {
            throw MalformedEvent("\(path).\(name) must be an integer, not \(member.typeDescription)")
        }
        return number
    }

    /// Seconds since 1970, up to the end of the year 9999.
    func moment(_ name: UTF8Text) throws(MalformedEvent) -> Date {
        let seconds = try integer(name)
        guard (0...253_402_300_799).contains(seconds) else { throw MalformedEvent("\(path).\(name) is not a moment") }
        return Date(timeIntervalSince1970: TimeInterval(seconds))
    }

    func bool(_ name: UTF8Text) throws(MalformedEvent) -> Bool {
        guard let flag = value[name]?.boolValue else { throw MalformedEvent("\(path).\(name) must be a boolean") }
        return flag
    }

    /// An id of Stripe's, such as `pi_…`: letters, digits and underscores, at most 255.
    func id(_ name: UTF8Text = "id") throws(MalformedEvent) -> String {
        guard let id = try optionalID(name) else { throw MalformedEvent("\(path).\(name) is missing") }
        return id
    }

    /// An id, or the id of an expanded object in its place.
    func optionalID(_ name: UTF8Text) throws(MalformedEvent) -> String? {
        guard let member = value[name], !member.isNull else { return nil }
        if member.objectValue != nil { return try StripeObject(member, path: "\(path).\(name)").id() }
        guard let id = member.textValue, (1...255).contains(id.utf8.count),
            id.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || Self.isAlphanumeric($0) })
        else { throw MalformedEvent("\(path).\(name) is not an identifier") }
        return id.string
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    /// An amount in the object's own `currency`.
    func money(_ name: UTF8Text) throws(MalformedEvent) -> Money {
        guard let money = try optionalMoney(name) else { throw MalformedEvent("\(path).\(name) is missing") }
        return money
    }

    func optionalMoney(_ name: UTF8Text) throws(MalformedEvent) -> Money? {
        guard let units = try optionalInteger(name) else { return nil }
        let code = try word("currency")
        do {
            return try StripeAmount.money(units: units, code: code)
        } catch {
            throw MalformedEvent("\(path).\(name): \(error)")
        }
    }

    /// Our own id in the object's metadata; an id that is not ours counts as absent.
    func metadataID<Subject>(_ name: UTF8Text) -> ID<Subject>? {
        value["metadata"]?[name]?.textValue.flatMap { ID($0.string) }
    }
}
