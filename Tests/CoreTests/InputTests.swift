import Core
import Testing

@Suite("Input checks")
struct InputTests {
    @Test("Every wrong field is reported at once")
    func allFields() {
        var check = InputCheck()
        check.text("/title", "", length: 1...10)
        check.text("/name", "a\u{0}b", length: 1...10)
        check.text("/note", "line\nbreak", length: 0...20, multiline: true)
        check.text("/blank", "   ", length: 1...10)
        check.number("/count", 11, in: 1...10)
        let problem = #expect(throws: Problem.self) { try check.finish() }
        #expect(problem?.status == 422)
        #expect(problem?.fields.map(\.pointer) == ["/title", "/name", "/blank", "/count"])
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
