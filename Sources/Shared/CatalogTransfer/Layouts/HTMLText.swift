import Core

/// The words of a description in HTML, for a catalogue that keeps text: paragraphs and lines stay apart, lists keep their bullets.
///
/// It reads markup as it is found in shops, not as it should be: what is no tag is text, and what is not closed is closed at the end.
package struct HTMLText: Hashable, Sendable {
    package let text: String
    /// Whether pictures, films or links were in it, whose words alone are kept.
    package let hasLostMarkup: Bool

    package init(_ html: String) {
        var reader = HTMLReader(html)
        reader.read()
        text = reader.text
        hasLostMarkup = reader.hasLostMarkup
    }
}

private struct HTMLReader {
    private static let blocks: Set<String> = [
        "p", "div", "section", "article", "header", "footer", "ul", "ol", "dl", "table", "blockquote", "pre", "h1",
        "h2",
        "h3", "h4", "h5", "h6", "hr", "figure", "form",
    ]
    private static let lines: Set<String> = ["br", "tr", "dt", "dd", "figcaption", "option"]
    private static let withoutWords: Set<String> = ["script", "style", "template"]
    private static let lost: Set<String> = ["img", "a", "iframe", "video", "audio", "embed", "object", "source"]

    private let bytes: [UInt8]
    private let hasTags: Bool
    private var index = 0
    private var output: [UInt8] = []
    private var quotesAreClosed = true
    private(set) var hasLostMarkup = false

    init(_ html: String) {
        let bytes = Array(html.utf8)
        self.bytes = bytes
        hasTags = bytes.indices.contains { Self.isTag(bytes, at: $0) }
    }

    var text: String {
        var rest = output[...]
        while let last = rest.last, Self.isBlank(last) { rest.removeLast() }
        return String(decoding: rest.drop(while: Self.isBlank), as: UTF8.self)
    }

    mutating func read() {
        while index < bytes.count {
            if Self.isTag(bytes, at: index) {
                readTag()
            } else if bytes[index] == UInt8(ascii: "&"), let (character, end) = HTMLEntities.read(bytes, at: index) {
                output += Array(String(character).utf8)
                index = end
            } else {
                write(bytes[index])
                index += 1
            }
        }
    }

    /// In markup blanks and line ends are one blank; a text without any keeps its lines.
    private mutating func write(_ byte: UInt8) {
        guard hasTags, Self.isBlank(byte) else { return output.append(byte) }
        if let last = output.last, !Self.isBlank(last) { output.append(UInt8(ascii: " ")) }
    }

    private mutating func readTag() {
        if bytes[index...].starts(with: Array("<!--".utf8)) {
            index = end(of: "-->", from: index + 4)
            return
        }
        var start = index + 1
        if bytes[start] == UInt8(ascii: "/") { start += 1 }
        let isClosing = start > index + 1
        let nameEnd = bytes[start...].firstIndex { !Self.isLetter($0) && !(48...57).contains($0) } ?? bytes.count
        let name = String(decoding: bytes[start..<nameEnd].map(ASCIILetter.lowercased), as: UTF8.self)
        let tagEnd = endOfTag(from: nameEnd)
        if name == "img" || name == "area", let words = attribute("alt", in: nameEnd..<tagEnd) { output += words }
        index = tagEnd
        if Self.lost.contains(name) { hasLostMarkup = true }
        if Self.withoutWords.contains(name), !isClosing {
            index = end(of: "</\(name)", from: index)
            index = endOfTag(from: index)
        } else if Self.blocks.contains(name) {
            breakLine(2)
        } else if name == "li" {
            breakLine(1)
            if !isClosing { output += Array("• ".utf8) }
        } else if Self.lines.contains(name), !(isClosing && name == "br") {
            name == "br" ? output.append(UInt8(ascii: "\n")) : breakLine(1)
        } else if name == "td" || name == "th", !isClosing {
            write(UInt8(ascii: " "))
        }
    }

    private mutating func breakLine(_ count: Int) {
        while let last = output.last, last == UInt8(ascii: " ") { output.removeLast() }
        guard !output.isEmpty else { return }
        let there = output.reversed().prefix { $0 == UInt8(ascii: "\n") }.count
        for _ in min(there, count)..<count { output.append(UInt8(ascii: "\n")) }
    }

