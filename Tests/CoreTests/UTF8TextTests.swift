import Core
import Testing

@Suite("Texts from outside")
struct UTF8TextTests {
    @Test("Texts are equal when their bytes are, not when they look alike")
    func equality() {
        let composed: UTF8Text = "\u{E9}"
        let decomposed: UTF8Text = "e\u{301}"
        #expect(composed.string == decomposed.string)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed, "\u{E9}"]).count == 2)
        #expect(JSONValue.string("\u{E9}") != JSONValue.string("e\u{301}"))
    }

    @Test("Texts are ordered by their bytes")
    func order() {
        let texts: [UTF8Text] = ["b", "a\u{301}", "\u{E9}", "a", "", "ab"]
        #expect(texts.sorted() == ["", "a", "ab", "a\u{301}", "b", "\u{E9}"])
    }

    @Test("An excerpt is short and plain, whatever the text")
    func excerpts() {
        #expect(UTF8Text("plain name").excerpt() == "plain name")
        #expect(UTF8Text("a\u{301}\n<b>").excerpt() == "a\\u{301}\\u{a}<b>")
        #expect(UTF8Text(String(repeating: "x", count: 100)).excerpt(5) == "xxxxx…")
        let marks = UTF8Text("a" + String(repeating: "\u{301}", count: 100_000))
        #expect(marks.excerpt().utf8.count < 400)
    }

    @Test("Members whose names look alike are two members")
    func alikeNames() throws {
        let value = try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
        #expect(value.canonicalText == "{\"e\u{301}\":2,\"\u{E9}\":1}")
    }

    @Test("What a caller may not send is refused with its place")
    func limits() throws {
        let name = String(repeating: "n", count: 129)
        #expect(throws: JSONParsingError(reason: "a name longer than 128 bytes", offset: 1)) {
            try JSONValue(parsing: "{\"\(name)\":1}", limits: .request)
        }
        #expect(try JSONValue(parsing: "{\"\(name.dropFirst())\":1}", limits: .request).objectValue?.count == 1)
        let members = (0...1_000).map { "\"\($0)\":1" }.joined(separator: ",")
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: "{\(members)}", limits: .request) }
        #expect(try JSONValue(parsing: "{\(members)}").objectValue?.count == 1_001)
    }

    @Test("Of many problems the first are told and all are counted")
    func problems() {
        var problems = FieldProblems()
        for number in 0..<40 { problems.append(FieldProblem(pointer: "/\(number)", code: "c", message: "m")) }
        var more = FieldProblems()
        for number in 40..<1_000 { more.append(FieldProblem(pointer: "/\(number)", code: "c", message: "m")) }
        problems.append(contentsOf: more)
        #expect(problems.count == 1_000)
        #expect(problems.told.map(\.pointer) == (0..<50).map { "/\($0)" })
        let problem = Problem.invalidInput(problems)
        #expect(problem.fields.count == 50)
        #expect(problem.fieldCount == 1_000)
        #expect(problem.detail == "1000 fields are not valid")
    }
}
