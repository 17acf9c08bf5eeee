import HTML
import Testing

@Suite("HTML")
struct HTMLTests {
    @Test("Every interpolated text is escaped, and only literals bring tags")
    func escaping() {
        let hostile = #"<script>alert("x")</script> & 'y'"#
        let html: HTML = "<p>\(hostile)</p>"
        #expect(html.markup == "<p>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;</p>")
        let nested: HTML = "<div>\(html)</div>"
        #expect(nested.markup == "<div>\(html.markup)</div>")
    }

    @Test("A text in an attribute can't leave it, whatever it consists of")
    func attributes() {
        let alphabet = ["\"", "'", "<", ">", "&", "a", "=", " ", "/", "`", "é", "ক", "\u{301}", "\u{202e}", "👩‍👩‍👧", "\0"]
        var randomness = SplitMix64(state: 2027)
        for _ in 0..<2000 {
            let length = Int.random(in: 0...12, using: &randomness)
            let text = (0..<length).map { _ in alphabet.randomElement(using: &randomness)! }.joined()
            let html: HTML = "<a title=\"\(text)\">\(text)</a>"
            let tags = html.utf8.filter { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") }
            #expect(tags == Array("<><>".utf8))
            #expect(html.utf8.count { $0 == UInt8(ascii: "\"") } == 2)
            #expect(Self.unescaped(html.utf8) == Array("<a title=\"\(text)\">\(text)</a>".utf8))
        }
    }

    @Test("A combining mark doesn't hide the character before it")
    func combiningMarks() {
        #expect(("\("<\u{301}b\u{301}>")" as HTML).utf8 == Array("&lt;\u{301}b\u{301}&gt;".utf8))
    }

    @Test("Texts that aren't stored as one piece of UTF-8 are escaped as well")
    func substrings() {
        let text = "x<b>&amp;</b>y"
        let html: HTML = "\(text.dropFirst().dropLast()) \(text.reversed().map(String.init).joined())"
        #expect(html.markup == "&lt;b&gt;&amp;amp;&lt;/b&gt; y&gt;b/&lt;;pma&amp;&gt;b&lt;x")
    }

    @Test("A megabyte of combining marks is escaped in one pass")
    func longTexts() {
        let text = "e" + String(repeating: "\u{301}", count: 500_000)
        let html: HTML = "\(text)"
        #expect(html.utf8.elementsEqual(text.utf8))
    }

    @Test("Numbers, lists, missing parts and conditions compose")
    func composition() {
        let items = [1, 2, 3].map { number -> HTML in "<li>\(number)</li>" }
        let nothing: HTML? = nil
        #expect(("<ul>\(items)\(nothing)</ul>" as HTML).markup == "<ul><li>1</li><li>2</li><li>3</li></ul>")
        #expect(items.joined(separator: "\n").markup == "<li>1</li>\n<li>2</li>\n<li>3</li>")
        #expect(("<i\(if: true, " a")\(if: false, " b")>" as HTML).markup == "<i a>")
        #expect(HTML.empty.isEmpty && (items[0] + items[1]).markup == "<li>1</li><li>2</li>")
    }

    @Test(
        "Links lead to paths and http URLs",
        arguments: [
            "/orders?state=paid&page=2#top", "#problems", "pay", "pay/now?at=12:30", "?page=2", "", ".", "a/b:c",
            "https://shop.example/thanks", "HTTP://127.0.0.1:9290/return", "/চাবি",
        ])
    func goodLinks(url: String) {
        let html: HTML = "\(url: url)"
        #expect(html == ("\(url)" as HTML))
    }

    @Test(
        "Links lead nowhere else",
        arguments: [
            "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)",
            "data:text/html,x",
            "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "mailto:a@b.example",
            "vbscript:x",
            "https:\u{0}//x",
        ])
    func badLinks(url: String) {
        #expect(("<a href=\"\(url: url)\">" as HTML).markup == "<a href=\"about:invalid\">")
    }

    /// By bytes: a combining mark after an escape is part of its last character.
    private static func unescaped(_ markup: [UInt8]) -> [UInt8] {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(markup) {
            bytes, escape in
            bytes.replacing(Array(escape.0.utf8), with: Array(escape.1.utf8))
        }
    }
}

/// Reproducible draws (Steele, Lea, Flood 2014).
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
