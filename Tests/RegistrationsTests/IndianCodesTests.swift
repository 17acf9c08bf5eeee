import Testing

@testable import Registrations

@Suite("Codes of India's post, banks and food authority")
struct IndianCodesTests {
    @Test(
        "A PIN code is six digits of any script, the first not zero",
        arguments: [
            ("110001", "110001"), ("400001", "400001"), ("560034", "560034"), ("700091", "700091"),
            ("781001", "781001"), ("855107", "855107"), ("900001", "900001"), ("999999", "999999"),
            ("100000", "100000"), ("682555", "682555"), ("110 001", "110001"), ("১১০০০১", "110001"),
        ])
    func pin(row: (typed: String, kept: String)) throws {
        #expect(try PINCode(row.typed).text == row.kept)
    }

    @Test(
        "Any other PIN code is refused",
        arguments: ["010001", "11001", "1100011", "11000A", "000000", "-110001", "1100.1", "", "১১০০০", "110O01"])
    func badPIN(text: String) {
        #expect(fault { () throws(IdentifierFault) in try PINCode(text) } != nil)
    }

    @Test("Numbers that are no decimal digits are not read as digits", arguments: ["１１０００①", "一一〇〇〇一", "11000万"])
    func otherNumbers(text: String) {
        #expect(fault { () throws(IdentifierFault) in try PINCode(text) } == .characters)
    }

    @Test(
        "An IFSC is taken",
        arguments: [
            "ZZZZ0000001", "ABCD0123456", "QWER0ABC123", "TEST0TREASU", "AAAA0000000", "XYZB0X0Y0Z0", "HAAT0000042",
            "MOCK0999999", "FAKE0A1B2C3", "DEMO0DEMO01",
        ])
    func ifsc(text: String) throws {
        #expect(try IFSC(text).text == text)
        #expect(try IFSC(" \(text.lowercased())\u{200B}").text == text)
    }

    @Test(
        "Any other IFSC is refused",
        arguments: [
            "ZZZZ1000001", "ZZZ00000001", "ZZZZ000001", "ZZZZ00000011", "ZZ1Z0000001", "ZZZZO000001", "ZZZZ0-00001",
            "00000000000", "ZZZZ0 00001", "ZZZZ0₹00001",
        ])
    func badIFSC(text: String) {
        #expect(fault { () throws(IdentifierFault) in try IFSC(text) } != nil)
    }

    @Test("A food licence is 14 digits")
    func foodLicence() throws {
        #expect(try FSSAILicence("10012345 000123").text == "10012345000123")
        #expect(fault { () throws(IdentifierFault) in try FSSAILicence("1001234500012") } == .length(14...14))
        #expect(fault { () throws(IdentifierFault) in try FSSAILicence("00000000000000") } == .reserved)
    }

    @Test("A payment address keeps small letters")
    func paymentAddress() throws {
        #expect(try UPIAddress("Karim.Stores-1@OkBank").text == "karim.stores-1@okbank")
        for text in ["karim", "k@bank", "karim@b", "karim@1bank", "karim@@bank", "ka rim@bank@x", "করিম@bank", "@bank"] {
            #expect(fault { () throws(IdentifierFault) in try UPIAddress(text) } != nil, "\(text)")
        }
    }

    @Test("An invoice number has at most 16 letters, digits, hyphens and strokes")
    func invoiceNumbers() throws {
        #expect(try InvoiceNumber("MH/26-27/000001").text == "MH/26-27/000001")
        #expect(try InvoiceNumber("a1").text == "A1")
        #expect(try InvoiceNumber("2627-GJ-0000042").text == "2627-GJ-0000042")
        for text in ["MH/2026-27/000001", "/A1", "A_1", "A 1", "", "হাট-১", "0001"] {
            #expect(fault { () throws(IdentifierFault) in try InvoiceNumber(text) } != nil, "\(text)")
        }
    }
}
