import Core
import HTTPTypes
import Hummingbird
import Identity

/// Finds out who calls, and refuses whom the policy does not let in.
struct PrincipalResolution: Sendable {
    let resolver: any PrincipalResolver
    let guesses: GuessLimits

    /// Who shows the request's credentials; nobody where there are none.
    /// - Throws: 401 for credentials that are not accepted; 429 where too many of them were shown.
    func principal(of request: Request, order: UTF8Text?, by exchange: Exchange) async throws -> Principal {
        guard let header = request.headers.text(.authorization) else {
            return .nobody(network: exchange.client.key)
        }
        guard let token = HeaderGrammar.bearerToken(in: header) else {
            throw ProblemType.unauthorized.problem("The Authorization header must be Bearer and a token")
        }
        let targets = GuessTarget.all(token: token, order: order)
        try guesses.check(targets, from: exchange.client)
        guard let principal = try await resolver.principal(bearing: token, order: order) else {
            await guesses.noteFailure(at: targets, from: exchange.client)
            throw ProblemType.unauthorized.problem("The token is not accepted here")
        }
        return principal
    }

    /// - Throws: 401 without credentials where some are needed; 403 that names the permission that is lacking.
    func check(_ principal: Principal, against policy: Policy) throws(Problem) {
        guard !policy.admits(principal), case .require(let permission, let resource) = policy.audience else { return }
        guard !principal.isNobody else {
            throw ProblemType.unauthorized.problem("Send the token as Authorization: Bearer …")
        }
        throw ProblemType.forbidden.problem(
            principal.may(permission)
                ? "This needs \(permission.rawValue) on the whole \(resource.rawValue)"
                : "This needs the permission \(permission.rawValue)",
            extensions: ["permission": .string(permission.rawValue)])
    }
}
