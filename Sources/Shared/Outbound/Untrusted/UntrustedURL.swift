import Core
import Foundation

/// A web address that a stranger has chosen, read in one way only: what RFC 3986 calls a URL, in ASCII, and nothing that programs read
/// differently from one another.
package struct UntrustedURL: Hashable, Sendable {
    enum Host: Hashable, Sendable {
        /// In small letters.
        case name(String)
        case address(IPAddress)
    }

    static let maximumLength = 2048

    package let isSecure: Bool
    let host: Host
    let port: Int
    /// Path and query, beginning with a slash.
    let target: String

    /// - Throws: ``UntrustedCallError/refused(_:)``.
    package init(_ text: String) throws(UntrustedCallError) {
        guard text.utf8.count <= Self.maximumLength else { throw .refused("the address is too long") }
        guard text.utf8.allSatisfy(Self.isAllowed) else {
            throw .refused("the address has characters that have to be written as %…")
        }
        guard let separator = text.firstRange(of: "://") else { throw .refused("the address is not a complete one") }
        switch text[..<separator.lowerBound].lowercased() {
        case "https": isSecure = true
        case "http": isSecure = false
        default: throw .refused("only http and https addresses are called")
        }
        let rest = text[separator.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { throw .refused("the address contains a user or a password") }
        (host, port) = try Self.read(authority, defaultPort: isSecure ? 443 : 80)
        let target = rest[authority.endIndex...].prefix { $0 != "#" }
        self.target = target.first == "/" ? String(target) : "/\(target)"
    }

    /// The URL as it is called: with the host as it was understood.
    var text: String {
        let isDefault = port == (isSecure ? 443 : 80)
        return "\(isSecure ? "https" : "http")://\(hostText)\(isDefault ? "" : ":\(port)")\(target)"
    }

    /// The host as it stands in a URL.
    var hostText: String {
        switch host {
        case .name(let name): name
        case .address(.v4(let number)): IPAddress.v4(number).description
        case .address(.v6(let number)): "[\(IPAddress.v6(number))]"
        }
    }

    /// Whether both belong to one site, so that what is meant for the one may be told to the other.
    func hasOrigin(of other: UntrustedURL) -> Bool {
        isSecure == other.isSecure && host == other.host && port == other.port
    }

    /// Where a `Location` header leads from here.
    /// - Throws: ``UntrustedCallError/refused(_:)``, also for a way from https back to http.
    func redirected(to location: String) throws(UntrustedCallError) -> UntrustedURL {
        guard location.utf8.count <= Self.maximumLength,
            let resolved = URL(string: location, relativeTo: URL(string: text))?.absoluteString
        else { throw .refused("the redirect leads nowhere") }
        let next = try UntrustedURL(resolved)
        guard next.isSecure || !isSecure else { throw .refused("the redirect leads from https to http") }
        return next
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && !#""<>\^`{|}"#.utf8.contains(byte)
    }

    private static func read(
        _ authority: Substring, defaultPort: Int
    ) throws(UntrustedCallError) -> (Host, Int) {
        let isBracketed = authority.first == "["
        let end =
            isBracketed ? authority.firstIndex(of: "]").map(authority.index(after:)) : authority.firstIndex(of: ":")
        let text = authority[..<(end ?? authority.endIndex)]
        let rest = authority[text.endIndex...]
        guard let host = isBracketed ? address(in: text) : name(text) else {
            throw .refused("the address names no host")
        }
        guard !rest.isEmpty else { return (host, defaultPort) }
        let digits = rest.dropFirst()
        guard rest.first == ":", (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(isDigit),
            let port = Int(digits), (1...65_535).contains(port)
        else { throw .refused("the address has a malformed port") }
        return (host, port)
    }

    private static func address(in brackets: Substring) -> Host? {
        guard brackets.last == "]", case .v6(let number)? = IPAddress(String(brackets.dropFirst().dropLast())) else {
            return nil
        }
        return .address(.v6(number))
    }

    /// A name of letters, digits, hyphens and underscores. What ends in a number is an address and has to be a proper one: resolvers
    /// take `127.1` and `0x7f000001` for addresses, too.
    private static func name(_ text: Substring) -> Host? {
        let name = text.lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...253).contains(name.utf8.count), labels.allSatisfy(isLabel), let last = labels.last else {
            return nil
        }
        guard last.utf8.allSatisfy(isDigit) || last.hasPrefix("0x") else { return .name(name) }
        return IPAddress(name).map(Host.address)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { byte in
                isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
