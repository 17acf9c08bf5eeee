package import Core
import Crypto
package import Postgres

/// Makes, wraps and unwraps the data keys of vendors with the installation's key-encryption key.
package struct VendorKeyring: Sendable {
    private let wrappingKey: SymmetricKey
    private let fingerprint: String
    private let store: VendorStore

    package init(encryptionKey: EncryptionKey, store: VendorStore = VendorStore()) {
        wrappingKey = encryptionKey.derived(for: "vendor-data-keys")
        fingerprint = encryptionKey.fingerprint
        self.store = store
    }

    func makeDataKey(for vendor: ID<Vendor>) throws -> WrappedDataKey {
        WrappedDataKey(
            vendor: vendor, bytes: try VendorDataKey.random().wrapped(with: wrappingKey, context: vendor.uuid),
            wrappingKeyFingerprint: fingerprint)
    }

    /// The data keys of `vendors`, by vendor. One round trip.
    /// - Throws: `VendorKeyError` when one is missing, damaged or wrapped with another key; `PostgresError`.
    package func dataKeys(
        of vendors: [ID<Vendor>], in executor: some PostgresExecutor
    ) async throws -> [ID<Vendor>: VendorDataKey] {
        var keys: [ID<Vendor>: VendorDataKey] = [:]
        for wrapped in try await store.dataKeys(of: vendors, in: executor) {
            keys[wrapped.vendor] = try unwrap(wrapped)
        }
        for vendor in vendors where keys[vendor] == nil {
            throw VendorKeyError.missing(vendor: vendor.description)
        }
        return keys
    }

    /// The data key of one vendor; see `dataKeys(of:in:)`.
    package func dataKey(of vendor: ID<Vendor>, in executor: some PostgresExecutor) async throws -> VendorDataKey {
        guard let key = try await dataKeys(of: [vendor], in: executor)[vendor] else {
            throw VendorKeyError.missing(vendor: vendor.description)
        }
        return key
    }

    private func unwrap(_ wrapped: WrappedDataKey) throws(VendorKeyError) -> VendorDataKey {
        guard wrapped.wrappingKeyFingerprint == fingerprint else {
            throw .wrongEncryptionKey(stored: wrapped.wrappingKeyFingerprint, configured: fingerprint)
        }
        guard let bytes = VendorCipher.open(wrapped.bytes, with: wrappingKey, context: wrapped.vendor.uuid) else {
            throw .damaged
        }
        return VendorDataKey(key: SymmetricKey(data: bytes))
    }
}
