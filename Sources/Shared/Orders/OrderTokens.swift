package import Core
import Crypto

/// The access tokens of orders that were carts. Each is derived from its order's id with a key of the installation, so that whoever
/// orders a cart once more gets the same answer, though no token is stored.
package struct OrderTokens: Sendable {
    private let current: SymmetricKey
    private let all: [SymmetricKey]

    /// - Parameter keys: HAAT_ENCRYPTION_KEY and those before it.
    package init(keys: RootKeys) {
        current = Self.derived(from: keys.current)
        all = keys.all.map(Self.derived)
    }

    func token(of order: ID<Order>) -> AccessToken { Self.token(of: order, with: current) }

    /// The one that opens an order that is on record; nil where it was derived with a key that is gone.
    package func token(opening order: Order) -> AccessToken? {
        all.map { Self.token(of: order.id, with: $0) }.first { order.isOpened(by: $0.text.reveal()) }
    }

    private static func derived(from key: EncryptionKey) -> SymmetricKey { key.derived(for: "order-access") }

    private static func token(of order: ID<Order>, with key: SymmetricKey) -> AccessToken {
        AccessToken(bytes: Array(HMAC<SHA256>.authenticationCode(for: Array(order.description.utf8), using: key)))
    }
}
