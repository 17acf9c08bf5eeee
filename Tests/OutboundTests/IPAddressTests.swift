import Testing

@testable import Outbound

@Suite("Addresses of the Internet")
struct IPAddressTests {
    @Test(
        "One host's address in the Internet is public",
        arguments: [
            "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
            "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0",
            "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2000::1",
            "2001:200::1", "2001:db7:ffff::", "2001:db9::", "2003::1", "2606:4700:4700::1111", "2a00:1450::1",
            "3ffe:ffff::1",
        ])
    func publicAddresses(text: String) throws {
        #expect(try #require(IPAddress(text)).isPublic)
    }

    @Test(
        "What is private, local, shared, reserved, for many, for examples or carries another address is not",
        arguments: [
            "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
            "127.255.255.255", "169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.1",
            "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255",
            "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
            "::", "::1", "::8.8.8.8", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::1",
            "100::1",
            "1fff:ffff::", "2001::1", "2001:2::1", "2001:10::1", "2001:1ff:ffff::", "2001:db8::1", "2001:db8:ffff::",
            "2002:808:808::1", "3fff::1", "3fff:fff:ffff::", "4000::", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1",
            "febf::1", "fec0::1", "ff02::1",
        ])
    func specialAddresses(text: String) throws {
        #expect(try !#require(IPAddress(text)).isPublic)
    }

    @Test("Each address has one text, which is read again")
    func texts() throws {
        for text in ["1.2.3.4", "255.255.255.255", "2001:db8::1", "::", "::ffff:1.2.3.4", "fe80::1"] {
            let address = try #require(IPAddress(text))
            #expect(IPAddress("\(address)") == address)
        }
        #expect(IPAddress("1.2.3.4")?.description == "1.2.3.4")
        #expect(IPAddress("2001:DB8::a")?.description == "2001:db8:0:0:0:0:0:a")
    }

    @Test(
        "Other ways to write an address are none",
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "01.2.3.4", "1.2.3.256",
            " 1.2.3.4",
            "1.2.3.4 ", "fe80::1%eth0", "[::1]", ":::1", "1.2.3.4\u{0}", "localhost",
        ])
    func otherTexts(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("Loopback is this machine alone")
    func loopback() {
        for text in ["127.0.0.1", "127.255.0.1", "::1"] { #expect(IPAddress(text)?.isLoopback == true) }
        for text in ["128.0.0.1", "::2", "::ffff:127.0.0.1", "0.0.0.0"] {
            #expect(IPAddress(text)?.isLoopback == false)
        }
    }
}
