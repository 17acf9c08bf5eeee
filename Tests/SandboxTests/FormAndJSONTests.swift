import Testing

@testable import SandboxRuntime

@Suite("Forms and JSON")
struct FormAndJSONTests {
    @Test("Bracketed names become a tree")
    func nested() throws {
        let form = try #require(FormBody("a%5Bb%5D%5B0%5D%5Bc%5D=1&a[b][1][c]=2+3&list[]=x&list[]=y&plain=%C3%BC"))
        #expect(form.root["a"]?["b"]?.elements.map { $0["c"]?.text } == ["1", "2 3"])
        #expect(form.root["list"]?.elements.map(\.text) == ["x", "y"])
        #expect(form["plain"] == "ü")
        #expect(
            FormBody("a=\u{301}&\u{301}b=1")?.pairs == [
                .init(name: "a", value: "\u{301}"), .init(name: "\u{301}b", value: "1"),
            ])
    }

    @Test(
        "Broken escapes and endless nesting are refused",
        arguments: ["a=%", "a=%GG", "a=%+5", "a=%C3", "a[\(String(repeating: "][", count: 20))]=1"])
    func refused(text: String) {
        #expect(FormBody(text) == nil)
    }

    @Test("JSON keeps the order of members and survives a round trip")
    func roundTrip() throws {
        let text = #"{"z":1,"a":[true,null,-2.5,"\"\\\n\u00fc \ud83d\ude00"],"o":{}}"#
        let value = try JSONParser.parse(Array(text.utf8))
        #expect(value.members.map(\.name) == ["z", "a", "o"])
        #expect(try JSONParser.parse(value.compact) == value)
        #expect(try JSONParser.parse(value.pretty) == value)
    }

    @Test(
        "Malformed JSON is refused with its place",
        arguments: ["{", "[1,]", "{\"a\" 1}", "tru", "\"\\ud800\"", "\"\\u+123\"", "\"\\u-000\"", "1 2", ""])
    func malformed(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test("Deep nesting is refused without a crash")
    func deep() {
        #expect(throws: JSONSyntaxError.self) {
            try JSONParser.parse(Array(repeating: UInt8(ascii: "["), count: 10_000))
        }
    }
}
