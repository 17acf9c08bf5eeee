import Testing

@testable import Outbound

@Suite("Addresses that strangers write")
struct UntrustedURLTests {
    @Test("A URL is called as it was understood")
    func canonical() throws {
        let cases = [
            ("https://Shop.Example", "https://shop.example/"),
            ("HTTP://shop.example:80/a/b?c=d#e", "http://shop.example/a/b?c=d"),
            ("https://shop.example:8443?x=1", "https://shop.example:8443/?x=1"),
            ("https://[2001:DB8::1]:443/x", "https://[2001:db8:0:0:0:0:0:1]/x"),
            ("http://1.2.3.4/%20", "http://1.2.3.4/%20"), ("https://a_b-c.example/", "https://a_b-c.example/"),
            ("https://shop.example/@user:x", "https://shop.example/@user:x"),
        ]
        for (text, called) in cases {
            let url = try UntrustedURL(text)
            #expect(url.text == called)
            #expect(try UntrustedURL(called) == url)
        }
    }

    @Test(
        "What is no web address, or read differently by different programs, is refused",
        arguments: [
            "", "shop.example", "//shop.example", "ftp://shop.example", "file:///etc/passwd", "gopher://x", "https://",
            "https:///x", "https://user@shop.example", "https://user:pass@shop.example", "https://@shop.example",
            "https://shop.example\\@evil.example", "https://evil.example\\.shop.example", "https://shop.example:x",
            "https://shop.example:", "https://shop.example:0", "https://shop.example:65536",
            "https://shop.example:080808",
            "https://shop..example", "https://.shop.example", "https://shop.example.", "https://-shop.example",
            "https://shop%2eexample", "https://shöp.example", "https://127.1", "https://2130706433", "https://0x7f.1",
            "https://0x7f000001", "https://0177.0.0.1", "https://1.2.3.4.5", "https://[::1", "https://[1.2.3.4]",
            "https://[fe80::1%25eth0]", "https://[::1]x", "https://shop.example/a b", "https://shop.example/\n",
            "https://shop.example/\u{0}", "https://shop.example/{x}", "java\tscript://x",
        ])
    func refused(text: String) {
        #expect(throws: UntrustedCallError.self) { try UntrustedURL(text) }
    }

    @Test("Only so long an address is read")
    func length() throws {
        let longest = "https://shop.example/" + String(repeating: "a", count: 2027)
        _ = try UntrustedURL(longest)
        #expect(throws: UntrustedCallError.self) { try UntrustedURL(longest + "a") }
    }

    @Test("A redirect leads on from where it was, never from https to http")
    func redirects() throws {
        let url = try UntrustedURL("https://shop.example/a/b?c")
        for (location, next) in [
            ("/x", "https://shop.example/x"), ("x", "https://shop.example/a/x"),
            ("//other.example", "https://other.example/"),
            ("https://other.example:8443/y", "https://other.example:8443/y"), ("?q", "https://shop.example/a/b?q"),
        ] {
            #expect(try url.redirected(to: location).text == next)
        }
        for location in [
            "http://shop.example/x", "ftp://shop.example", "https://u@shop.example", "javascript:alert(1)",
        ] {
            #expect(throws: UntrustedCallError.self) { try url.redirected(to: location) }
        }
        let plain = try UntrustedURL("http://shop.example/")
        #expect(try plain.redirected(to: "https://shop.example/").isSecure)
    }
}
