import Catalog
import Core
import Testing
import Values

@testable import CatalogTransfer

@Suite("What files say")
struct LayoutTests {
    @Test(
        "Descriptions in HTML keep their words, their paragraphs and their lists",
        arguments: [
            ("<p>One <b>two</b>.</p>\n<p>Three</p>", "One two.\n\nThree"),
            ("<ul><li>A</li>\n<li>B</li></ul>", "• A\n• B"), ("5 < 6 &amp; 7 > 2", "5 < 6 & 7 > 2"),
            ("a\nb", "a\nb"), ("a<br>b<br/>c", "a\nb\nc"), ("<div title=\"a>b\">x</div>", "x"),
            ("caf&eacute; &#8377;5 &#x09F3;6 &nosuch; &", "café ₹5 ৳6 &nosuch; &"),
            ("<style>p { color: red }</style><script>go()</script>kept", "kept"), ("<p>open", "open"),
            ("<table><tr><td>Size</td><td>L</td></tr><tr><td>Fit</td></tr></table>", "Size L\nFit"),
            ("<!-- hidden -->seen", "seen"), ("<p>\u{A0}</p>", ""), ("<a href=\"x>never closed", "never closed"),
        ])
    func html(html: String, text: String) {
        let plain = HTMLText(html).text
        #expect(plain.filter { $0 != "\u{A0}" } == text, "\(plain.debugDescription)")
    }

    @Test("Pictures and links of a description are told of, and their words stay")
    func lostMarkup() {
        let plain = HTMLText("See <a href='/care'>how</a> <img src=\"a.png\" alt=\"A chart\">")
        #expect(plain.text == "See how A chart" && plain.hasLostMarkup)
        #expect(!HTMLText("<p>Plain</p>").hasLostMarkup)
    }

    @Test("Tags without end take no time that grows faster than they do", .timeLimit(.minutes(1)))
    func unclosedTags() {
        for piece in ["<a \"", "<img alt=", "<!--", "<script>", "&#", "<p x='"] {
            _ = HTMLText(String(repeating: piece, count: 40_000))
        }
    }

    @Test(
        "Amounts are read as shops write them",
        arguments: [
            ("1234.50", 123_450), ("1,234.50", 123_450), ("1234,5", 123_450), ("12,345", 1_234_500), ("0", 0),
            (".5", 50), ("১২০", 12_000), ("1 200.00", 120_000), ("120.500", 12_050), ("120.505", nil), ("ask us", nil),
            ("-5", nil), ("", nil), (".", nil), ("1e3", nil),
        ])
    func amounts(text: String, minorUnits: Int64?) {
        #expect(CellValues.money(text, .bdt)?.minorUnits == minorUnits)
    }

    @Test("What is written is read again", arguments: [0, 5, 50, 12_345, 99_999_999])
    func writtenAmounts(minorUnits: Int64) {
        for currency in [Currency.bdt, .jpy, .kwd] {
            let money = Money(minorUnits: minorUnits, currency: currency)
            #expect(CellValues.money(CellValues.text(money), currency) == money)
        }
    }

    @Test("A cell that a spreadsheet would run stays a text, and is itself again")
    func formulas() {
        for text in ["=1+1", "+880171", "-5", "@x", "'quoted", "plain", ""] {
            #expect(SpreadsheetText.unguarded(SpreadsheetText.guarded(text)) == text)
        }
        #expect(SpreadsheetText.guarded("=1+1") == "'=1+1" && SpreadsheetText.unguarded("'tis") == "'tis")
    }

    @Test("Lists of WooCommerce's keep commas that belong to their values")
    func lists() {
        #expect(WooCommerceList.items("A, B\\, C , D > E") == ["A", "B, C", "D > E"])
        #expect(
            WooCommerceList.addresses("https://a.example/x,y.jpg, https://b.example/z.png")
                == ["https://a.example/x,y.jpg", "https://b.example/z.png"])
    }

    @Test("A layout is told by its columns, and a file without any is refused")
    func layouts() throws {
        func layout(_ line: String) throws -> ImportLayout {
            var parser = CSVParser()
            let record = try #require(try parser.feed(Array("\(line)\n".utf8)).first)
            return try TableHead(TableRow(record), as: nil).layout
        }
        #expect(try layout("Handle,Title,Body (HTML)") == .shopify)
        #expect(try layout("Title,URL handle,Description") == .shopify)
        #expect(try layout("ID,Type,SKU,Name") == .woocommerce)
        #expect(try layout(TableHead.haatColumns.map(\.name).joined(separator: ",")) == .haat)
        for bad in ["a,b,c", "Handle,handle,Title", "x"] {
            #expect(throws: ImportFault.self) { try layout(bad) }
        }
    }
}
