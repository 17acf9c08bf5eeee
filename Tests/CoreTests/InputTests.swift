import Core
import Testing

@Suite("Input checks")
struct InputTests {
    @Test("Every wrong field is reported at once")
    func allFields() {
        var check = InputCheck()
        check.text("/title", "", TextRule(1...10, .line))
        check.text("/name", "a\u{0}b", TextRule(1...10, .line))
        check.text("/note", "line\nbreak", TextRule(0...20, .lines))
        check.text("/blank", "   ", TextRule(1...10, .line))
        check.number("/count", 11, in: 1...10)
        let problem = #expect(throws: Problem.self) { try check.finish() }
        #expect(problem?.status == 422)
        #expect(problem?.fields.map(\.pointer) == ["/title", "/name", "/blank", "/count"])
    }

    @Test(
        "A text is told every rule that it breaks",
        arguments: [
            ("", TextRule(1...3, .line), ["too_short"]), ("abcd", TextRule(1...3, .line), ["too_long"]),
            (" ", TextRule(1...3, .line), ["blank"]), (" ", TextRule(0...3, .line), []),
            ("\u{2028}", TextRule(0...3, .line), ["control_characters"]), ("\u{2028}", TextRule(0...3, .lines), []),
            ("a\n", TextRule(1...3, .line), ["control_characters"]), ("a\n\t", TextRule(1...3, .lines), []),
            ("a\u{7}", TextRule(1...3, .lines), ["control_characters"]),
            ("\u{0}\u{0}\u{0}\u{0}", TextRule(1...3, .line), ["too_long"]),
            ("\u{0} ", TextRule(1...3, .any), []), ("a1", TextRule(1...3, .only("a-z")), ["pattern"]),
            ("A", TextRule(2...2, .only("A-Z")), ["too_short"]), ("BD", TextRule(2...2, .only("A-Z")), []),
            ("é", TextRule(1...3, .only("a-z")), ["pattern"]), ("👩‍👩‍👧", TextRule(5...5, .line), []),
        ])
    func rules(text: String, rule: TextRule, codes: [String]) {
        #expect(rule.violations(of: text).map(\.code) == codes)
    }

    @Test("E-mail addresses", arguments: ["a@b", "first.last+tag@shop.example.com", "x@127.0.0.1"])
    func goodAddress(text: String) { #expect(EmailAddress(rawValue: text) != nil) }

    @Test(
        "Texts that are no e-mail address",
        arguments: [
            "", "a", "a@", "@b", "a@b@c", "a b@c", "a@b c", "a@b\r\nBcc: x@y", "<a@b>", "a..b@c", ".a@b", "a@-b",
            "a@b..c",
            "ক@example.com", "a@exämple.com",
        ])
    func badAddress(text: String) { #expect(EmailAddress(rawValue: text) == nil) }
}
