import Core
import Foundation
import Logging
import Outbound

/// bKash's calls: JSON both ways, a token that all processes share, and refusals of HTTP 200.
struct BKashClient: Sendable {
    /// Under the host; refunds have another one.
    static let checkout = "/v1.2.0-beta/tokenized/checkout"
    static let refunds = "/v2/tokenized-checkout/refund/payment"

    /// bKash's own rule: nobody gives a call up before that.
    private static let patience: Duration = .seconds(30)
    /// A third grant or refresh within an hour, and the merchant is blocked for one.
    private static let tokenRules = TokenRules(calls: 2, window: 3_600, patience: 40)

    private let client: ProviderClient
    private let token: SharedToken
    private let appKey: Secret

    init(_ provider: BKashProvider, in context: GatewayContext) {
        let credentials = provider.credentials
        appKey = credentials.appKey
        // No call is made twice by itself: 429 and 500 come from what stands before the application, which does not say whether that
        // has got the call.
        let client = context.client(
            Self.profile(context.name, baseURL: provider.baseURL, attempts: 1), callsPerSecond: provider.callsPerSecond)
        self.client = client
        let grants = BKashTokens(credentials: credentials, client: client, timing: context.timing)
        token = SharedToken(
            of: TokenAccount(
                context.name,
                credentials: [
                    provider.baseURL, credentials.username.reveal(), credentials.password.reveal(),
                    credentials.appKey.reveal(), credentials.appSecret.reveal(),
                ]), Self.tokenRules, in: context.memory, timing: context.timing
        ) { old throws(GatewayError) in try await grants.ask(old) }
    }

    static func profile(_ name: GatewayName, baseURL: String, attempts: Int) -> ProviderProfile {
        ProviderProfile(
            name: name.rawValue, baseURL: baseURL,
            headers: [
                OutboundHeader("Content-Type", "application/json"), OutboundHeader("Accept", "application/json"),
            ],
            retry: RetryRules(maximumAttempts: attempts),
            mask: SecretMask(
                headers: ["username", "password", "x-app-key"],
                fields: [
                    "app_key", "app_secret", "id_token", "refresh_token", "payerReference", "customerMsisdn",
                    "debitMSISDN", "payerAccount",
                ]),
            credentialRefusals: [401], deadline: patience + .seconds(5), attemptTimeout: patience)
    }

    /// - Throws: also ``GatewayError/refused(code:message:evidence:)`` for what was refused with HTTP 200.
    func post(
        _ operation: String, _ path: String, _ body: JSONValue, safety: CallSafety, about payment: ID<Payment>?
    ) async throws(GatewayError) -> (answer: ProviderObject, call: OutboundEvidence) {
        let token = try await token.current()
        do {
            return try await post(operation, path, body, safety, payment, with: token)
        } catch .credentialsRefused {
            // A token may end before its time. Where its successor is refused as well, it is not the token.
            return try await post(
                operation, path, body, safety, payment, with: try await self.token.current(besides: token))
        }
    }

    private func post(
        _ operation: String, _ path: String, _ body: JSONValue, _ safety: CallSafety, _ payment: ID<Payment>?,
        with token: ProviderToken
    ) async throws(GatewayError) -> (answer: ProviderObject, call: OutboundEvidence) {
        // The token stands there as it is, without the word Bearer.
        let request = OutboundRequest(
            operation: operation, method: "POST", path: path,
            headers: [OutboundHeader("Authorization", token.value), OutboundHeader("X-App-Key", appKey.reveal())],
            body: body.canonicalBytes, safety: safety, subject: payment?.description)
        let answer: OutboundAnswer
        do {
            answer = try await client.call(request)
        } catch {
            throw BKashRefusal.gatewayError(error)
        }
        return (try Self.yes(in: answer, operation), answer.evidence)
    }

    /// The answer, where it is a yes.
    static func yes(in answer: OutboundAnswer, _ operation: String) throws(GatewayError) -> ProviderObject {
        let object = try GatewayError.reading { () throws(MalformedEvent) in
            try ProviderObject(parsing: answer.response.body, path: operation)
        }
        if let refusal = BKashRefusal(object) { throw refusal.gatewayError(answer.evidence) }
        return object
    }
}

/// Grants and refreshes of tokens.
private struct BKashTokens: Sendable {
    /// bKash's advice, of 60: time enough to come through before the old one ends.
    private static let renewalAge: TimeInterval = 50 * 60
    /// The call's own time, and some between two clocks.
    private static let margin: TimeInterval = 60
    /// UNCONFIRMED: 28 days by an integrator's word. A refusal is followed by a grant.
    private static let refreshLifetime: TimeInterval = 27 * 86_400

    let credentials: BKashCredentials
    let client: ProviderClient
    let timing: OutboundTiming

    func ask(_ old: ProviderToken?) async throws(GatewayError) -> SharedToken.Answer {
        var body: [UTF8Text: JSONValue] = [
            "app_key": .string(credentials.appKey.reveal()), "app_secret": .string(credentials.appSecret.reveal()),
        ]
        if let old { body["refresh_token"] = .string(old.refresh) }
        let askedAt = timing.now()
        let request = OutboundRequest(
            operation: old == nil ? "token.grant" : "token.refresh", method: "POST",
            path: "\(BKashClient.checkout)/token/\(old == nil ? "grant" : "refresh")",
            headers: [
                OutboundHeader("username", credentials.username.reveal()),
                OutboundHeader("password", credentials.password.reveal()),
            ],
            body: JSONValue.object(body).canonicalBytes, safety: .once)
        let answer: OutboundAnswer
        do {
            answer = try await client.call(request)
        } catch {
            if case .unavailable(let reason, let call) = error, call?.status == 429 { return .blocked(reason) }
            throw BKashRefusal.gatewayError(error)
        }
        do {
            return .granted(try read(try BKashClient.yes(in: answer, request.operation), askedAt: askedAt))
        } catch .refused where old != nil {
            return .notRefreshed
        } catch .credentialsRefused where old != nil {
            return .notRefreshed
        } catch .refused(let code, let message, _) {
            throw .credentialsRefused("\(code ?? "no code"): \(message)")
        }
    }

    private func read(_ answer: ProviderObject, askedAt: Date) throws(GatewayError) -> ProviderToken {
        try GatewayError.reading { () throws(MalformedEvent) in
            let lifetime = TimeInterval(try answer.optionalInteger("expires_in") ?? 3_600)
            guard (300...86_400).contains(lifetime) else { throw MalformedEvent("\(answer.path).expires_in is odd") }
            return ProviderToken(
                value: try Self.token(try answer.text("id_token"), "id_token"),
                refresh: try Self.token(try answer.text("refresh_token"), "refresh_token"),
                renewAt: askedAt.addingTimeInterval(min(Self.renewalAge, lifetime * 5 / 6)),
                expiresAt: askedAt.addingTimeInterval(lifetime - Self.margin),
                refreshableUntil: askedAt.addingTimeInterval(Self.refreshLifetime))
        }
    }

    /// What can stand in a header.
    private static func token(_ text: UTF8Text, _ name: String) throws(MalformedEvent) -> String {
        guard (1...8_192).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw MalformedEvent("\(name) is not a token")
        }
        return text.string
    }
}
