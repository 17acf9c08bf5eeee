package import Core
package import Foundation
package import Vault

/// Whether an account was proven to be its vendor's.
package enum PayoutAccountState: String, Hashable, Sendable, CaseIterable {
    case pending, verified
    /// Another one has taken its place.
    case replaced
}

/// Where a vendor's money goes, as far as it is shown.
package struct PayoutAccount: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "pac"

    package let id: ID<PayoutAccount>
    package let vendor: ID<Vendor>
    package let kind: PayoutKind
    package let holderName: String
    /// The last characters of its number, address or telephone.
    package let lastFour: String
    package let state: PayoutAccountState
    package let createdAt: Date
    /// No money goes there before.
    package let usableFrom: Date
    package let verifiedAt: Date?
    package let replacedAt: Date?

    package init(
        id: ID<PayoutAccount>, vendor: ID<Vendor>, kind: PayoutKind, holderName: String, lastFour: String,
        state: PayoutAccountState = .pending, createdAt: Date, usableFrom: Date, verifiedAt: Date? = nil,
        replacedAt: Date? = nil
    ) {
        self.id = id
        self.vendor = vendor
        self.kind = kind
        self.holderName = holderName
        self.lastFour = lastFour
        self.state = state
        self.createdAt = createdAt
        self.usableFrom = usableFrom
        self.verifiedAt = verifiedAt
        self.replacedAt = replacedAt
    }

    /// Whether money may go there.
    package func isUsable(at time: Date) -> Bool { state == .verified && usableFrom <= time }
}

/// An account with its sealed destination and the data key that opens it.
struct SealedPayoutAccount: Sendable {
    let account: ID<PayoutAccount>
    let vendor: ID<Vendor>
    let kind: PayoutKind
    let details: [UInt8]
    let dataKeyID: UUID
    let dataKey: WrappedKey
}

extension SealedPlace {
    static func payoutAccount(_ id: ID<PayoutAccount>) -> SealedPlace {
        SealedPlace(table: "payout_accounts", column: "details", row: id)
    }
}
