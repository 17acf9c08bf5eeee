import Core
import Foundation

/// Text in header lines. Whatever is not plain printable ASCII leaves as RFC 2047 encoded-words, so a line break in a value can't
/// begin a header of its own.
enum HeaderText {
    private static let prefix = "=?utf-8?B?"
    private static let suffix = "?="
    /// RFC 2047 limits lines with encoded-words to 76 characters: 39 bytes and the longest header name stay below 76 together.
    private static let bytesPerWord = 39
    private static let longestPlainLine = 200

    static func unstructured(_ text: String) -> String {
        let clean = withoutControls(text)
        return isPlain(clean) ? clean : encodedWords(clean)
    }

    static func mailbox(_ mailbox: Mailbox) -> String {
        guard let name = mailbox.name.map(withoutControls), !name.isEmpty else { return mailbox.address.rawValue }
        let isPhrase = isPlain(name) && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == " " }
        return "\(isPhrase ? name : encodedWords(name)) <\(mailbox.address.rawValue)>"
    }

    private static func withoutControls(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= longestPlainLine && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            && !text.contains("=?")
    }

    /// Splits between characters, never inside one, and folds between the words.
    private static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var chunk: [UInt8] = []
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if chunk.count + bytes.count > bytesPerWord {
                words.append(word(chunk))
                chunk = []
            }
            chunk += bytes
        }
        words.append(word(chunk))
        return words.joined(separator: "\r\n ")
    }

    private static func word(_ bytes: [UInt8]) -> String {
        prefix + Data(bytes).base64EncodedString() + suffix
    }
}
