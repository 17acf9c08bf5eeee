package import Core
import Foundation
package import Orders
package import Payments

/// What somebody may mean by a text that they look for an order by.
package enum OrderSearchReading: Hashable, Sendable {
    /// An order's number, or that of a vendor's part of it.
    case number(Int64, part: Int32?)
    case order(ID<Order>)
    case vendorOrder(ID<VendorOrder>)
    case payment(ID<Payment>)
    case refund(ID<Refund>)
    /// What addresses are compared by.
    case email(String)
    /// What it is in each country whose numbers look so, and its last nine digits.
    case phone([String], ending: String?)
    /// A gateway's own id of a payment, a checkout, a refund or a dispute.
    case reference(String)
    case licenceKey(String)
    /// The parts of a person's name, at least one of which is long enough to be looked for.
    case name([String])
}

/// A text by which an order is looked for, as people type it: with the digits of any script, blanks around it, the letters of a number in
/// either case.
package struct OrderSearchTerm: Hashable, Sendable {
    package static let rule = TextRule(2...200, .line)
    /// How many parts of a name are looked at.
    private static let mostNameParts = 4
    /// Shorter ones are in no index.
    private static let shortestIndexed = 3
    private static let references = 6...200

    /// All that it may mean.
    package let readings: [OrderSearchReading]

    /// - Throws: a 422 `Problem` for what is no text to look for.
    package init(_ text: String) throws(Problem) {
        let text = Self.rule.normalized(text)
        var check = InputCheck()
        check.text("/q", text, Self.rule)
        try check.finish()
        let words = Self.words(text)
        let plain = DecimalDigits.ascii(Self.visible(words.joined(separator: " ")))
        if let id = Self.id(plain) {
            readings = [id]
        } else if let address = EmailAddress(rawValue: plain) {
            readings = [.email(address.comparisonKey)]
        } else {
            readings = [
                Self.number(plain), Self.phone(plain), Self.reference(plain), Self.licenceKey(text), Self.name(words),
            ].compactMap(\.self)
        }
    }

    private static func words(_ text: String) -> [String] {
        text.unicodeScalars.split { $0.properties.isWhitespace }.map { String(String.UnicodeScalarView($0)) }
    }

    /// Without what nobody sees: it has a meaning in names alone.
    private static func visible(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.properties.generalCategory != .format }))
    }

    private static func id(_ text: String) -> OrderSearchReading? {
        if let id = ID<Order>(text) { return .order(id) }
        if let id = ID<VendorOrder>(text) { return .vendorOrder(id) }
        if let id = ID<Payment>(text) { return .payment(id) }
        return ID<Refund>(text).map { .refund($0) }
    }

    /// "H100001", "#100001" or "h 100001-2".
    private static func number(_ text: String) -> OrderSearchReading? {
        var rest = text.utf8.filter { $0 != UInt8(ascii: " ") }[...]
        if rest.first == UInt8(ascii: "#") { rest.removeFirst() }
        if let first = rest.first, ASCIILetter.lowercased(first) == UInt8(ascii: "h") { rest.removeFirst() }
        let parts = rest.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let number = Int64(String(decoding: parts[0], as: UTF8.self))
        else { return nil }
        guard parts.count == 2 else { return .number(number, part: nil) }
        return Int32(String(decoding: parts[1], as: UTF8.self)).map { .number(number, part: $0) }
    }

    private static func phone(_ text: String) -> OrderSearchReading? {
        let numbers = Set(PhoneCountry.allCases.compactMap { PhoneNumber(typed: text, in: $0)?.rawValue }).sorted()
        guard let first = numbers.first else { return nil }
        return .phone(numbers, ending: String(decoding: first.utf8.suffix(9), as: UTF8.self))
    }

    private static func reference(_ text: String) -> OrderSearchReading? {
        guard references.contains(text.utf8.count), !text.utf8.contains(UInt8(ascii: " ")),
            text.utf8.contains(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return .reference(text)
    }

    /// Keys have digits; a word without any is a name.
    private static func licenceKey(_ text: String) -> OrderSearchReading? {
        guard references.contains(text.utf8.count),
            text.unicodeScalars.contains(where: { $0.properties.generalCategory == .decimalNumber })
        else { return nil }
        return .licenceKey(text)
    }

    private static func name(_ words: [String]) -> OrderSearchReading? {
        guard words.contains(where: { $0.unicodeScalars.count >= shortestIndexed }),
            words.allSatisfy({ word in
                word.unicodeScalars.contains { $0.properties.isAlphabetic }
                    && !word.unicodeScalars.contains { $0.properties.generalCategory == .decimalNumber }
            })
        else { return nil }
        return .name(Array(words.prefix(mostNameParts)))
    }
}
