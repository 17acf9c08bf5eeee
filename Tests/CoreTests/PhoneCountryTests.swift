import Testing

@testable import Core

@Suite("Telephone numbers as people type them")
struct PhoneCountryTests {
    @Test(
        "Every way in which a number of Bangladesh is typed is the same number",
        arguments: [
            "01712345678", "+8801712345678", "8801712345678", "008801712345678", "1712345678", "০১৭১২৩৪৫৬৭৮",
            "017-1234-5678", "(017) 12345678", "+880 01712 345678", "+৮৮০১৭১২৩৪৫৬৭৮", "\u{200E}01712\u{00A0}345678",
        ])
    func bangladesh(text: String) {
        #expect(PhoneNumber(typed: text, in: .bangladesh)?.rawValue == "+8801712345678")
    }

    @Test(
        "What is no mobile number of Bangladesh is none",
        arguments: [
            "01212345678", "0171234567", "017123456789", "+8801112345678", "02-9551234", "01712345abc", "",
            "+880171234567", "09612345678", "০১৭১২৩৪৫৬৭万", "①①71234567",
        ])
    func notBangladesh(text: String) {
        #expect(PhoneNumber(typed: text, in: .bangladesh) == nil)
    }

    @Test("A number with another country's code is that country's, wherever it is typed")
    func international() {
        #expect(PhoneNumber(typed: "+91 98123 45678", in: .bangladesh)?.rawValue == "+919812345678")
        #expect(PhoneNumber(typed: "+9101712345678", in: .india) == nil)
        #expect(PhoneNumber(typed: "+1 202 555 0147", in: .bangladesh)?.rawValue == "+12025550147")
    }

    @Test(
        "The neighbours' numbers are typed with and without 0 and code",
        arguments: [
            (PhoneCountry.india, "09812345678", "+919812345678"), (.india, "919812345678", "+919812345678"),
            (.india, "९८१२३४५६७८", "+919812345678"), (.india, "9112345678", "+919112345678"),
            (.nepal, "9841234567", "+9779841234567"), (.pakistan, "03001234567", "+923001234567"),
            (.sriLanka, "0712345678", "+94712345678"), (.sriLanka, "94712345678", "+94712345678"),
        ])
    func neighbours(country: PhoneCountry, text: String, number: String) {
        #expect(PhoneNumber(typed: text, in: country)?.rawValue == number)
    }

    @Test("Without a country only a number with its code can be told")
    func withoutCountry() {
        #expect(PhoneNumber(typed: "01712345678", in: nil) == nil)
        #expect(PhoneNumber(typed: "+8801712345678", in: nil)?.rawValue == "+8801712345678")
    }

    @Test("Digits of every script are read, and nothing else that is a number")
    func digits() {
        #expect(DecimalDigits.ascii("৪২") == "42")
        #expect(DecimalDigits.ascii("٤٢ ४२ ४ ۴૪௪") == "42 42 4 444")
        #expect(DecimalDigits.ascii("①万Ⅷ½") == "①万Ⅷ½")
    }
}
