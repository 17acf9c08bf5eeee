package import Core
import Crypto
package import Foundation

/// Where files are fetched, and the links by which private ones are: each opens one file until a moment.
///
/// A link is proven by an HMAC with a key of its own, derived from the installation's encryption key, so that any process can check what
/// another has made, and a rotation leaves the links of the retired keys good.
package struct MediaLinks: Sendable {
    /// How long a link may be good, in seconds.
    package static let lifetime = 60...86_400

    private let keys: [SymmetricKey]
    private let publicURL: String

    /// - Parameter publicURL: where customers reach the API, without a final slash.
    package init(keys: RootKeys, publicURL: String) {
        self.keys = keys.all.map { $0.derived(for: "media-link") }
        self.publicURL = publicURL
    }

    /// Where a public file is.
    package func address(of media: ID<MediaFile>) -> String { "\(publicURL)/media/\(media)" }

    /// The public file that is at an address; nil where it is not one of ours.
    package func media(at address: String) -> ID<MediaFile>? {
        let prefix = "\(publicURL)/media/".utf8
        guard address.utf8.starts(with: prefix) else { return nil }
        return ID(String(decoding: address.utf8.dropFirst(prefix.count), as: UTF8.self))
    }

    /// A link to a file, whatever its visibility.
    /// - Parameter expiry: in whole seconds; what is left over is cut off.
    package func link(to media: ID<MediaFile>, until expiry: Date) -> String {
        let seconds = Int64(expiry.timeIntervalSince1970.rounded(.down))
        let proof = Base64URL.encode(Self.proof(media, seconds, keys[0]))
        return "\(address(of: media))?expires=\(seconds)&signature=\(proof)"
    }

    /// Whether the parameters of a link open a file now; the time it takes does not tell how much of a signature is right.
    package func opens(_ media: ID<MediaFile>, expires: String, signature: String, at now: Date) -> Bool {
        guard expires.utf8.count <= 12, let seconds = Int64(expires), "\(seconds)" == expires,
            TimeInterval(seconds) > now.timeIntervalSince1970, signature.utf8.count <= 64,
            let shown = Base64URL.decode(signature)
        else { return false }
        return keys.reduce(false) { isOpen, key in
            ConstantTime.areEqual(Self.proof(media, seconds, key), shown) || isOpen
        }
    }

    private static func proof(_ media: ID<MediaFile>, _ seconds: Int64, _ key: SymmetricKey) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("\(media) \(seconds)".utf8), using: key))
    }
}

/// A link that somebody has asked for.
package struct MediaLink: Sendable {
    package let url: Secret
    package let expiresAt: Date

    package init(url: Secret, expiresAt: Date) {
        self.url = url
        self.expiresAt = expiresAt
    }
}
