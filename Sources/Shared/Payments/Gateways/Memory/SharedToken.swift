import Core
import Foundation
package import Outbound
import Synchronization

/// An account's access token, which all processes share: one of them asks the provider for the next, the others use what it got.
package final class SharedToken: Sendable {
    /// What the provider said when it was asked for a token.
    package enum Answer: Sendable {
        case granted(ProviderToken)
        case notRefreshed
        case blocked(String)
    }

    private static let pause: Duration = .milliseconds(250)

    private let account: TokenAccount
    private let rules: TokenRules
    private let memory: GatewayMemory?
    private let timing: OutboundTiming
    private let ask: @Sendable (ProviderToken?) async throws(GatewayError) -> Answer
    /// So that the database is asked once for each token and process.
    private let latest = Mutex<ProviderToken?>(nil)

    /// - Parameter ask: asks the provider, for a new token or for what follows the given one.
    package init(
        of account: TokenAccount, _ rules: TokenRules, in memory: GatewayMemory?, timing: OutboundTiming,
        ask: @escaping @Sendable (_ old: ProviderToken?) async throws(GatewayError) -> Answer
    ) {
        self.account = account
        self.rules = rules
        self.memory = memory
        self.timing = timing
        self.ask = ask
    }

    /// - Parameter refused: a token that the provider has just refused.
    package func current(besides refused: ProviderToken? = nil) async throws(GatewayError) -> ProviderToken {
        if let known = latest.withLock({ $0 }), timing.now() < known.renewAt, !known.isSame(as: refused) {
            return known
        }
        let end = timing.elapsed() + .seconds(rules.patience)
        repeat {
            if let token = try await step(besides: refused) { return token }
        } while timing.elapsed() < end
        throw .unavailable("another process is asking \(account.gateway) for a token")
    }

    /// - Returns: nil where it has to be tried again.
    private func step(besides refused: ProviderToken?) async throws(GatewayError) -> ProviderToken? {
        let id = UUID()
        let now = timing.now()
        switch try await changed({ [rules] in $0.next(at: now, besides: refused, as: id, rules) }) {
        case .use(let token):
            latest.withLock { $0 = token }
            return token
        case .wait:
            do {
                try await timing.sleep(Self.pause)
            } catch {
                throw .unavailable("cancelled while waiting for a token")
            }
            return nil
        case .spent(let free):
            throw .unavailable(
                "\(account.gateway) grants no more than \(rules.calls) tokens in \(Int(rules.window / 60)) minutes; the next may be asked for at \(free)"
            )
        case .renew(let old): return try await renewed(from: old, as: id)
        }
    }

    private func renewed(from old: ProviderToken?, as id: UUID) async throws(GatewayError) -> ProviderToken? {
        let answer: Answer
        do {
            answer = try await ask(old)
        } catch {
            try await end(id, error.wasNotAsked ? .notAsked : .failed)
            throw error
        }
        switch answer {
        case .granted(let token):
            try await end(id, .renewed(token))
            latest.withLock { $0 = token }
            return token
        case .notRefreshed:
            try await end(id, .notRefreshed)
            return nil
        case .blocked(let reason):
            try await end(id, .blocked)
            throw .unavailable("\(account.gateway) grants no token for an hour: \(reason)")
        }
    }

    private func end(_ id: UUID, _ ending: TokenState.Ending) async throws(GatewayError) {
        let now = timing.now()
        try await changed { [rules] in $0.end(id, ending, at: now, rules) }
    }

    private func changed<R: Sendable>(
        _ body: @escaping @Sendable (inout TokenState) -> R
    ) async throws(GatewayError) -> R {
        try await memory.reached { memory in try await memory.withToken(of: account, body) }
    }
}

extension GatewayError {
    fileprivate var wasNotAsked: Bool { if case .unavailable = self { true } else { false } }
}
