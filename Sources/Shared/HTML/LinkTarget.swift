/// Where a link may lead.
enum LinkTarget {
    /// Whether browsers understand the bytes as a path of this site, a part of the page, or an `http` or `https` URL. They drop
    /// tabs and line breaks and take `\` for `/`, so none of these may occur.
    static func isSafe(_ url: some Collection<UInt8>) -> Bool {
        guard !url.contains(where: { $0 <= 0x20 || $0 == 0x7f || $0 == UInt8(ascii: "\\") }) else { return false }
        if begins(url, with: "http://") || begins(url, with: "https://") { return true }
        guard !begins(url, with: "//") else { return false }
        let firstSegment = url.prefix { !"/?#".utf8.contains($0) }
        return !firstSegment.contains(UInt8(ascii: ":"))
    }

    /// `prefix` is in small letters.
    private static func begins(_ url: some Collection<UInt8>, with prefix: String) -> Bool {
        url.prefix(prefix.utf8.count).elementsEqual(prefix.utf8) { byte, letter in
            byte == letter || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte | 0x20 == letter
        }
    }
}
