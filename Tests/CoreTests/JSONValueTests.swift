import Core
import Testing

@Suite("JSON values")
struct JSONValueTests {
    @Test("Every kind of value is read and written back canonically")
    func roundTrip() throws {
        let value = try JSONValue(parsing: #" { "b" : [1, -2.5, true, null], "a":"ক\n\u0041\uD83D\uDE00" } "#)
        #expect(value["b"] == [1, -2.5, true, nil])
        #expect(value["a"]?.stringValue == "ক\nA😀")
        #expect(value.canonicalText == #"{"a":"ক\nA😀","b":[1,-2.5,true,null]}"#)
        #expect(try JSONValue(parsing: value.canonicalBytes) == value)
    }

    @Test("Of duplicate keys the last wins")
    func duplicateKeys() throws {
        #expect(try JSONValue(parsing: #"{"a":1,"a":2}"#) == ["a": 2])
    }

    @Test("Nesting of ten thousand levels is refused, not followed")
    func deepNesting() {
        let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        #expect(throws: JSONParsingError(reason: "nested deeper than 64 levels", offset: 64)) {
            try JSONValue(parsing: deep)
        }
        let objects = String(repeating: #"{"a":"#, count: 10_000)
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: objects) }
    }

    @Test("64 levels are accepted")
    func allowedNesting() throws {
        let text = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(try JSONValue(parsing: text).canonicalText == text)
    }

    @Test(
        "Malformed documents are refused with a reason",
        arguments: [
            "", " ", "{", "[1,]", "[1 2]", #"{"a"}"#, #"{"a":1,}"#, "{a:1}", "01", "-", "1.", "1e", "+1", ".5", "tru",
            "nul", "NaN", "Infinity", "\"abc", #""\x""#, #""\u12g4""#, #""\u00""#, "\"a\u{01}b\"", "1 2", "[]]", "'a'",
        ])
    func malformed(text: String) {
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: text) }
    }

    @Test("U+0000 is refused", arguments: [#""a\u0000b""#, #"{"\u0000":1}"#])
    func nul(text: String) {
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: text) }
    }

    @Test("Lone surrogates are refused", arguments: [#""\uD83D""#, #""\uDE00""#, #""\uD83Dx""#, #""\uD83D\u0041""#])
    func loneSurrogates(text: String) {
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: text) }
    }

    @Test(
        "Invalid UTF-8 is refused", arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE0, 0xA6]] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        let text = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: text) }
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: bytes) }
    }

    @Test("Integers are exact to 64 bits and refused beyond")
    func integers() throws {
        #expect(try JSONValue(parsing: "9223372036854775807") == .integer(.max))
        #expect(try JSONValue(parsing: "-9223372036854775808") == .integer(.min))
        #expect(throws: JSONParsingError(reason: "the integer does not fit 64 bits", offset: 1)) {
            try JSONValue(parsing: "[9223372036854775808]")
        }
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: String(repeating: "9", count: 100_000)) }
        #expect(throws: JSONParsingError(reason: "the number is out of range", offset: 0)) {
            try JSONValue(parsing: "1e400")
        }
        #expect(try JSONValue(parsing: "1e2") == .number(100))
    }
}

extension JSONValue {
    var stringValue: String? { textValue?.string }
}
