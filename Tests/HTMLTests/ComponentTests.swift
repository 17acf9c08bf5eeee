import HTML
import Testing

@Suite("Components of pages")
struct ComponentTests {
    @Test("A page has language, title, style sheet and viewport, and runs and styles nothing inline")
    func document() {
        let frame = PageFrame(brand: "Tea & Co", home: "/", places: [.init("Orders", path: "/orders")])
        let page = frame.page(title: "<Orders>", "<h1>Orders</h1>").markup
        #expect(page.hasPrefix("<!doctype html>\n<html lang=\"en\">"))
        #expect(page.contains("<title>&lt;Orders&gt; · Tea &amp; Co</title>"))
        #expect(page.contains("<link rel=\"stylesheet\" href=\"\(StyleSheet.path)\">"))
        #expect(page.contains("<a class=\"skip\" href=\"#content\">") && page.contains("<main id=\"content\""))
        #expect(page.contains("<a href=\"/orders\">Orders</a>"))
        #expect(!page.contains("<script") && !page.contains("<style") && !page.contains(" style="))
    }

    @Test("A table names itself and its columns, and says so where it has no rows")
    func table() {
        let table = HTML.table("Orders", ["Number", "State"], texts: [["1", "<paid>"]]).markup
        #expect(table.contains("role=\"group\" aria-label=\"Orders\" tabindex=\"0\""))
        #expect(table.contains("<th scope=\"col\">Number</th>") && table.contains("<td>&lt;paid&gt;</td>"))
        #expect(HTML.table("Orders", ["Number"], []).markup == "<p class=\"empty\">None yet.</p>")
    }

    @Test("A field ties its label and the reason of a refusal to itself")
    func textField() {
        let plain = TextField("E-mail", name: "email", kind: .email, value: "\"a\"", autocomplete: "email").html.markup
        #expect(plain.contains("<label for=\"email\">E-mail</label>"))
        #expect(plain.contains("type=\"email\" value=\"&quot;a&quot;\" autocomplete=\"email\">"))
        let refused = TextField("Name", name: "name", limit: 20, refusal: "must not be empty").html.markup
        #expect(refused.contains("<p class=\"refused\" id=\"name-refused\">Name must not be empty</p>"))
        #expect(refused.contains("maxlength=\"20\" aria-invalid=\"true\" aria-describedby=\"name-refused\""))
    }

    @Test("The style sheet's address changes with its content, and only that address may be kept for good")
    func styleSheet() {
        #expect(StyleSheet.path == "/assets/\(StyleSheet.version)/style.css" && StyleSheet.version.count == 16)
        #expect(StyleSheet.cacheControl(askedFor: StyleSheet.version).contains("immutable"))
        #expect(StyleSheet.cacheControl(askedFor: "0123456789abcdef") == "no-cache")
        #expect(String(decoding: StyleSheet.utf8, as: UTF8.self).contains(":focus-visible"))
    }

    @Test("No page may load or run anything inline, be framed, or send its forms elsewhere unless it says so")
    func headers() throws {
        func policy(_ headers: PageHeaders) -> String? {
            headers.all.first { $0.name == "Content-Security-Policy" }?.value
        }
        let strict = try #require(policy(PageHeaders()))
        #expect(strict.hasPrefix("default-src 'none'") && strict.contains("frame-ancestors 'none'"))
        #expect(strict.contains("form-action 'self'") && !strict.contains("unsafe") && !strict.contains("nonce"))
        let sites = PageHeaders(formTargets: .sites(["https://pay.example/", "a b", "https://x;script-src *"]))
        #expect(policy(sites)?.contains("form-action https://pay.example/;") == true)
        #expect(policy(PageHeaders(formTargets: .anySite))?.contains("form-action http: https:;") == true)
    }
}
