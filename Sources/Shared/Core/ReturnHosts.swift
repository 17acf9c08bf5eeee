import Foundation

/// The hosts to which customers may be sent back from a gateway's page.
package struct ReturnHosts: Hashable, Sendable {
    private static let loopback: Set<String> = ["127.0.0.1", "localhost", "[::1]"]

    private let names: Set<String>

    /// - Parameter names: without ports; IPv6 addresses in brackets.
    package init(_ names: some Sequence<String>) { self.names = Set(names.map { $0.lowercased() }) }

    /// That of the API's own address, and this machine where the API is reached by that alone.
    init(publicURL: String) {
        let host = URLComponents(string: publicURL)?.host?.lowercased() ?? ""
        let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        self.init(Self.loopback.contains(name) ? Self.loopback : [name])
    }

    /// Whether a browser that is sent there ends up at one of them.
    ///
    /// Only what RFC 3986 calls a URL is read. Browsers read more, each in its way: a backslash as a slash, tabs as nothing, and what stands
    /// before an @ as the name of a user.
    package func admit(_ url: String) -> Bool {
        guard url.utf8.count <= 2_000, url.utf8.allSatisfy(Self.isAllowed), let authority = Self.authority(of: url)
        else {
            return false
        }
        return Self.host(of: authority).map { names.contains($0.lowercased()) } ?? false
    }

    /// Braces are none of RFC 3986's; gateways replace what stands in them.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !#""<>\^`|"#.utf8.contains(byte)
    }

    private static func authority(of url: String) -> Substring? {
        guard let separator = url.firstRange(of: "://"),
            ["http", "https"].contains(url[..<separator.lowerBound].lowercased())
        else { return nil }
        return url[separator.upperBound...].prefix { !"/?#".contains($0) }
    }

    /// Nil where there is more than a host and a port.
    private static func host(of authority: Substring) -> Substring? {
        let end = authority.first == "[" ? authority.firstIndex(of: "]").map(authority.index(after:)) : nil
        let host = end.map { authority[..<$0] } ?? authority.prefix { $0 != ":" }
        guard host.utf8.allSatisfy(isHostByte) else { return nil }
        let rest = authority[host.endIndex...]
        guard !rest.isEmpty else { return host }
        let digits = rest.dropFirst()
        guard rest.first == ":", (1...5).contains(digits.count), digits.allSatisfy({ ("0"..."9").contains($0) }),
            let port = Int(digits), (1...65_535).contains(port)
        else { return nil }
        return host
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._[:]".utf8.contains(byte)
        }
    }
}
