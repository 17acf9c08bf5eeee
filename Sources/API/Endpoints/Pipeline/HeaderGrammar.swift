import Core

/// How request headers that endpoints share are written (RFC 9110), apart from what their answers come to.
enum HeaderGrammar {
    /// The token of an `Authorization: Bearer …` (RFC 6750); nil for anything else.
    static func bearerToken(in header: UTF8Text) -> UTF8Text? {
        let space = UInt8(ascii: " ")
        let parts = header.utf8.split(separator: space, maxSplits: 1)
        guard parts.count == 2, parts[0].isEqualIgnoringCase(to: "bearer") else { return nil }
        let token = parts[1].trimmingBlanks()
        guard !token.isEmpty, !token.contains(space) else { return nil }
        return UTF8Text(Substring(token))
    }

    /// Whether a `Content-Type` says this type, in UTF-8.
    static func isUTF8(_ contentType: UTF8Text, _ mediaType: StaticString) -> Bool {
        let parts = contentType.utf8.split(separator: UInt8(ascii: ";")).map { part in
            part.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "\"") }
        }
        guard let type = parts.first, type.isEqualIgnoringCase(to: mediaType) else { return false }
        return parts.dropFirst().allSatisfy { parameter in
            !parameter.prefix(8).isEqualIgnoringCase(to: "charset=")
                || parameter.isEqualIgnoringCase(to: "charset=utf-8")
        }
    }

    /// The one of these media types that a `Content-Type` says, whatever its parameters; nil where it says another.
    static func mediaType(in contentType: UTF8Text, among types: [String]) -> String? {
        let type = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }.trimmingBlanks()
        return types.first { known in type.elementsEqual(known.utf8) { ASCIILetter.lowercased($0) == $1 } }
    }

    /// Whether an `Accept-Encoding` lets us send gzip (section 12.5.3).
    static func acceptsGzip(_ header: UTF8Text?) -> Bool {
        guard let header else { return false }
        var wildcard = false
        for part in header.utf8.split(separator: UInt8(ascii: ",")) {
            let sides = part.split(separator: UInt8(ascii: ";"), maxSplits: 1, omittingEmptySubsequences: false)
            let coding = sides[0].trimmingBlanks()
            let isWanted = sides.count < 2 || isPositive(weight: sides[1].trimmingBlanks())
            if coding.isEqualIgnoringCase(to: "gzip") || coding.isEqualIgnoringCase(to: "x-gzip") { return isWanted }
            if coding.isEqual(to: "*") { wildcard = isWanted }
        }
        return wildcard
    }

    /// `q=` and at most five characters.
    private static func isPositive(weight: Substring.UTF8View) -> Bool {
        guard weight.count <= 7, weight.prefix(2).isEqualIgnoringCase(to: "q=") else { return false }
        return Double(Substring(weight.dropFirst(2))).map { $0 > 0 } ?? false
    }

    /// The entry of `X-Forwarded-For` that our outermost proxy wrote; everything left of it is the client's own claim. An
    /// entry that can't be an address with a port does not count.
    static func forwardedAddress(in header: UTF8Text, trustedProxies: Int) -> String? {
        guard trustedProxies > 0 else { return nil }
        let hops = header.utf8.split(separator: UInt8(ascii: ","))
        guard hops.count >= trustedProxies else { return nil }
        let address = hops[hops.count - trustedProxies].trimmingBlanks()
        guard (1...64).contains(address.count), address.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(Substring(address))
    }
}
