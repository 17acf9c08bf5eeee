package import Core
import Foundation
import Orders
import Outbound
package import Payments

/// Steadfast's merchant API. An invoice is taken once: what its answer may have been lost of is looked up by it.
package struct SteadfastCourier: Courier {
    private static let currency = Currency.bdt

    package let name: CourierName
    package let lacking: [CourierCapability: String] = [
        .rates: "Steadfast has one price, which its contract says",
        .assignAWB: "A consignment has its tracking code from the start",
        .schedulePickup: "Steadfast fetches by its own rounds",
        .label: "Steadfast draws no labels by API: ours carries its tracking code",
        .manifest: "Steadfast has no such paper",
        .invoice: "Steadfast has no such paper",
        .cancel: "Steadfast cancels in its portal or by telephone, and pushes that it did",
        .returnPickup: "Steadfast fetches nothing at customers",
        .listUndelivered: "Steadfast pushes what could not be handed over",
        .answerUndelivered: "Steadfast takes answers in its portal",
        .listRemittances: "Its payments are not read yet: what it pays out is entered by hand",
    ]

    private let client: CourierClient

    init(_ provider: SteadfastProvider, in context: CourierContext) {
        name = context.name
        client = context.client(
            ProviderProfile(
                name: context.name.rawValue, baseURL: provider.baseURL,
                headers: [
                    OutboundHeader("Api-Key", provider.apiKey.reveal()),
                    OutboundHeader("Secret-Key", provider.secretKey.reveal()),
                    OutboundHeader("Content-Type", "application/json"), OutboundHeader("Accept", "application/json"),
                ],
                retry: RetryRules(maximumAttempts: 1),
                mask: SecretMask(
                    headers: ["api-key", "secret-key"],
                    fields: [
                        "recipient_name", "recipient_phone", "recipient_address", "alternative_phone",
                        "recipient_email", "note",
                    ]),
                // What a wall before the application answers with 403 says nothing of our keys.
                credentialRefusals: [401]),
            callsPerMinute: provider.callsPerMinute)
    }

    package func objection(to request: ShipmentRequest) -> String? { SteadfastOrder.objection(to: request) }

    package func create(_ request: ShipmentRequest) async throws(CourierError) -> CourierBooking {
        let order: SteadfastOrder
        switch SteadfastOrder.make(of: request) {
        case .success(let made): order = made
        case .failure(let objection): throw .refused(code: "invalid", message: objection.reason)
        }
        let answer = try await client.call(
            OutboundRequest(
                operation: "orders.create", method: "POST", path: "/create_order", body: order.json.canonicalBytes,
                safety: .once, subject: "\(request.id)"), refusal: SteadfastRefusal.ofCreation)
        return try SteadfastRefusal.booking(in: answer, reference: request.reference)
    }

    package func find(
        _ reference: String, of request: ShipmentRequest
    ) async throws(CourierError) -> CourierBooking? {
        guard let status = try await status("/status_by_invoice/\(reference)", about: request.id) else { return nil }
        var names = CourierNames(consignment: status.consignment)
        if names.consignment == nil { names.consignment = await consignment(of: reference, about: request.id) }
        return CourierBooking(names: names, state: .created)
    }

    package func track(_ shipment: BookedShipment) async throws(CourierError) -> [CourierReport] {
        let path =
            if let consignment = shipment.names.consignment {
                "/status_by_cid/\(consignment)"
            } else {
                "/status_by_invoice/\(shipment.reference)"
            }
        guard let status = try await status(path, about: shipment.id) else {
            throw .integrity("it does not know \(shipment.reference) any more")
        }
        return [
            CourierReport(
                reference: shipment.reference, names: shipment.names, status: SteadfastMapping.status(status.word),
                rawStatus: status.word)
        ]
    }

    package func interpret(_ push: GatewayPush) throws(MalformedEvent) -> [CourierReport] {
        [try SteadfastMapping.report(ProviderObject(parsing: push.body, path: "push"), currency: Self.currency)]
    }

    private func read(
        _ operation: String, _ path: String, about id: ID<Shipment>?
    ) async throws(CourierError) -> OutboundAnswer {
        try await client.call(
            OutboundRequest(
                operation: operation, method: "GET", path: path, safety: .read, subject: id.map { "\($0)" }),
            refusal: SteadfastRefusal.ofReading)
    }

    /// nil where Steadfast knows no such consignment. Its answer has no consignment id, by the document; it is taken where there is one.
    private func status(
        _ path: String, about id: ID<Shipment>
    ) async throws(CourierError) -> (word: String, consignment: String?)? {
        let answer: OutboundAnswer
        do {
            answer = try await read("orders.status", path, about: id)
        } catch .refused(let code, _) where code == SteadfastRefusal.notFound {
            return nil
        }
        let object = try Self.object(in: answer)
        guard try SteadfastRefusal.status(of: object) != 404 else { return nil }
        let word = try CourierError.readingAnswer { () throws(MalformedEvent) in try object.word("delivery_status") }
        return (word, SteadfastMapping.consignment(in: object))
    }

    /// Steadfast tells it by another call alone, which is not sure to be there: without it, a push brings it.
    private func consignment(of reference: String, about id: ID<Shipment>) async -> String? {
        do {
            let answer = try await read("orders.trackings", "/trackings_by_invoice/\(reference)", about: id)
            return try Self.object(in: answer).objects("tracking").first.flatMap(SteadfastMapping.consignment)
        } catch {
            return nil
        }
    }

    private static func object(in answer: OutboundAnswer) throws(CourierError) -> ProviderObject {
        try CourierError.readingAnswer { () throws(MalformedEvent) in
            try ProviderObject(parsing: answer.response.body, path: "answer")
        }
    }
}

extension SteadfastCourier: BalanceCourier {
    package func balance() async throws(CourierError) -> Money {
        let object = try Self.object(in: try await read("balance.read", "/get_balance", about: nil))
        return try CourierError.readingAnswer { () throws(MalformedEvent) in
            try object.decimal("current_balance", in: Self.currency)
        }
    }
}

extension SteadfastCourier: ReturnRequestingCourier {
    /// Steadfast keeps as many requests as it gets: whoever asks a second time is told to by a person.
    package func requestReturn(of shipment: BookedShipment, reason: String) async throws(CourierError) {
        var body: [UTF8Text: JSONValue] = ["reason": .string(reason)]
        if let consignment = shipment.names.consignment {
            body["consignment_id"] = .string(consignment)
        } else {
            body["invoice"] = .string(shipment.reference)
        }
        _ = try await client.call(
            OutboundRequest(
                operation: "returns.create", method: "POST", path: "/create_return_request",
                body: JSONValue.object(body).canonicalBytes, safety: .once, subject: "\(shipment.id)"),
            refusal: SteadfastRefusal.ofCreation)
    }
}
