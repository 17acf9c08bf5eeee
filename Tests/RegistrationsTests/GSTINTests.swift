import Testing
import Values

@testable import Registrations

@Suite("GSTIN and PAN")
struct GSTINTests {
    private static let day = CivilDate(year: 2026, month: 11, day: 30) ?? CivilDate(daysSinceEpoch: 0)

    private func gstin(_ text: String, on day: CivilDate = Self.day) throws(IdentifierFault) -> GSTIN {
        try GSTIN(text, in: .all, on: day)
    }

    @Test(
        "A registration with a known State, a holder of a known kind and the right check character is taken",
        arguments: [
            "27ABCPE1234F1ZB", "24AAACZ0001K1ZT", "07QQQFQ9999Q2Z5", "38XYZHX1111X1ZS", "29ZZZTZ4321Z9ZA",
            "33LLLPL0987L1ZB", "27ABCPE1234FAZ2", "19BBBCB2222B1CN", "37DDDFD4444D1ZI", "97EEECE5555E1Z5",
        ])
    func taken(text: String) throws {
        #expect(try gstin(text).text == text)
    }

    @Test(
        "Any other is refused with what is wrong",
        arguments: [
            Refusal("27ABCPE1234F1ZC", "check_digit"), Refusal("27ABCPE1234F1Z", "length"),
            Refusal("27ABCPE1234F1ZBB", "length"), Refusal("39ABCPE1234F1Z6", "unknown_state"),
            Refusal("00ABCPE1234F1ZR", "unknown_state"), Refusal("27ABCDE1234F1Z0", "holder_kind"),
            Refusal("27ABCPE12E4F1ZP", "format"), Refusal("27ABCPE1234F0ZC", "entity_number"),
            Refusal("72ABCPE1234F1ZB", "unknown_state"), Refusal("27ABCPE1243F1ZB", "check_digit"),
            Refusal("27ABCPE1234F1ZБ", "characters"), Refusal(String(repeating: "2", count: 257), "too_long"),
        ])
    func refused(row: Refusal) {
        #expect(fault { () throws(IdentifierFault) in try gstin(row.text) }?.code == row.code)
    }

    @Test("It tells its State, its holder's PAN and what it is for")
    func parts() throws {
        let seller = try gstin(" 27abcpe1234f1zb ")
        #expect(seller.text == "27ABCPE1234F1ZB" && seller.state == "27" && seller.purpose == .supply)
        #expect(seller.pan.text == "ABCPE1234F" && seller.pan.kind == .person)
        #expect(try gstin("19BBBCB2222B1CN").purpose == .collection)
    }

    @Test("A State that has ended is none any more, and was one before")
    func endedState() throws {
        let text = "25ABCPE1234F1ZF"
        #expect(fault { () throws(IdentifierFault) in try gstin(text) } == .state)
        let before = try #require(CivilDate(year: 2019, month: 12, day: 31))
        #expect(fault { () throws(IdentifierFault) in try gstin(text, on: before) } != .state)
    }

    @Test("Whichever single character is mistyped, it is noticed")
    func everyMistake() throws {
        let good = Array("27ABCPE1234F1ZB".utf8)
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
        for place in good.indices {
            for character in alphabet where character != good[place] {
                var changed = good
                changed[place] = character
                let text = String(decoding: changed, as: UTF8.self)
                #expect(fault { () throws(IdentifierFault) in try gstin(text) } != nil, "\(text)")
            }
        }
    }

    @Test(
        "A PAN of a known kind of holder is taken",
        arguments: [
            "ABCPE1234F", "AAACZ0001K", "QQQFQ9999Q", "XYZHX1111X", "ZZZTZ4321Z", "BBBAB2222B", "CCCBC3333C",
            "DDDLD4444D", "EEEJE5555E", "GGGGG6666G",
        ])
    func pan(text: String) throws {
        #expect(try PAN(text).text == text)
    }

    @Test(
        "Any other PAN is refused with what is wrong",
        arguments: [
            Refusal("ABCDE1234F", "holder_kind"), Refusal("ABCPE123F", "length"), Refusal("ABCPE12345F", "length"),
            Refusal("ABCP51234F", "format"), Refusal("ABCPE1234", "length"), Refusal("ABCPE12E4F", "format"),
            Refusal("1BCPE1234F", "format"), Refusal("ABCPE12341", "format"), Refusal("ABCPE-1234F", "length"),
            Refusal("ABCKE1234F", "holder_kind"),
        ])
    func badPAN(row: Refusal) {
        #expect(fault { () throws(IdentifierFault) in try PAN(row.text) }?.code == row.code)
    }
}
