import Core
import HTTPTypes
import Hummingbird

/// Finds out who calls, and refuses whom the policy does not let in.
struct CallerResolution: Sendable {
    let operatorToken: Secret
    let orderAccess: any OrderAccessVerifier

    /// - Throws: 401 when the policy wants credentials and these are missing or not accepted.
    func caller(_ request: Request, policy: Policy, orderID: UTF8Text?, address: String) async throws -> Caller {
        switch policy.audience {
        case .anyone:
            return .anyone(address: address)
        case .operator:
            guard operatorToken.matches(try Self.bearerToken(of: request).string) else { throw Self.refusal }
            return .operator
        case .orderHolder:
            let token = try Self.bearerToken(of: request)
            if operatorToken.matches(token.string) { return .operator }
            guard let orderID, try await orderAccess.accepts(token: token, forOrder: orderID) else {
                throw Self.refusal
            }
            return .orderHolder(orderID: orderID.string)
        }
    }

    private static func bearerToken(of request: Request) throws -> UTF8Text {
        guard let header = request.headers.text(.authorization) else {
            throw ProblemType.unauthorized.problem("Send the token as Authorization: Bearer …")
        }
        let space = UInt8(ascii: " ")
        let parts = header.utf8.split(separator: space, maxSplits: 1)
        guard parts.count == 2, parts[0].isEqualIgnoringCase(to: "bearer") else {
            throw ProblemType.unauthorized.problem("The Authorization header must be Bearer and a token")
        }
        return UTF8Text(String(decoding: parts[1].filter { $0 != space }, as: UTF8.self))
    }

    private static var refusal: Problem { ProblemType.unauthorized.problem("The token is not accepted here") }
}
