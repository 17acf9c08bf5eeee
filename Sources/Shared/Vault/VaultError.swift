package import Foundation

/// Why a secret can't be sealed or opened. None of them shows anything of a secret or a key.
package enum VaultError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The data key was wrapped with a key-encryption key that the settings do not name.
    case unknownEncryptionKey(stored: String, configured: [String])
    /// The secret was sealed with another data key than this one, or with one that is not on record.
    case unknownDataKey(UUID)
    /// A later release wrote it, or it is no sealed secret at all.
    case unknownFormat
    /// It was changed, or stands in another place than the one for which it was sealed.
    case damaged
    /// No data key of the scope came about, whatever was tried.
    case noDataKey(KeyScope)
    /// More at once than one data key may seal.
    case tooMany

    package var description: String {
        switch self {
        case .unknownEncryptionKey(let stored, let configured): Self.text(stored: stored, configured: configured)
        case .unknownDataKey(let id): "a secret was sealed with another data key than \(id)"
        case .unknownFormat: "a sealed secret has a format that this release does not know"
        case .damaged: "a sealed secret does not match its authentication tag"
        case .noDataKey(let scope): "\(scope) has no data key"
        case .tooMany: "more secrets at once than a data key may seal"
        }
    }

    /// - Parameter configured: the current key first.
    package static func text(stored: String, configured: [String]) -> String {
        let retired = configured.dropFirst()
        let others = retired.isEmpty ? "" : ", HAAT_ENCRYPTION_KEYS_RETIRED \(retired.joined(separator: ", "))"
        return
            "HAAT_ENCRYPTION_KEY has the fingerprint \(configured.first ?? "-")\(others), but secrets of this database "
            + "need the key \(stored)"
    }
}
