/// A mail's content taken apart for display (RFC 2045–2047, 5322).
struct MIMEMessage: Sendable {
    struct Header: Sendable, Equatable {
        let name: String
        /// Unfolded, encoded words decoded.
        let value: String
    }

    struct Attachment: Sendable, Equatable {
        let name: String
        let type: String
        let size: Int
    }

    private(set) var headers: [Header] = []
    private(set) var text: String?
    private(set) var html: String?
    private(set) var attachments: [Attachment] = []

    init(_ content: [UInt8]) {
        let part = MIMEPart(content[...])
        headers = part.headers.map { Header(name: $0.name, value: EncodedWord.decode($0.value)) }
        collect(part, depth: 0)
    }

    /// The first header of that name.
    subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    private mutating func collect(_ part: MIMEPart, depth: Int) {
        if part.type.hasPrefix("multipart/"), let boundary = part.parameters["boundary"], depth < 10 {
            for child in part.split(boundary: boundary) { collect(child, depth: depth + 1) }
            return
        }
        let isAttachment = part.disposition == "attachment"
        switch part.type {
        case "text/plain" where !isAttachment && text == nil: text = part.decodedText
        case "text/html" where !isAttachment && html == nil: html = part.decodedText
        default:
            attachments.append(
                Attachment(
                    name: EncodedWord.decode(part.filename ?? "unnamed"), type: part.type, size: part.decoded.count))
        }
    }
}

/// One part of a mail: its headers and its body as it came.
struct MIMEPart {
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var body: ArraySlice<UInt8>
    private(set) var type = "text/plain"
    private(set) var parameters: [String: String] = [:]
    private(set) var disposition: String?
    private(set) var filename: String?

    init(_ content: ArraySlice<UInt8>) {
        body = content
        readHeaders()
        if let value = self["Content-Type"] { (type, parameters) = Self.parameters(of: value) }
        filename = parameters["name"]
        if let value = self["Content-Disposition"] {
            let (word, parameters) = Self.parameters(of: value)
            disposition = word
            filename = parameters["filename*"].flatMap(Self.extendedValue) ?? parameters["filename"] ?? filename
        }
    }

    subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    private mutating func readHeaders() {
        while let line = takeLine() {
            guard !line.isEmpty else { return }
            let text = String(decoding: line, as: UTF8.self)
            if text.first == " " || text.first == "\t" {
                guard !headers.isEmpty else { continue }
                headers[headers.count - 1].value += " " + text.drop { $0 == " " || $0 == "\t" }
            } else if let colon = text.firstIndex(of: ":") {
                let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
                headers.append((String(text[..<colon]), String(value)))
            }
        }
    }

    private mutating func takeLine() -> ArraySlice<UInt8>? {
        guard !body.isEmpty else { return nil }
        guard let end = body.firstIndex(of: 0x0A) else {
            defer { body = [] }
            return body
        }
        var line = body[..<end]
        body = body[(end + 1)...]
        if line.last == 0x0D { line.removeLast() }
        return line
    }

    /// `text/html; charset="utf-8"` as the lowercase word and the parameters.
    static func parameters(of value: String) -> (String, [String: String]) {
        var pieces: [String] = [""]
        var quoted = false
        for character in value {
            if character == "\"" { quoted.toggle() }
            if character == ";", !quoted { pieces.append("") } else { pieces[pieces.count - 1].append(character) }
        }
        var parameters: [String: String] = [:]
        for piece in pieces.dropFirst() {
            let halves = piece.split(separator: "=", maxSplits: 1)
            guard halves.count == 2 else { continue }
            let name = halves[0].filter { !$0.isWhitespace }.lowercased()
            parameters[name] = halves[1].trimmed.replacing("\"", with: "")
        }
        return (pieces[0].trimmed.lowercased(), parameters)
    }

    /// `utf-8''r%C3%A4ch.pdf` (RFC 2231).
    private static func extendedValue(_ value: String) -> String? {
        let parts = value.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let escaped = parts[2].utf8.map { $0 == UInt8(ascii: "%") ? UInt8(ascii: "=") : $0 }
        return Charset.decode(QuotedPrintable.decode(escaped), String(parts[0]))
    }

    /// The parts between the boundaries.
    func split(boundary: String) -> [MIMEPart] {
        let marker = Array("--\(boundary)".utf8)
        var parts: [MIMEPart] = []
        var start: Int?
        var position = body.startIndex
        while position < body.endIndex {
            let end = body[position...].firstIndex(of: 0x0A) ?? body.endIndex - 1
            let line = body[position...end]
            if line.starts(with: marker) {
                if let start { parts.append(MIMEPart(Self.withoutLineEnd(body[start..<position]))) }
                start = end + 1
                if line.dropFirst(marker.count).starts(with: "--".utf8) { return parts }
            }
            position = end + 1
        }
        if let start, start < body.endIndex { parts.append(MIMEPart(body[start...])) }
        return parts
    }

    /// The line end before a boundary belongs to the boundary.
    private static func withoutLineEnd(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        return bytes
    }

    /// The body without its transfer encoding.
    var decoded: [UInt8] {
        switch self["Content-Transfer-Encoding"]?.trimmed.lowercased() {
        case "base64": Base64.decode(String(decoding: body, as: UTF8.self)) ?? Array(body)
        case "quoted-printable": QuotedPrintable.decode(body)
        default: Array(body)
        }
    }

    /// The body as text with plain line ends.
    var decodedText: String {
        Charset.decode(decoded, parameters["charset"] ?? "utf-8").replacing("\r\n", with: "\n")
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        let end = start.lastIndex { !$0.isWhitespace }
        return end.map { String(start[...$0]) } ?? ""
    }
}
