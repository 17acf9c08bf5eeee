import Crypto

/// The style sheet of all pages. Its address names its content, so browsers may keep it for good.
package enum StyleSheet {
    package static let contentType = "text/css; charset=utf-8"

    /// The sheet in UTF-8.
    package static let utf8 = PackageResources.style_css

    /// 16 hexadecimal digits that stand for the content.
    package static let version = SHA256.hash(data: utf8).prefix(8)
        .map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()

    /// Where pages look for it.
    package static let path = "/assets/\(version)/style.css"

    /// The `Cache-Control` of an answer to a request for this version. Whoever asks for another, as happens while a new release
    /// is rolled out, is given the present one for this once.
    package static func cacheControl(askedFor version: some StringProtocol) -> String {
        version.utf8.elementsEqual(Self.version.utf8) ? "public, max-age=31536000, immutable" : "no-cache"
    }
}
