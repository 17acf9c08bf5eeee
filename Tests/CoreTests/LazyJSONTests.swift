import Core
import Testing

@Suite("JSON that is read where it is asked for")
struct LazyJSONTests {
    private func json(_ text: String) -> LazyJSON { LazyJSON(Array(text.utf8)) }

    private func texts(_ json: LazyJSON) -> [String: String]? {
        json.members?.reduce(into: [:]) { $0[$1.key.string] = String(decoding: $1.value.bytes, as: UTF8.self) }
    }

    @Test(
        "Members and elements are cut out by quotes and brackets",
        arguments: [
            (#"{}"#, [:]), (#" { "a" : 1 , "b":[1,{"c":"}"}] } "#, ["a": "1 ", "b": #"[1,{"c":"}"}]"#]),
            (#"{"a":"\"},","a":"last"}"#, ["a": #""last""#]), (#"{"\u0061":null}"#, ["a": "null"]),
            (#"{"a":,"b":NaN}"#, ["a": "", "b": "NaN"]), (#"{"\ud800":1,"a":"\ud800"}"#, ["a": #""\ud800""#]),
            (#"{"a":1} and what follows"#, ["a": "1"]),
        ])
    func members(text: String, expected: [String: String]) {
        #expect(texts(json(text)) == expected)
    }

    @Test(
        "What is no object, or has no end, has no members",
        arguments: [
            "", "[]", "1", "{", #"{"a""#, #"{"a":"#, #"{"a":1"#, #"{"a":1,"#, #"{"a":1,}"#, #"{"a":"\"#, "{a:1}",
        ])
    func noMembers(text: String) {
        #expect(json(text).members == nil)
    }

    @Test("Elements are read one by one")
    func elements() throws {
        let elements = try #require(json(#" [1, "\ud800" ,[2,[3]], {"a":[4]}]"#).elements)
        #expect(elements.map { String(decoding: $0.bytes, as: UTF8.self) }.count == 4)
        #expect(try elements[0].value() == 1)
        #expect(throws: JSONParsingError.self) { try elements[1].value() }
        #expect(try elements[2].value() == [2, [3]])
        #expect(elements.map(\.shape) == [.scalar, .scalar, .array, .object])
        #expect(json("[]").elements?.isEmpty == true)
        for text in ["{}", "[", "[1", "[1,", #"["a]"#] { #expect(json(text).elements == nil) }
    }

    @Test("Every byte of a document replaced by any other, or cut off, crashes nothing")
    func mutations() {
        let bytes = Array(#"{"a":[1,{"b":"\u00e9\\"}],"c":{"d":null},"e":-1.5e3}"#.utf8)
        for index in bytes.indices {
            for value: UInt8 in [0, 0x22, 0x5C, 0x7B, 0x7D, 0x5B, 0x5D, 0x2C, 0x3A, 0xFF] {
                var mutated = bytes
                mutated[index] = value
                _ = LazyJSON(mutated).members?.values.map { ($0.members, $0.elements) }
                _ = LazyJSON(Array(mutated[...index])).members
            }
        }
    }

    @Test("A million brackets cost no stack")
    func depth() throws {
        let deep = String(repeating: "[", count: 1_000_000) + String(repeating: "]", count: 1_000_000)
        let members = try #require(json(#"{"deep":\#(deep),"a":1}"#).members)
        #expect(try members["a"]?.value() == 1)
        #expect(throws: JSONParsingError.self) { try members["deep"]?.value() }
    }
}
