import Crypto
import Foundation

/// The bytes of a sealed secret: a version, the data key's identifier, a random nonce, the ciphertext (AES-256-GCM) and its tag.
enum SealedBox {
    /// What sealing adds to a secret.
    static let overhead = headerCount + nonceCount + tagCount

    private static let version: UInt8 = 1
    private static let headerCount = 1 + 16
    private static let nonceCount = 12
    private static let tagCount = 16

    /// The header is authenticated with the place.
    static func seal(_ plaintext: [UInt8], with key: SymmetricKey, id: UUID, at place: SealedPlace) throws -> [UInt8] {
        let header = header(of: id)
        let box = try AES.GCM.seal(plaintext, using: key, authenticating: authenticated(header, place))
        return header + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    }

    /// - Throws: `VaultError.unknownFormat`, `.unknownDataKey`, `.damaged`.
    static func open(
        _ sealed: [UInt8], with key: SymmetricKey, id: UUID, at place: SealedPlace
    ) throws(VaultError) -> [UInt8] {
        guard try dataKey(of: sealed) == id else { throw .unknownDataKey(id) }
        let (header, body) = (sealed[..<headerCount], sealed[headerCount...])
        guard let box = try? AES.GCM.SealedBox(combined: body),
            let plaintext = try? AES.GCM.open(box, using: key, authenticating: authenticated(header, place))
        else { throw .damaged }
        return Array(plaintext)
    }

    /// The data key that opens it.
    static func dataKey(of sealed: [UInt8]) throws(VaultError) -> UUID {
        guard sealed.count >= overhead, sealed[0] == version else { throw .unknownFormat }
        return UUID(
            uuid: sealed.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 1, as: uuid_t.self) })
    }

    private static func header(of id: UUID) -> [UInt8] { [version] + withUnsafeBytes(of: id.uuid) { Array($0) } }

    private static func authenticated(_ header: some Sequence<UInt8>, _ place: SealedPlace) -> [UInt8] {
        AuthenticatedParts.bytes(of: ["haat.vault.v1"] + place.parts) + header
    }
}

/// Pieces of statements about columns with sealed secrets.
package enum SealedColumn {
    /// That a column's secret was sealed under a data key: the box names it behind its version.
    /// - Parameter key: what the row of `data_keys` is called.
    package static func isSealed(_ column: String, under key: String) -> String {
        "substring(\(column) FROM 2 FOR 16) = uuid_send(\(key).id)"
    }
}

/// Texts, each preceded by its length, so that no two lists share their bytes.
enum AuthenticatedParts {
    static func bytes(of parts: [String]) -> [UInt8] {
        parts.flatMap { Array("\($0.utf8.count):".utf8) + Array($0.utf8) }
    }
}
