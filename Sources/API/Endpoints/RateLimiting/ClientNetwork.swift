import Glibc

/// Whom limits count as one client: an IPv4 address, or the /64 of IPv6 that a single customer of a provider has to themselves, in which
/// addresses cost nothing.
enum ClientNetwork: Hashable, Sendable {
    case v4(UInt32)
    /// The first half of the addresses.
    case v6(UInt64)
    /// No address of either kind.
    case named(String)

    /// As proxies write addresses: with or without brackets, port and zone.
    init(_ text: String) {
        let host = Self.host(in: Array(text.utf8.prefix(64)))
        if let address = Self.parsed(host, AF_INET, as: in_addr()) {
            self = .v4(address.s_addr)
        } else if let address = Self.parsed(host, AF_INET6, as: in6_addr()) {
            self = withUnsafeBytes(of: address) { ClientNetwork(bytesOfV6: $0) }
        } else {
            self = .named(text)
        }
    }

    /// - Parameter bytes: the 16 of an address, in network order.
    init(bytesOfV6 bytes: UnsafeRawBufferPointer) {
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        // What translators make of IPv4 addresses (RFC 6052): all of IPv4 would be one client.
        let isTranslated =
            bytes.prefix(4).elementsEqual([0x00, 0x64, 0xFF, 0x9B]) && bytes[4..<12].allSatisfy { $0 == 0 }
        self =
            isMapped || isTranslated
            ? .v4(bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
            : .v6(bytes.loadUnaligned(as: UInt64.self))
    }

    /// The same text for the same network.
    var key: String {
        switch self {
        case .v4(let address): "4:\(address)"
        case .v6(let half): "6:\(half)"
        case .named(let text): "n:\(text)"
        }
    }

    private static func host(in text: [UInt8]) -> String {
        var host = text[...]
        if host.first == UInt8(ascii: "["), let end = host.firstIndex(of: UInt8(ascii: "]")) {
            host = host[..<end].dropFirst()
        } else if host.filter({ $0 == UInt8(ascii: ":") }).count == 1 {
            host = host.prefix { $0 != UInt8(ascii: ":") }
        }
        return String(decoding: host.prefix { $0 != UInt8(ascii: "%") }, as: UTF8.self)
    }

    private static func parsed<Address>(_ host: String, _ family: Int32, as empty: Address) -> Address? {
        var address = empty
        return inet_pton(family, host, &address) == 1 ? address : nil
    }
}
