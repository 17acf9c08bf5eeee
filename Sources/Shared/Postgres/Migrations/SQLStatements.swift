/// Takes an SQL text apart at the semicolons between its statements.
///
/// It knows quotes, dollar quotes, comments and parentheses, not the bodies of `BEGIN ATOMIC`. What never ends goes to the
/// server as it is, which says so.
struct SQLStatements {
    private let text: [UInt8]
    private var position = 0
    private var start = 0
    /// Whether there is more since `start` than spaces and comments.
    private var hasContent = false
    private var parentheses = 0
    private var statements: [String] = []

    /// - Returns: the statements without their semicolons; those of spaces and comments alone are left out.
    static func split(_ sql: String) -> [String] {
        var splitter = SQLStatements(sql)
        splitter.run()
        return splitter.statements
    }

    private init(_ sql: String) {
        text = Array(sql.utf8)
    }

    private mutating func run() {
        while let byte = byte(at: 0) {
            switch byte {
            case UInt8(ascii: "-") where self.byte(at: 1) == UInt8(ascii: "-"): skipLine()
            case UInt8(ascii: "/") where self.byte(at: 1) == UInt8(ascii: "*"): skipComment()
            case UInt8(ascii: ";") where parentheses == 0: endStatement()
            default: readContent(byte)
            }
        }
        endStatement()
    }

    private mutating func readContent(_ byte: UInt8) {
        if !Self.isSpace(byte) { hasContent = true }
        switch byte {
        case UInt8(ascii: "'"): skipQuoted(byte, escapes: isEscapeString)
        case UInt8(ascii: "\""): skipQuoted(byte, escapes: false)
        case UInt8(ascii: "$"): skipDollarQuoted()
        case UInt8(ascii: "("):
            parentheses += 1
            position += 1
        case UInt8(ascii: ")"):
            parentheses = max(0, parentheses - 1)
            position += 1
        default: position += 1
        }
    }

    private mutating func endStatement() {
        if hasContent { statements.append(String(decoding: text[start..<min(position, text.count)], as: UTF8.self)) }
        hasContent = false
        position += 1
        start = min(position, text.count)
    }

    private mutating func skipLine() {
        while let byte = byte(at: 0), byte != UInt8(ascii: "\n") { position += 1 }
    }

    /// Comments of this kind nest.
    private mutating func skipComment() {
        var depth = 0
        repeat {
            switch (byte(at: 0), byte(at: 1)) {
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                depth += 1
                position += 2
            case (UInt8(ascii: "*"), UInt8(ascii: "/")):
                depth -= 1
                position += 2
            default: position += 1
            }
        } while depth > 0 && position < text.count
    }

    private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) {
        position += 1
        while let byte = byte(at: 0) {
            position += escapes && byte == UInt8(ascii: "\\") ? 2 : 1
            // A doubled quote ends one part and begins the next.
            if byte == quote { return }
        }
    }

    private mutating func skipDollarQuoted() {
        guard let tag = dollarTag else {
            position += 1
            return
        }
        position += tag.count
        while position < text.count {
            if text[position...].starts(with: tag) {
                position += tag.count
                return
            }
            position += 1
        }
    }

    /// `$$` or `$word$` at the position; not the parameter `$1`, and not within a word.
    private var dollarTag: [UInt8]? {
        if let before = byte(at: -1), Self.isWord(before) { return nil }
        let word = text[(position + 1)...].prefix(while: Self.isWord)
        if let first = word.first, Self.isDigit(first) { return nil }
        guard byte(at: word.count + 1) == UInt8(ascii: "$") else { return nil }
        return [UInt8(ascii: "$")] + word + [UInt8(ascii: "$")]
    }

    /// Whether the quote at the position belongs to an `E'…'`, in which backslashes count.
    private var isEscapeString: Bool {
        guard let before = byte(at: -1), before == UInt8(ascii: "E") || before == UInt8(ascii: "e") else {
            return false
        }
        guard let further = byte(at: -2) else { return true }
        return !Self.isWord(further)
    }

    private func byte(at offset: Int) -> UInt8? {
        let index = position + offset
        return text.indices.contains(index) ? text[index] : nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte >= 0x80
    }
}