    /// Behind the sign that closes a tag, outside of quotes.
    private mutating func endOfTag(from start: Int) -> Int {
        var quote: UInt8?
        for index in start..<(quotesAreClosed ? bytes.count : start) {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return index + 1
            }
        }
        // A quote that is never closed was none; nobody looks for another end of it.
        quotesAreClosed = false
        return bytes[start...].firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? bytes.count
    }

    /// Behind `word`, or the end.
    private func end(of word: String, from start: Int) -> Int {
        let word = Array(word.utf8)
        var index = min(start, bytes.count)
        while index + word.count <= bytes.count {
            if bytes[index..<index + word.count].elementsEqual(word, by: { ASCIILetter.lowercased($0) == $1 }) {
                return index + word.count
            }
            index += 1
        }
        return bytes.count
    }

    private func attribute(_ name: String, in range: Range<Int>) -> [UInt8]? {
        let word = Array(" \(name)=".utf8)
        let start = range.first { start in
            start + word.count < range.upperBound
                && bytes[start..<start + word.count].elementsEqual(word) { ASCIILetter.lowercased($0) == $1 }
        }
        guard let behind = start.map({ $0 + word.count }) else { return nil }
        let quote = bytes[behind]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        return Array(bytes[(behind + 1)..<range.upperBound].prefix { $0 != quote })
    }

    private static func isTag(_ bytes: [UInt8], at index: Int) -> Bool {
        guard bytes[index] == UInt8(ascii: "<"), index + 1 < bytes.count else { return false }
        let next = bytes[index + 1]
        if next == UInt8(ascii: "/") { return index + 2 < bytes.count && isLetter(bytes[index + 2]) }
        return isLetter(next) || bytes[(index + 1)...].starts(with: Array("!--".utf8))
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (97...122).contains(ASCIILetter.lowercased(byte)) }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x09, 0x0A, 0x0D, 0x20].contains(byte) }
}

/// Characters that HTML writes by name or number.
private enum HTMLEntities {
    private static let named: [String: Character] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "copy": "©", "reg": "®",
        "trade": "™", "hellip": "…", "mdash": "—", "ndash": "–", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”",
        "sbquo": "‚", "bdquo": "„", "laquo": "«", "raquo": "»", "bull": "•", "middot": "·", "times": "×", "divide": "÷",
        "deg": "°", "plusmn": "±", "frac12": "½", "frac14": "¼", "frac34": "¾", "euro": "€", "pound": "£", "yen": "¥",
        "cent": "¢", "sect": "§", "para": "¶", "micro": "µ", "iexcl": "¡", "iquest": "¿", "auml": "ä", "ouml": "ö",
        "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß", "eacute": "é", "egrave": "è", "ecirc": "ê",
        "agrave": "à", "aacute": "á", "acirc": "â", "atilde": "ã", "aring": "å", "ccedil": "ç", "iacute": "í",
        "ntilde": "ñ", "oacute": "ó", "ocirc": "ô", "otilde": "õ", "oslash": "ø", "uacute": "ú", "ugrave": "ù",
        "ensp": " ", "emsp": " ", "thinsp": " ", "larr": "←", "rarr": "→", "le": "≤", "ge": "≥", "ne": "≠",
        "check": "✓",
    ]

    /// The character that begins at an ampersand, and where the text goes on; nil where it is only an ampersand.
    static func read(_ bytes: [UInt8], at index: Int) -> (Character, end: Int)? {
        let name = bytes[(index + 1)...].prefix(12)
        guard let length = name.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let word = String(decoding: bytes[(index + 1)..<length], as: UTF8.self)
        if let character = named[word] { return (character, length + 1) }
        guard word.utf8.first == UInt8(ascii: "#") else { return nil }
        let digits = word.dropFirst()
        let number =
            digits.utf8.first.map { $0 | 0x20 } == UInt8(ascii: "x")
            ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let scalar = number.flatMap(Unicode.Scalar.init), scalar.value >= 0x20 || scalar == "\n" else {
            return nil
        }
        return (Character(scalar), length + 1)
    }
}
