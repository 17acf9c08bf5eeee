/// Cells that spreadsheets would take for formulas: in our own files an apostrophe stands before them.
package enum SpreadsheetText {
    private static let signs: Set<UInt8> = [
        UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: "'"), 0x09, 0x0D,
    ]

    /// As a cell of a file.
    package static func guarded(_ text: String) -> String {
        guard let first = text.utf8.first, signs.contains(first) else { return text }
        return "'" + text
    }

    /// What a cell of a file means.
    package static func unguarded(_ text: String) -> String {
        guard text.utf8.first == UInt8(ascii: "'"), let second = text.utf8.dropFirst().first, signs.contains(second)
        else { return text }
        return String(text.dropFirst())
    }
}
