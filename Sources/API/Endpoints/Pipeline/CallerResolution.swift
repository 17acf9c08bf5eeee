import Core
import HTTPTypes
import Hummingbird

/// Finds out who calls, and refuses whom the policy does not let in.
struct CallerResolution: Sendable {
    let operatorToken: Secret
    let orderAccess: any OrderAccessVerifier

    /// - Throws: 401 when the policy wants credentials and these are missing or not accepted.
    func caller(_ request: Request, policy: Policy, orderID: String?, address: String) async throws -> Caller {
        switch policy.audience {
        case .anyone:
            return .anyone(address: address)
        case .operator:
            guard operatorToken.matches(try Self.bearerToken(of: request)) else { throw Self.refusal }
            return .operator
        case .orderHolder:
            let token = try Self.bearerToken(of: request)
            if operatorToken.matches(token) { return .operator }
            guard let orderID, try await orderAccess.accepts(token: token, forOrder: orderID) else {
                throw Self.refusal
            }
            return .orderHolder(orderID: orderID)
        }
    }

    private static func bearerToken(of request: Request) throws -> String {
        guard let header = request.headers[.authorization] else {
            throw ProblemType.unauthorized.problem("Send the token as Authorization: Bearer …")
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw ProblemType.unauthorized.problem("The Authorization header must be Bearer and a token")
        }
        return parts[1].filter { $0 != " " }
    }

    private static var refusal: Problem { ProblemType.unauthorized.problem("The token is not accepted here") }
}
