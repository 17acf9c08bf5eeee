package import Core
package import Foundation

/// A person who has signed in on one device, until the session expires or is revoked.
package struct Session: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "ses"

    /// How its token is shown.
    package enum Transport: String, Hashable, Sendable, CaseIterable {
        /// By browsers, in a cookie that scripts can't read.
        case cookie
        /// By apps.
        case bearer
    }

    /// What opened it.
    package enum Method: String, Hashable, Sendable, CaseIterable {
        case password, code
    }

    package let id: ID<Session>
    package let account: ID<Account>
    package let transport: Transport
    package let method: Method
    /// The device that it was opened on; nil once that is forgotten.
    package let device: ID<Device>?
    /// When a second factor was shown in it last.
    package let secondFactorAt: Date?
    package let client: Client
    package let createdAt: Date
    /// Right within a minute.
    package let lastUsedAt: Date
    /// Moves on with each use.
    package let expiresAt: Date

    package init(
        id: ID<Session>, account: ID<Account>, transport: Transport, method: Method, device: ID<Device>?,
        secondFactorAt: Date? = nil, client: Client, createdAt: Date, lastUsedAt: Date, expiresAt: Date
    ) {
        self.id = id
        self.account = account
        self.transport = transport
        self.method = method
        self.device = device
        self.secondFactorAt = secondFactorAt
        self.client = client
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
    }
}

/// From where somebody signs in, for them to recognise it.
package struct Client: Hashable, Sendable {
    /// An address as the API sees it.
    package let network: String
    /// What the program calls itself.
    package let userAgent: String?

    private static let userAgentRule = TextRule(1...256, .line)
    private static let mostNetworkBytes = 64

    /// What is too long or no text to show is left out.
    package init(network: String, userAgent: String?) {
        self.network = UTF8Text(network).excerpt(Self.mostNetworkBytes)
        let shown = userAgent.map { UTF8Text($0).excerpt(200) }
        self.userAgent = shown.flatMap { Self.userAgentRule.violations(of: $0).isEmpty ? $0 : nil }
    }
}

/// Where an account's owner has signed in before.
package enum Device: IdentifiedByTypeID {
    package static let typePrefix = "dev"
}

/// A session that was just opened, with the tokens that are shown once.
package struct StartedSession: Sendable {
    package let session: Session
    package let token: OpaqueToken
    /// Of a device that was not known before.
    package let deviceToken: OpaqueToken?
    /// Whether the account was made by it.
    package let isNewAccount: Bool
    /// Whether it opens nothing yet but the way to show a second factor.
    package let awaitsSecondFactor: Bool
}
