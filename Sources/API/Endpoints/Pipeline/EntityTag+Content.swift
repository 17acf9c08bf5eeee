import Crypto
import NIOCore

extension EntityTag {
    /// The tag of content; weak, because the same content may go out compressed.
    static func content(_ body: ByteBuffer) -> EntityTag {
        let digest = SHA256.hash(data: body.readableBytesView).prefix(12)
        let digits = digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return EntityTag(text: "W/\"\(digits.joined())\"")
    }
}
