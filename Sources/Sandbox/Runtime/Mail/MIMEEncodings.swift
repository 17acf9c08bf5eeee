enum QuotedPrintable {
    /// Decodes a body; what isn't an escape stays as it is.
    static func decode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var decoded: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                decoded.append(byte)
                continue
            }
            let next = rest.prefix(2)
            // A sign would be read as part of the number.
            if next.count == 2, !"+-".utf8.contains(rest[rest.startIndex]),
                let value = UInt8(String(decoding: next, as: UTF8.self), radix: 16)
            {
                decoded.append(value)
                rest = rest.dropFirst(2)
            } else if rest.first == 0x0A {
                rest = rest.dropFirst()
            } else if next.elementsEqual([0x0D, 0x0A]) {
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return decoded
    }
}

enum Charset {
    /// UTF-8 and Latin-1; other character sets are read as UTF-8 with replacement characters.
    static func decode(_ bytes: [UInt8], _ name: String) -> String {
        switch name.lowercased() {
        case "iso-8859-1", "latin1", "windows-1252":
            String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        default: String(decoding: bytes, as: UTF8.self)
        }
    }
}

/// `=?utf-8?B?…?=` and `=?utf-8?Q?…?=` in headers (RFC 2047).
enum EncodedWord {
    static func decode(_ value: String) -> String {
        var decoded = ""
        var rest = value[...]
        var lastWasWord = false
        while let start = rest.firstRange(of: "=?") {
            let before = rest[..<start.lowerBound]
            guard let word = word(at: rest[start.lowerBound...]) else {
                decoded += rest[..<start.upperBound]
                rest = rest[start.upperBound...]
                lastWasWord = false
                continue
            }
            // White space between two encoded words is not part of the text.
            if !(lastWasWord && before.allSatisfy(\.isWhitespace)) { decoded += before }
            decoded += word.text
            rest = word.rest
            lastWasWord = true
        }
        return decoded + rest
    }

    private static func word(at text: Substring) -> (text: String, rest: Substring)? {
        let parts = text.dropFirst(2).split(separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[3].first == "=" else { return nil }
        let rest = parts[3].dropFirst()
        switch parts[1].lowercased() {
        case "b":
            guard let bytes = Base64.decode(parts[2]) else { return nil }
            return (Charset.decode(bytes, String(parts[0])), rest)
        case "q":
            let spaced = parts[2].utf8.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 }
            return (Charset.decode(QuotedPrintable.decode(spaced), String(parts[0])), rest)
        default: return nil
        }
    }
}
