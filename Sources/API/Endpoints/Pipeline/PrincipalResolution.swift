import Core
import Foundation
import HTTPTypes
import Hummingbird
import Identity

/// Finds out who calls, and refuses whom the policy does not let in.
struct PrincipalResolution: Sendable {
    let resolver: any PrincipalResolver
    let guesses: GuessLimits
    /// How long a second factor counts as fresh.
    let secondFactorTime: Duration
    let clock: any WallClock

    /// Who shows the request's credentials; nobody where there are none.
    /// - Throws: 401 for credentials that are not accepted; 429 where too many of them were shown.
    func principal(
        of credentials: ShownCredentials, order: UTF8Text?, by exchange: Exchange
    ) async throws -> Principal {
        switch credentials {
        case .none: .nobody(network: exchange.client.key)
        case .authorization(let header): try await principal(of: header, order: order, by: exchange)
        // A browser goes on to send one that has expired: it is nobody's, and nobody's mistake.
        case .cookie(let token):
            try await resolver.principal(ofSession: token) ?? .nobody(network: exchange.client.key)
        }
    }

    private func principal(
        of header: UTF8Text, order: UTF8Text?, by exchange: Exchange
    ) async throws -> Principal {
        guard let token = HeaderGrammar.bearerToken(in: header) else {
            throw ProblemType.unauthorized.problem("The Authorization header must be Bearer and a token")
        }
        let targets = GuessTarget.all(token: token, order: order)
        try guesses.check(targets, from: exchange.client)
        guard let principal = try await resolver.principal(bearing: token, order: order) else {
            await guesses.noteFailure(at: targets, from: exchange.client)
            throw ProblemType.unauthorized.problem("The token is not accepted here")
        }
        return principal.calling(from: exchange.client.key)
    }

    /// - Throws: 401 without credentials where some are needed; 403 that names the permission that is lacking, asks for a second
    ///   factor, or tells who may but look to look.
    func check(_ principal: Principal, against policy: Policy, method: HTTPRequest.Method) throws(Problem) {
        guard !principal.isReadOnly || [.get, .head].contains(method) else {
            throw ProblemType.readOnlySession.problem("Begin a support session that may write, if you may")
        }
        guard policy.admits(principal) else { throw Self.refusal(of: principal, by: policy.audience) }
        guard policy.asksForFreshSecondFactor(of: principal), !hasFreshSecondFactor(principal) else { return }
        throw ProblemType.secondFactorRequired.problem(
            principal.signedIn == nil
                ? "Only a person who has signed in and shown a second factor just now may do this"
                : "Show the second factor again", extensions: ["is_fresh": .bool(true)])
    }

    private func hasFreshSecondFactor(_ principal: Principal) -> Bool {
        principal.secondFactorAt.map { clock.now.timeIntervalSince($0) < secondFactorTime.seconds } ?? false
    }

    private static func refusal(of principal: Principal, by audience: Policy.Audience) -> Problem {
        guard !principal.isNobody else {
            return ProblemType.unauthorized.problem("Send the token as Authorization: Bearer …")
        }
        guard !principal.awaitsSecondFactor else {
            return ProblemType.secondFactorRequired.problem(
                "Show the second factor first", extensions: ["is_fresh": .bool(false)])
        }
        if principal.lacksSecondFactor, case .require = audience {
            return ProblemType.secondFactorRequired.problem(
                "Enrol an authenticator first: POST /me/totp", extensions: ["is_fresh": .bool(false)])
        }
        guard case .require(let permission, let resource) = audience else {
            return ProblemType.forbidden.problem("Only a person who has signed in may do this")
        }
        return ProblemType.forbidden.problem(
            principal.may(permission)
                ? "This needs \(permission.rawValue) on the whole \(resource.rawValue)"
                : "This needs the permission \(permission.rawValue)",
            extensions: ["permission": .string(permission.rawValue)])
    }
}
