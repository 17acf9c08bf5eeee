import Core
import Endpoints
import HTTPTypes
import Hummingbird
import Media

/// With which headers a file goes out: so that no browser takes it for something else, runs anything in it, or forgets what it may keep.
struct MediaHeaders {
    private static let policy: HTTPField.Name? = HTTPField.Name("Content-Security-Policy")
    private static let resourcePolicy: HTTPField.Name? = HTTPField.Name("Cross-Origin-Resource-Policy")
    private static let referrerPolicy: HTTPField.Name? = HTTPField.Name("Referrer-Policy")

    let caching: HTTPFields
    let all: HTTPFields
    private let tag: EntityTag

    init(of media: MediaFile) {
        let isPublic = media.visibility == .public
        tag = EntityTag(text: "\"\(Base64URL.encode(media.sha256))\"")
        // A file never changes; another one has another id.
        let caching: HTTPFields = [
            .eTag: tag.text, .cacheControl: isPublic ? "public, max-age=31536000, immutable" : "private, no-store",
        ]
        var all = caching
        all[.contentType] = media.contentType.rawValue
        all[.contentDisposition] = Self.disposition(of: media)
        all[.acceptRanges] = "bytes"
        all[.xContentTypeOptions] = "nosniff"
        if let policy = Self.policy { all[policy] = "default-src 'none'; sandbox" }
        // Shops on other hosts show public images; nobody learns from where a private one was fetched.
        if let resourcePolicy = Self.resourcePolicy, isPublic { all[resourcePolicy] = "cross-origin" }
        if let referrerPolicy = Self.referrerPolicy { all[referrerPolicy] = "no-referrer" }
        self.caching = caching
        self.all = all
    }

    /// Whether the request names this very content as what it has.
    func areKnown(to request: Request) -> Bool {
        request.headers[.ifNoneMatch].map { tag.isNamed(in: UTF8Text($0)) } ?? false
    }

    /// The part that a request asks for; nil for all of it, also where it has a part of another content.
    func range(in request: Request) -> String? {
        guard request.method == .get, let range = request.headers[.range] else { return nil }
        guard let condition = request.headers[.ifRange] else { return range }
        return UTF8Text(condition) == UTF8Text(tag.text) ? range : nil
    }

    /// RFC 6266: a name in ASCII for old programs, and as it is in UTF-8.
    private static func disposition(of media: MediaFile) -> String {
        let kind = media.contentType.isShownInPages ? "inline" : "attachment"
        guard let name = media.fileName else { return kind }
        let plain = name.unicodeScalars.map { scalar -> Character in
            let isSafe =
                scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F
                && !#""\/%;"#.unicodeScalars.contains(scalar)
            return isSafe ? Character(scalar) : "_"
        }
        return "\(kind); filename=\"\(String(plain))\"; filename*=UTF-8''\(percentEncoded(name))"
    }

    /// RFC 8187's attr-char as they are; a separator of paths is none of a name.
    private static func percentEncoded(_ name: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                encoded.append(byte)
            case _ where "!#$&+-.^_`|~".utf8.contains(byte): encoded.append(byte)
            case UInt8(ascii: "/"), UInt8(ascii: "\\"): encoded.append(UInt8(ascii: "_"))
            default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
