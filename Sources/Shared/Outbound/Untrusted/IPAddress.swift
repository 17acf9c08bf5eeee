import Glibc

/// An address of the Internet, version 4 or 6.
package enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt128)

    /// Reads the usual text of an address: four decimal numbers without leading zeros, or RFC 4291's groups; nil for anything else, such
    /// as one number for all four or a zone.
    package init?(_ text: String) {
        guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self = .v4(UInt32(bigEndian: v4.s_addr))
            return
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        self = .v6(withUnsafeBytes(of: &v6, Self.number))
    }

    /// The address of a socket; nil for one of another family.
    init?(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
        switch Int32(address.pointee.sa_family) {
        case AF_INET where length >= socklen_t(MemoryLayout<sockaddr_in>.size):
            let bytes = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self)
            self = .v4(UInt32(bigEndian: bytes.sin_addr.s_addr))
        case AF_INET6 where length >= socklen_t(MemoryLayout<sockaddr_in6>.size):
            var bytes = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self)
            self = .v6(withUnsafeBytes(of: &bytes.sin6_addr, Self.number))
        default: return nil
        }
    }

    private static func number(of bytes: UnsafeRawBufferPointer) -> UInt128 {
        bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }
}

extension IPAddress: CustomStringConvertible {
    /// As ``init(_:)`` reads it; version 6 in eight groups.
    package var description: String {
        switch self {
        case .v4(let number):
            [24, 16, 8, 0].map { "\((number >> UInt32($0)) & 0xFF)" }.joined(separator: ".")
        case .v6(let number):
            (0..<8).map { String((number >> UInt128(112 - $0 * 16)) & 0xFFFF, radix: 16) }.joined(separator: ":")
        }
    }
}

extension IPAddress {
    package var isLoopback: Bool {
        switch self {
        case .v4(let number): number >> 24 == 127
        case .v6(let number): number == 1
        }
    }

    /// Whether it is one host's out in the Internet, after IANA's registries of special-purpose addresses.
    ///
    /// Not public is what stays within a machine, a link, a site or a provider, what is for many or for examples, and what carries an
    /// address of version 4 inside (mapped, NAT64, 6to4, Teredo): where that leads can't be told from here.
    package var isPublic: Bool {
        switch self {
        case .v4(let number): !Self.specialV4.contains { $0.contains(number) }
        case .v6(let number):
            number >> 125 == 0b001 && !Self.specialV6.contains { $0.contains(number) }
        }
    }

    /// A network: the bits that all of its addresses begin with.
    private struct Network<Number: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
        let start: Number
        let length: Int

        func contains(_ number: Number) -> Bool { (number ^ start) >> Number(Number.bitWidth - length) == 0 }
    }

    private static let specialV4: [Network<UInt32>] = [
        Network(start: 0x0000_0000, length: 8),  // this host on this network
        Network(start: 0x0A00_0000, length: 8),  // private
        Network(start: 0x6440_0000, length: 10),  // shared by a provider's customers (CGNAT)
        Network(start: 0x7F00_0000, length: 8),  // loopback
        Network(start: 0xA9FE_0000, length: 16),  // link-local, where clouds tell their secrets
        Network(start: 0xAC10_0000, length: 12),  // private
        Network(start: 0xC000_0000, length: 24),  // protocol assignments
        Network(start: 0xC000_0200, length: 24),  // documentation
        Network(start: 0xC058_6300, length: 24),  // 6to4 relays
        Network(start: 0xC0A8_0000, length: 16),  // private
        Network(start: 0xC612_0000, length: 15),  // benchmarks
        Network(start: 0xC633_6400, length: 24),  // documentation
        Network(start: 0xCB00_7100, length: 24),  // documentation
        Network(start: 0xE000_0000, length: 3),  // multicast, reserved, broadcast
    ]

    /// Within 2000::/3; everything outside is special.
    private static let specialV6: [Network<UInt128>] = [
        Network(start: 0x2001_0000 << 96, length: 23),  // protocol assignments, Teredo among them
        Network(start: 0x2001_0DB8 << 96, length: 32),  // documentation
        Network(start: 0x2002_0000 << 96, length: 16),  // 6to4
        Network(start: 0x3FFF_0000 << 96, length: 20),  // documentation
    ]
}
