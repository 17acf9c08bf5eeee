#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

enum Base64 {
    static func encode(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

    /// Nil where the text is not Base64. White space is skipped, as mail bodies are folded.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let dense = String(text.unicodeScalars.filter { !$0.properties.isWhitespace }.map(Character.init))
        return Data(base64Encoded: dense).map(Array.init)
    }
}
