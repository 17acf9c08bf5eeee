import Core
import Foundation
import Outbound
import Payments

/// Shiprocket's calls: JSON, and a token that all processes share.
struct ShiprocketClient: Sendable {
    private static let people = [
        "customer_name", "last_name", "address", "address_2", "city", "pincode", "email", "phone", "alternate_phone",
    ]

    private let client: CourierClient
    private let token: SharedToken

    init(_ provider: ShiprocketProvider, in context: CourierContext) {
        let credentials = provider.credentials
        // No call is made twice by itself: whoever asks knows what to look up before.
        let client = context.client(
            ProviderProfile(
                name: context.name.rawValue, baseURL: provider.baseURL,
                headers: [
                    OutboundHeader("Content-Type", "application/json"), OutboundHeader("Accept", "application/json"),
                ],
                retry: RetryRules(maximumAttempts: 1), mask: Self.mask,
                // A 403 is of the API user's permissions or of a firewall: the body tells.
                credentialRefusals: [], deadline: .seconds(20), attemptTimeout: .seconds(15)),
            callsPerMinute: provider.callsPerMinute)
        self.client = client
        let logIn = ShiprocketLogIn(credentials: credentials, client: client, now: context.timing.now)
        token = SharedToken(
            of: TokenAccount(
                GatewayName(rawValue: context.name.rawValue),
                credentials: [provider.baseURL, credentials.email.reveal(), credentials.password.reveal()]),
            ShiprocketLogIn.rules, in: context.memory, timing: context.timing
        ) { _ throws(GatewayError) in try await logIn.ask() }
    }

    private static let mask = SecretMask(
        fields: ["password", "token", "email", "phone", "address", "address_2", "consignee_name", "delivered_to"]
            + ["billing", "shipping", "pickup"].flatMap { party in people.map { "\(party)_\($0)" } }
            + ["customer_name", "customer_email", "customer_phone", "customer_pincode", "comments", "comment"])

    func get(
        _ operation: String, _ path: String, about shipment: ID<Shipment>? = nil
    ) async throws(CourierError) -> ProviderObject {
        try Self.object(
            try await send(
                OutboundRequest(
                    operation: operation, method: "GET", path: path, safety: .read, subject: shipment?.description)),
            operation)
    }

    func post(
        _ operation: String, _ path: String, _ body: JSONValue, about shipment: ID<Shipment>? = nil
    ) async throws(CourierError) -> ProviderObject {
        try Self.object(try await answer(operation, path, body, about: shipment), operation)
    }

    /// For answers that may have no body.
    func answer(
        _ operation: String, _ path: String, _ body: JSONValue, about shipment: ID<Shipment>? = nil
    ) async throws(CourierError) -> OutboundAnswer {
        try await send(
            OutboundRequest(
                operation: operation, method: "POST", path: path, body: body.canonicalBytes, safety: .once,
                subject: shipment?.description))
    }

    static func object(_ answer: OutboundAnswer, _ path: String) throws(CourierError) -> ProviderObject {
        try CourierError.reading { () throws(MalformedEvent) in
            try ProviderObject(parsing: answer.response.body, path: path)
        }
    }

    private func send(_ request: OutboundRequest) async throws(CourierError) -> OutboundAnswer {
        let token = try await current()
        do {
            return try await send(request, with: token)
        } catch {
            // A token may end before its time. Where its successor is refused as well, it is not the token.
            guard error == ShiprocketRefusal.tokenRefused else { throw error }
        }
        return try await send(request, with: try await current(besides: token))
    }

    private func send(
        _ request: OutboundRequest, with token: ProviderToken
    ) async throws(CourierError) -> OutboundAnswer {
        try await client.call(
            OutboundRequest(
                operation: request.operation, method: request.method, path: request.path,
                headers: [OutboundHeader("Authorization", "Bearer \(token.value)")], body: request.body,
                safety: request.safety, subject: request.subject),
            refusal: ShiprocketRefusal.error
        ) { evidence in
            ShiprocketRefusal.isWrongType(evidence)
                ? .refused(code: ShiprocketRefusal.Code.wrongType, message: "what was sent is of a wrong type") : nil
        }
    }

    /// Without a token nothing is asked: that concludes nothing about what was to be asked.
    private func current(besides refused: ProviderToken? = nil) async throws(CourierError) -> ProviderToken {
        do {
            return try await token.current(besides: refused)
        } catch {
            if case .credentialsRefused(let reason) = error { throw .credentialsRefused(reason) }
            throw .unavailable("no token: \(error)")
        }
    }
}

/// Asks for a token.
private struct ShiprocketLogIn: Sendable {
    /// UNCONFIRMED: how many failures lock an account. So many calls in ten minutes, whoever makes them.
    static let rules = TokenRules(calls: 6, window: 600, patience: 40)
    /// Of ten days, so that the next one is there before the old one ends.
    private static let renewalAge: TimeInterval = 9 * 86_400
    private static let lifetime: TimeInterval = 10 * 86_400 - 60

    let credentials: ShiprocketCredentials
    let client: CourierClient
    let now: @Sendable () -> Date

    func ask() async throws(GatewayError) -> SharedToken.Answer {
        let askedAt = now()
        let request = OutboundRequest(
            operation: "auth.login", method: "POST", path: "/auth/login",
            body: JSONValue.object([
                "email": .string(credentials.email.reveal()), "password": .string(credentials.password.reveal()),
            ]).canonicalBytes, safety: .once)
        do {
            let answer = try await client.call(request, refusal: Self.meaning)
            return .granted(try Self.token(in: answer, askedAt: askedAt))
        } catch {
            throw Self.gatewayError(error)
        }
    }

    /// A firewall's page is an attempt like any other: it must not be met by one after the other.
    private static func meaning(_ answer: OutboundAnswer) -> CourierError {
        let error = ShiprocketRefusal.error(answer)
        if case .unavailable(let reason) = error { return .unknown("the log-in was turned away: \(reason)") }
        return error
    }

    private static func gatewayError(_ error: CourierError) -> GatewayError {
        switch error {
        case .credentialsRefused(let reason), .refused(_, let reason): .credentialsRefused(reason)
        case .unavailable(let reason), .notOurTurn(let reason): .unavailable(reason)
        case .integrity(let reason): .integrity(reason)
        case .unknown(let reason), .notServiceable(let reason), .fundsLacking(let reason), .referenceSpent(let reason):
            .unknown(reason)
        }
    }

    private static func token(in answer: OutboundAnswer, askedAt: Date) throws(CourierError) -> ProviderToken {
        let text = try ShiprocketClient.object(answer, "auth.login").loose("token") ?? ""
        // What can stand in a header.
        guard (1...8_192).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .integrity("auth.login.token is not a token")
        }
        return ProviderToken(
            value: text, refresh: "", renewAt: askedAt.addingTimeInterval(renewalAge),
            expiresAt: askedAt.addingTimeInterval(lifetime),
            // There is no refreshing: the next one is asked for as the first was.
            refreshableUntil: askedAt)
    }
}
