/// RFC 2045 section 6.7: readable for ASCII, safe for everything else, lines of at most 76 characters.
enum QuotedPrintable {
    private static let maximumLine = 76
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Line breaks of the text, in any style, become CRLF; trailing blanks are encoded so that no relay eats them.
    static func encode(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { encodeLine(Array($0.utf8)) }
            .joined(separator: "\r\n")
    }

    private static func encodeLine(_ bytes: [UInt8]) -> String {
        var lines: [[UInt8]] = [[]]
        for (index, byte) in bytes.enumerated() {
            let token = token(byte, isLast: index == bytes.count - 1)
            // One column stays free for the soft break.
            if lines[lines.count - 1].count + token.count > maximumLine - 1 {
                lines[lines.count - 1].append(UInt8(ascii: "="))
                lines.append([])
            }
            lines[lines.count - 1] += token
        }
        return lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\r\n")
    }

    private static func token(_ byte: UInt8, isLast: Bool) -> [UInt8] {
        let isBlank = byte == 0x20 || byte == 0x09
        let isPlain = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")
        if isPlain || (isBlank && !isLast) { return [byte] }
        return [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
