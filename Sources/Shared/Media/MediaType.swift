import Core
import Postgres

/// What a file may be. SVG and HTML are not among them: a browser would run what stands in them.
package enum MediaType: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    case jpeg = "image/jpeg"
    case png = "image/png"
    case webP = "image/webp"
    case gif = "image/gif"
    case pdf = "application/pdf"
    case csv = "text/csv"
    case json = "application/json"
    case zip = "application/zip"
    /// Whatever else a program keeps as a file.
    case binary = "application/octet-stream"

    /// Whether a browser shows it in a page; everything else it keeps as a file.
    package var isShownInPages: Bool {
        switch self {
        case .jpeg, .png, .webP, .gif: true
        case .pdf, .csv, .json, .zip, .binary: false
        }
    }

    /// Those that somebody may upload.
    package static var uploaded: [MediaType] {
        let taken = MediaPurpose.allCases.filter(\.isUploaded).reduce(into: Set()) { $0.formUnion($1.contentTypes) }
        return allCases.filter(taken.contains)
    }

    /// So many of the first bytes tell whether a file is of its type.
    static let signatureLength = 16

    /// Whether a file that begins so is of this type.
    /// - Parameter start: the first ``signatureLength`` bytes, or all of a shorter file.
    func isBegun(by start: [UInt8]) -> Bool {
        switch self {
        case .jpeg: start.starts(with: [0xFF, 0xD8, 0xFF])
        case .png: start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) && start.has("IHDR", at: 12)
        case .webP: start.has("RIFF", at: 0) && start.has("WEBP", at: 8)
        case .gif: start.has("GIF87a", at: 0) || start.has("GIF89a", at: 0)
        case .pdf: start.has("%PDF-", at: 0)
        case .csv: !Self.isMarkup(start) && !Self.binaryTypes.contains { $0.isBegun(by: start) }
        case .json: start.has("{", at: 0)
        case .zip: start.starts(with: [0x50, 0x4B, 0x03, 0x04]) || start.starts(with: [0x50, 0x4B, 0x05, 0x06])
        case .binary: !Self.isMarkup(start)
        }
    }

    /// What a picture is by its first bytes; nil for what is none.
    package static func picture(begunBy bytes: [UInt8]) -> MediaType? {
        let start = Array(bytes.prefix(signatureLength))
        return [.jpeg, .png, .webP, .gif].first { $0.isBegun(by: start) }
    }

    /// Whether a file of this type may have these bytes. A table is text, in whatever encoding that leaves ASCII as it is.
    func mayContain(_ bytes: some Sequence<UInt8>) -> Bool {
        guard self == .csv || self == .json else { return true }
        return bytes.allSatisfy { $0 >= 0x20 ? $0 != 0x7F : $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    }

    private static let binaryTypes: [MediaType] = [.jpeg, .png, .webP, .gif, .pdf]

    /// Behind a byte-order mark and blanks, as browsers look for it.
    private static func isMarkup(_ start: [UInt8]) -> Bool {
        let text = start.starts(with: [0xEF, 0xBB, 0xBF]) ? start.dropFirst(3) : start[...]
        return text.first { ![0x09, 0x0A, 0x0C, 0x0D, 0x20].contains($0) } == UInt8(ascii: "<")
    }
}

extension [UInt8] {
    fileprivate func has(_ word: StaticString, at offset: Int) -> Bool {
        dropFirst(offset).prefix(word.utf8CodeUnitCount).isEqual(to: word)
    }
}
