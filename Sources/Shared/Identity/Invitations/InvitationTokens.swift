package import Core
import Crypto
import Foundation

/// The tokens of invitations. Each is derived from its invitation's id with a key of the installation: whoever sends the message
/// computes it again, and a copy of the database, which has its hash, tells nothing.
package struct InvitationTokens: Sendable {
    private let keys: [SymmetricKey]

    /// - Parameter keys: HAAT_ENCRYPTION_KEY and those before it: one that was made before a rotation can still be sent.
    package init(keys: RootKeys) { self.keys = keys.all.map { $0.derived(for: "invitation-token") } }

    /// The one with this hash, or with the present key where there is none yet.
    func token(of invitation: ID<Invitation>, hashed hash: [UInt8]? = nil) -> OpaqueToken? {
        let all = keys.lazy.map { key in
            OpaqueToken(
                .invitation,
                bytes: Array(
                    HMAC<SHA256>.authenticationCode(for: Array(invitation.description.utf8), using: key)))
        }
        guard let hash else { return all.first }
        return all.first { $0.hash == hash }
    }
}
