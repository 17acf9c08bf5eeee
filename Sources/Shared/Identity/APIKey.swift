package import Core
package import Foundation

/// What a program shows to act on its own: for the marketplace, or for one vendor.
package struct APIKey: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "key"

    package let id: ID<APIKey>
    /// For people.
    package let name: String
    /// The first characters of its token, by which people find it again.
    package let prefix: String
    package let role: Role
    /// The vendor it acts for; nil for the marketplace's own.
    package let vendor: UUID?
    package let createdAt: Date
    /// From when it is not accepted any more.
    package let expiresAt: Date?
    package let revokedAt: Date?
    /// Whether it comes from the settings of the installation: it counts as long as they name it.
    package let isBootstrap: Bool

    package init(
        id: ID<APIKey>, name: String, prefix: String, role: Role, vendor: UUID?, createdAt: Date,
        expiresAt: Date? = nil,
        revokedAt: Date? = nil, isBootstrap: Bool = false
    ) {
        self.id = id
        self.name = name
        self.prefix = prefix
        self.role = role
        self.vendor = vendor
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.isBootstrap = isBootstrap
    }

    package func isAccepted(at time: Date) -> Bool {
        revokedAt == nil && expiresAt.map { time < $0 } ?? true
    }

    package var principal: Principal {
        Principal(
            .apiKey(id), permissions: role.permissions, visibility: vendor.map(Visibility.vendor) ?? .everything,
            isSecondFactorWaived: isBootstrap || role == .vendorApplicant)
    }
}

/// The secret of an API key. Only its SHA-256 is stored.
package struct APIKeyToken: Sendable {
    /// What the caller gets, once.
    package let text: Secret

    private static let shownLength = 11

    init(using generator: inout some RandomNumberGenerator) {
        text = OpaqueToken(.apiKey, using: &generator).text
    }

    init(_ text: Secret) { self.text = text }

    /// By which people find it again: too little to guess the rest.
    var prefix: String { String(text.reveal().prefix(Self.shownLength)) }

    var hash: [UInt8] { OpaqueToken.hash(UTF8Text(text.reveal())) }
}
