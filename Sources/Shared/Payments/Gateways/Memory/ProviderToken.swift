import Core
import Crypto
package import Foundation

/// An access token that a provider grants for some time.
package struct ProviderToken: Sendable, Hashable {
    package let value: String
    /// What the next one is had for without the credentials' whole way.
    package let refresh: String
    /// From when on the next one is asked for, while this one still goes.
    package let renewAt: Date
    package let expiresAt: Date
    package let refreshableUntil: Date

    package init(value: String, refresh: String, renewAt: Date, expiresAt: Date, refreshableUntil: Date) {
        self.value = value
        self.refresh = refresh
        self.renewAt = renewAt
        self.expiresAt = expiresAt
        self.refreshableUntil = refreshableUntil
    }

    /// Whether it is the very same token.
    func isSame(as other: ProviderToken?) -> Bool {
        guard let other else { return false }
        return ConstantTime.areEqual(Array(value.utf8), Array(other.value.utf8))
    }
}

/// Whose token it is: an account with certain credentials.
package struct TokenAccount: Sendable, Hashable {
    let gateway: GatewayName
    /// A digest of the credentials.
    let credentials: [UInt8]

    package init(_ gateway: GatewayName, credentials: [String]) {
        self.gateway = gateway
        var hash = SHA256()
        for part in credentials {
            hash.update(data: Data("\(part.utf8.count):".utf8))
            hash.update(data: Data(part.utf8))
        }
        self.credentials = Array(hash.finalize())
    }
}

/// How seldom a provider wants to be asked for tokens.
package struct TokenRules: Sendable {
    /// So many calls in `window`; one more, and the provider lets nobody in.
    let calls: Int
    let window: TimeInterval
    /// How long a call for a token may take.
    let patience: TimeInterval

    package init(calls: Int, window: TimeInterval, patience: TimeInterval) {
        self.calls = calls
        self.window = window
        self.patience = patience
    }
}

/// What all processes know of an account's token. Pure: they take turns at changing it.
struct TokenState: Sendable, Hashable {
    var token: ProviderToken?
    /// Who is asking for the next one, and until when the others believe that.
    var renewal: UUID?
    var renewalEndsAt: Date?
    /// When the provider was asked of late, or may have been.
    var calls: [Date] = []

    enum Step: Sendable, Hashable {
        case use(ProviderToken)
        /// The caller, and nobody else, asks for the next one.
        case renew(ProviderToken?)
        /// Somebody else is asking.
        case wait
        /// The provider must not be asked before this moment.
        case spent(until: Date)
    }

    /// - Parameters:
    ///   - refused: a token that the provider does not take any more, whatever it has said about its time.
    ///   - id: the caller's, should it be the one who renews.
    mutating func next(at now: Date, besides refused: ProviderToken?, as id: UUID, _ rules: TokenRules) -> Step {
        let usable = token.flatMap { !$0.isSame(as: refused) && now < $0.expiresAt ? $0 : nil }
        if let usable, now < usable.renewAt { return .use(usable) }
        if let end = renewalEndsAt, now < end { return usable.map(Step.use) ?? .wait }
        calls.removeAll { $0 <= now.addingTimeInterval(-rules.window) }
        guard calls.count < rules.calls else {
            let free = (calls.min() ?? now).addingTimeInterval(rules.window)
            return usable.map(Step.use) ?? .spent(until: free)
        }
        // Counted before it is made: whoever ends in between has perhaps made it.
        calls.append(now)
        renewal = id
        renewalEndsAt = now.addingTimeInterval(rules.patience)
        return .renew(token.flatMap { now < $0.refreshableUntil ? $0 : nil })
    }

    /// How a call for a token ended.
    enum Ending: Sendable {
        case renewed(ProviderToken)
        /// There is no refreshing any more: the next call has to be for a new one.
        case notRefreshed
        /// The provider has not been asked.
        case notAsked
        /// The provider has been asked and gave none.
        case failed
        /// The provider says that it was asked too often.
        case blocked
    }

    mutating func end(_ id: UUID, _ ending: Ending, at now: Date, _ rules: TokenRules) {
        switch ending {
        // One that came late is a token all the same, though perhaps not the newest.
        case .renewed(let new): if token.map({ $0.expiresAt <= new.expiresAt }) ?? true { token = new }
        case .notRefreshed: token = nil
        case .notAsked: if renewal == id, !calls.isEmpty { calls.removeLast() }
        case .failed: break
        case .blocked: calls = Array(repeating: now, count: rules.calls)
        }
        // The renewal that somebody else has begun since is theirs.
        guard renewal == id else { return }
        renewal = nil
        renewalEndsAt = nil
    }
}
