import Core
import Foundation
import Orders
import Testing

@testable import OrderService

@Suite("What a search for orders may mean") struct SearchTermTests {
    private func readings(_ text: String) throws -> [OrderSearchReading] { try OrderSearchTerm(text).readings }

    @Test(
        "A number is known with its letter or without, in digits of any script, and with its part",
        arguments: [
            ("H100001", nil), ("h100001", nil), ("100001", nil), ("#100001", nil), (" H 100001 ", nil),
            ("H১০০০০১", nil),
            ("१००००१", nil), ("H100001-2", 2), ("H১০০০০১-২", 2), ("h १००००१-२", 2), ("H100001\u{200C}-2", 2),
        ] as [(String, Int32?)])
    func numbers(text: String, part: Int32?) throws {
        #expect(try readings(text).contains(.number(100_001, part: part)))
    }

    @Test(
        "What only looks like a number is none",
        arguments: ["H", "H-1", "H1-", "H1-2-3", "H万", "H①", "9223372036854775808"])
    func noNumbers(text: String) throws {
        guard text.unicodeScalars.count > 1 else {
            #expect(throws: Problem.self) { try OrderSearchTerm(text) }
            return
        }
        let isNumber = try readings(text).contains { if case .number = $0 { true } else { false } }
        #expect(!isNumber)
    }

    @Test(
        "A telephone number is known however it is typed",
        arguments: [
            "01712345678", "+8801712345678", "8801712345678", "০১৭১২৩৪৫৬৭৮", "017-1234-5678", "+880 01712 345678",
        ])
    func phones(text: String) throws {
        #expect(try readings(text).contains(.phone(["+8801712345678"], ending: "712345678")))
    }

    @Test("A number without a code may be of several countries")
    func severalCountries() throws {
        #expect(
            try readings("9812345678").contains(
                .phone(["+9779812345678", "+919812345678"].sorted(), ending: "812345678")))
    }

    @Test("An address is nothing else, and is compared however its letters are cased")
    func email() throws {
        #expect(try readings(" Karim@Example.COM ") == [.email("karim@example.com")])
    }

    @Test("An id is nothing else")
    func ids() throws {
        #expect(try readings(ID<Order>.sample.description) == [.order(.sample)])
        #expect(try readings(ID<VendorOrder>.sample.description) == [.vendorOrder(.sample)])
    }

    @Test(
        "A name is looked for by its parts in any script, and not by what no index has",
        arguments: [
            ("Karim Uddin", ["Karim", "Uddin"]), ("মোঃ করিম", ["মোঃ", "করিম"]), ("Md. Karim", ["Md.", "Karim"]), ("Jo", nil),
            ("A b c d e f", nil), ("Karim 4", nil),
        ] as [(String, [String]?)])
    func names(text: String, words: [String]?) throws {
        let found = try readings(text).compactMap { if case .name(let words) = $0 { words } else { nil } }.first
        #expect(found == words)
    }

    @Test("References and keys have digits; a word is a name alone")
    func references() throws {
        #expect(try readings("pi_3NabcDEF") == [.reference("pi_3NabcDEF"), .licenceKey("pi_3NabcDEF")])
        #expect(try readings("Karim") == [.name(["Karim"])])
    }

    @Test("Nothing to look for is refused", arguments: ["", " ", "x", String(repeating: "x", count: 201)])
    func refused(text: String) { #expect(throws: Problem.self) { try OrderSearchTerm(text) } }
}

extension ID {
    static var sample: ID { ID(uuid: UUID(uuidString: "0193F5A0-0000-7000-8000-000000000001")!) }
}
