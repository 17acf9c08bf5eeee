import Core
import Testing

@testable import Registrations

@Suite("Numbers of Bangladesh")
struct BangladeshiCodesTests {
    @Test(
        "A BIN is 13 digits of any script",
        arguments: [
            ("0001234560101", "0001234560101"), ("000123456-0101", "0001234560101"),
            ("9234567890127", "9234567890127"), ("0099999990203", "0099999990203"),
            ("০০০১২৩৪৫৬০১০১", "0001234560101"), ("0000000010101", "0000000010101"),
            ("0011122233344", "0011122233344"), ("0054321000909", "0054321000909"),
            ("0012345678901", "0012345678901"), ("0087654321000", "0087654321000"),
        ])
    func bin(row: (typed: String, kept: String)) throws {
        #expect(try BIN(row.typed).text == row.kept)
    }

    @Test(
        "Any other BIN is refused with what is wrong",
        arguments: [
            Refusal("000123456", "length"), Refusal("19012345678", "length"), Refusal("00012345601011", "length"),
            Refusal("000123456010", "length"), Refusal("00012345601O1", "format"),
            Refusal("0000000000000", "reserved"), Refusal("BIN0001234560", "format"),
            Refusal("0001234560101/", "format"), Refusal("", "length"), Refusal("12345", "length"),
        ])
    func badBIN(row: Refusal) {
        #expect(fault { () throws(IdentifierFault) in try BIN(row.text) }?.code == row.code)
    }

    @Test(
        "A wallet's number is kept with its country code however it is typed",
        arguments: [
            ("01712345678", "+8801712345678"), ("+8801712345678", "+8801712345678"),
            ("8801712345678", "+8801712345678"), ("008801712345678", "+8801712345678"),
            ("1712345678", "+8801712345678"), ("০১৭১২৩৪৫৬৭৮", "+8801712345678"),
            ("017-1234-5678", "+8801712345678"), ("(017) 12345678", "+8801712345678"),
            ("+৮৮০১৩১২৩৪৫৬৭৮", "+8801312345678"), ("+880 01912 345678", "+8801912345678"),
        ])
    func mobile(row: (typed: String, kept: String)) throws {
        #expect(try MobileWallet(.nagad, row.typed).phone.rawValue == row.kept)
    }

    @Test(
        "What is no mobile number of Bangladesh is no wallet's",
        arguments: [
            "01212345678", "0171234567", "017123456789", "+8801112345678", "+9101712345678", "02-9551234",
            "01712345abc", "", "+880171234567", "09612345678",
        ])
    func badMobile(text: String) {
        #expect(fault { () throws(IdentifierFault) in try MobileWallet(.bKash, text) } != nil)
    }

    @Test("A routing number has the right last digit", arguments: ["999270017", "990130422", "123456786"])
    func routing(text: String) throws {
        #expect(try RoutingNumber(text).text == text)
    }

    @Test(
        "Any other routing number is refused with what is wrong",
        arguments: [
            Refusal("999270018", "check_digit"), Refusal("99927001", "length"), Refusal("990130242", "check_digit"),
        ])
    func badRouting(row: Refusal) {
        #expect(fault { () throws(IdentifierFault) in try RoutingNumber(row.text) }?.code == row.code)
    }

    @Test("Taxpayers' numbers have 12 digits, identity cards' 10, 13 or 17")
    func otherNumbers() throws {
        #expect(try ETIN("১২৩৪৫৬৭৮৯০১২").text == "123456789012")
        #expect(fault { () throws(IdentifierFault) in try ETIN("12345678901") } == .length(12...12))
        for count in [10, 13, 17] {
            #expect(try NID(String(repeating: "7", count: count)).text.utf8.count == count)
        }
        for count in [9, 11, 12, 14, 16, 18] {
            let text = String(repeating: "7", count: count)
            #expect(fault { () throws(IdentifierFault) in try NID(text) } == .length(10...17))
        }
    }

    @Test("A trade licence's number may be in Bangla; its digits are kept as ASCII")
    func tradeLicence() throws {
        #expect(try TradeLicenceNumber("  TRAD/DSCC/০১২৩৪৫/2024 ").text == "TRAD/DSCC/012345/2024")
        #expect(try TradeLicenceNumber("ঢাকা-১২৩").text == "ঢাকা-123")
        for text in ["", "7", "TRADE", "12<b>", String(repeating: "1", count: 61)] {
            #expect(fault { () throws(IdentifierFault) in try TradeLicenceNumber(text) } != nil, "\(text)")
        }
    }

    @Test("An account's number is a text: its zeros at the beginning stay")
    func accounts() throws {
        #expect(try BankAccountNumber("0001 2345 6789", in: .india).text == "000123456789")
        #expect(
            fault { () throws(IdentifierFault) in try BankAccountNumber("12345678", in: .india) } == .length(9...18))
        #expect(try BankAccountNumber("১০১-২৩৪৫৬", in: .bangladesh).text == "10123456")
        #expect(fault { () throws(IdentifierFault) in try BankAccountNumber("000000000", in: .india) } == .reserved)
        #expect(fault { () throws(IdentifierFault) in try BankAccountNumber("12345678O", in: .india) } != nil)
    }
}
