import Crypto
import Foundation
package import Postgres

/// A data key as it is stored: encrypted with a key-encryption key.
package struct WrappedKey: Hashable, Sendable {
    let id: UUID
    let scope: KeyScope
    let purpose: KeyPurpose
    let bytes: [UInt8]
    /// The key-encryption key's fingerprint.
    let wrappedBy: String
}

extension WrappedKey: PostgresRowDecodable {
    /// For statements that read secrets and join `data_keys`: both in one round trip.
    package static let columns = """
        data_keys.id AS data_key_id, data_keys.scope AS data_key_scope, data_keys.purpose AS data_key_purpose,
        data_keys.wrapped_key, data_keys.wrapped_by
        """

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let text: String = try row.decode("data_key_purpose")
        guard let purpose = KeyPurpose(rawValue: text) else { throw .decoding("a data key's purpose is not known") }
        self.purpose = purpose
        id = try row.decode("data_key_id")
        scope = KeyScope(try row.decode("data_key_scope"))
        bytes = try row.decode("wrapped_key")
        wrappedBy = try row.decode("wrapped_by")
    }
}
