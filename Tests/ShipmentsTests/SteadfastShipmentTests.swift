import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Outbound
import Payments
import Postgres
import SandboxRuntime
import TestSupport
import Testing

@testable import Shipments

/// Shipments at Steadfast, played by the sandbox.
@Suite("Shipments at Steadfast")
struct SteadfastShipmentTests {
    private static let token = TestSecrets.webhookSecret

    private static func settings(_ server: SandboxServer, key: String = "right-key") -> [String: String] {
        [
            "HAAT_STEADFAST_BASE_URL": server.base + "/steadfast/api/v1", "HAAT_STEADFAST_API_KEY": key,
            "HAAT_STEADFAST_SECRET_KEY": "right-secret", "HAAT_STEADFAST_WEBHOOK_TOKEN": token,
        ]
    }

    private func open(
        _ body: @escaping @Sendable (ShippingDesk, SandboxServer) async throws -> Void
    ) async throws {
        try await SandboxServer.open(
            "steadfast",
            {
                $0.couriers.steadfastAPIKey = "right-key"
                $0.couriers.steadfastSecretKey = "right-secret"
                $0.couriers.steadfastWebhookURL = "http://127.0.0.1:1/push"
            }
        ) { server in
            try await server.control("steadfast", "settings", #"{"script":"by_hand"}"#)
            try await ShippingDesk.open(Self.settings(server), transport: HTTPTransport(client: server.http)) { desk in
                try await body(desk, server)
            }
        }
    }

    /// What the sandbox has on record of parcels.
    private func parcels(_ server: SandboxServer) async throws -> [JSONValue] {
        let answer = try await server.send("GET", "/_control/steadfast/ledger?only=parcels")
        return try #require(try JSONValue(parsing: answer.body)["parcels"]?.arrayValue)
    }

    private func push(_ json: String) -> SentPush {
        SentPush(headers: ["authorization": "Bearer \(Self.token)"], body: Array(json.utf8))
    }

    @Test("A shipment is taken on once, with what is to be collected and whom it is for")
    func created() async throws {
        try await open { desk, server in
            let (_, part, _) = try await desk.cashOrder(units: [2])
            let shipment = try await desk.ship(part, by: nil)
            #expect(shipment.state == .pending && shipment.courier == .steadfast)
            for _ in 0..<2 { try await desk.advance(shipment.id) }
            let booked = try await desk.shipment(shipment.id)
            #expect(booked.state == .awbAssigned && booked.trouble == nil && booked.names.consignment != nil)
            #expect(booked.names.trackingCode?.count == 8)
            let parcels = try await parcels(server)
            #expect(parcels.count == 1)
            #expect(parcels[0]["invoice"] == .string(shipment.number) && parcels[0]["cod_amount"] == 1_000)
            #expect(parcels[0]["recipient_phone"] == "01712345678" && parcels[0]["recipient_name"] == "করিম উদ্দিন")
            let kept = try await desk.client.queryValue(
                "SELECT evidence::text FROM gateway_calls WHERE subject = \("\(shipment.id)") LIMIT 1", as: String.self)
            let evidence = try #require(kept)
            #expect(!evidence.contains("01712345678") && !evidence.contains("right-key") && !evidence.contains("Lake"))
        }
    }

    @Test(
        "Whatever becomes of the call or its answer, one consignment is made",
        arguments: ["lose_answer", "error_after", "error_before"])
    func faults(_ fault: String) async throws {
        try await open { desk, server in
            let (_, part, _) = try await desk.order(units: [1])
            let shipment = try await desk.ship(part, by: .steadfast)
            try await server.disturb("steadfast", "POST /create_order", fault)
            try await desk.advance(shipment.id)
            let first = try await desk.shipment(shipment.id)
            if fault == "error_before" {
                #expect(first.state == .pending && first.trouble?.kind == .unknown && first.nextAttemptAt != nil)
                #expect(try await desk.market.jobKinds().contains("shipments.advance"))
                desk.market.clock.advance(by: 120)
                try await desk.advance(shipment.id)
            }
            let booked = try await desk.shipment(shipment.id)
            #expect(booked.state == (fault == "error_before" ? .awbAssigned : .created) && booked.trouble == nil)
            #expect(try await parcels(server).count == 1)
        }
    }

    @Test("An answer that nobody can read is looked up")
    func unreadable() async throws {
        try await open { desk, server in
            let (_, part, _) = try await desk.order(units: [1])
            let shipment = try await desk.ship(part, by: .steadfast)
            try await server.control("steadfast", "settings", #"{"unreadable":1}"#)
            try await desk.advance(shipment.id)
            #expect(try await desk.shipment(shipment.id).state == .created)
            #expect(try await parcels(server).count == 1)
        }
    }

    @Test("Where even the look-up fails, the next attempt looks before it asks")
    func doubt() async throws {
        try await open { desk, server in
            let (_, part, _) = try await desk.order(units: [1])
            let shipment = try await desk.ship(part, by: .steadfast)
            try await server.disturb("steadfast", "POST /create_order", "lose_answer")
            try await server.disturb("steadfast", "GET /status_by_invoice", "error_before")
            try await desk.advance(shipment.id)
            let doubtful = try await desk.shipment(shipment.id)
            #expect(doubtful.state == .pending && doubtful.trouble?.kind == .unknown && doubtful.attempts == 1)
            let inDoubt = await #expect(throws: Problem.self) {
                try await desk.callOff(shipment.id)
            }
            #expect(inDoubt?.type == "shipment-in-doubt")
            _ = try await desk.market.work { work in
                try await desk.services.retry(shipment.id, by: desk.seller, in: work)
            }
            try await desk.advance(shipment.id)
            #expect(try await desk.shipment(shipment.id).state == .created)
            #expect(try await parcels(server).count == 1)
        }
    }

    @Test("What the courier does not have after all can be called off once that is sure")
    func absent() async throws {
        try await open { desk, server in
            let (_, part, _) = try await desk.order(units: [1])
            let shipment = try await desk.ship(part, by: .steadfast)
            try await server.disturb("steadfast", "POST /create_order", "error_before")
            try await desk.advance(shipment.id)
            #expect(try await desk.shipment(shipment.id).trouble?.kind == .unknown)
            desk.market.clock.advance(by: 121)
            let gone = try await desk.callOff(shipment.id)
            #expect(gone.state == .cancelled)
            try await desk.advance(shipment.id)
            #expect(try await parcels(server).isEmpty)
        }
    }

    @Test("A worker that dies after it has asked leaves a note, and the next one looks before it asks")
    func killed() async throws {
        try await open { desk, server in
            let (_, part, _) = try await desk.order(units: [1])
            let shipment = try await desk.ship(part, by: .steadfast)
            let request = try #require(try await ShipmentContents().request(for: shipment, in: desk.client))
            // As the worker does, up to the answer.
            try await desk.market.work { work in
                try await BookingStore().begin(
                    shipment, until: desk.market.clock.now.addingTimeInterval(90), at: desk.market.clock.now, in: work)
            }
            _ = try await desk.couriers.courier(of: shipment).create(request)
            await #expect(throws: RetryLater.self) { try await desk.advance(shipment.id) }
            desk.market.clock.advance(by: 91)
            try await desk.advance(shipment.id)
            #expect(try await desk.shipment(shipment.id).state == .created)
            #expect(try await parcels(server).count == 1)
        }
    }

    @Test("Many workers at once ask for one parcel once")
    func together() async throws {
        try await open { desk, server in
            let (_, part, _) = try await desk.order(units: [1])
            let shipment = try await desk.ship(part, by: .steadfast)
            await withTaskGroup { group in
                for _ in 0..<6 {
                    group.addTask {
                        do { try await desk.advance(shipment.id) } catch { #expect(error is RetryLater) }
                    }
                }
            }
            #expect(try await desk.shipment(shipment.id).state == .awbAssigned)
            #expect(try await parcels(server).count == 1)
        }
    }

    @Test(
        "A refusal in either form ends the attempts, is shown, and is asked for again by hand", arguments: [200, 400])
    func refused(_ status: Int) async throws {
        try await open { desk, server in
            try await server.control("steadfast", "settings", #"{"validation_status":\#(status)}"#)
            let (_, part, _) = try await desk.order(units: [1])
            let shipment = try await desk.ship(part, by: .steadfast)
            // Somebody else has taken the invoice.
            let other =
                #"{"invoice":"\#(shipment.number)","recipient_name":"X","recipient_phone":"01700000001","#
                + #""recipient_address":"Dhaka","cod_amount":5}"#
            let keys = [OutboundHeader("Api-Key", "right-key"), OutboundHeader("Secret-Key", "right-secret")]
            _ = try await server.send("POST", "/steadfast/api/v1/create_order", other, headers: keys)
            try await desk.advance(shipment.id)
            let refused = try await desk.shipment(shipment.id)
            #expect(refused.state == .pending && refused.trouble?.kind == .refused && refused.nextAttemptAt == nil)
            #expect(refused.trouble?.detail.contains("already been taken") == true)
            #expect(try await desk.market.told("shipment.troubled").count == 1)
            try await desk.advance(shipment.id)
            #expect(try await desk.shipment(shipment.id).attempts == 1)
            let gone = try await desk.callOff(shipment.id)
            #expect(gone.state == .cancelled)
            let again = try await desk.shipAgain(shipment.document, of: part, by: .steadfast)
            #expect(again.number != shipment.number)
            try await desk.advance(again.id)
            #expect(try await desk.shipment(again.id).state == .awbAssigned)
        }
    }

    @Test("Wrong keys stop everybody's asking for a while, refuse nothing, and cost nothing once they are right")
    func credentials() async throws {
        try await open { desk, server in
            let (_, part, _) = try await desk.order(units: [1])
            let wrong = try desk.with(
                Self.settings(server, key: "wrong-key"), transport: HTTPTransport(client: server.http))
            let shipment = try await wrong.ship(part, by: .steadfast)
            try await wrong.advance(shipment.id)
            let refused = try await desk.shipment(shipment.id)
            #expect(refused.state == .pending && refused.trouble?.kind == .credentialsRefused)
            #expect(refused.nextAttemptAt != nil)
            try await desk.advance(shipment.id)
            #expect(try await desk.shipment(shipment.id).trouble?.kind == .unavailable)
            let health = try await CourierAccountStore().health(of: .steadfast, in: desk.client)
            #expect(health.heldUntil != nil && health.holdReason?.contains("credentials") == true)
            _ = try await desk.market.work { work in
                try await desk.services.retry(shipment.id, by: desk.seller, in: work)
            }
            try await desk.advance(shipment.id)
            #expect(try await desk.shipment(shipment.id).state == .awbAssigned)
            #expect(try await parcels(server).count == 1)
        }
    }

    @Test("Asked too often, nobody asks for as long as the courier says")
    func limited() async throws {
        try await open { desk, server in
            try await server.control("steadfast", "settings", #"{"retry_after":77}"#)
            let (_, part, _) = try await desk.order(units: [1])
            let shipment = try await desk.ship(part, by: .steadfast)
            try await server.disturb("steadfast", "POST /create_order", "rate_limit")
            try await desk.advance(shipment.id)
            let limited = try await desk.shipment(shipment.id)
            #expect(limited.state == .pending && limited.trouble?.kind == .unavailable)
            let health = try await CourierAccountStore().health(of: .steadfast, in: desk.client)
            #expect(health.heldUntil == desk.market.clock.now.addingTimeInterval(77))
            desk.market.clock.advance(by: 78)
            try await desk.advance(shipment.id)
            #expect(try await desk.shipment(shipment.id).state == .awbAssigned)
            #expect(try await parcels(server).count == 1)
        }
    }

    @Test("HTML, nothing at all and a courier that is not there are no refusals", arguments: ["html", "empty", "json"])
    func outages(_ errorBody: String) async throws {
        try await open { desk, server in
            try await server.control("steadfast", "settings", #"{"error_body":"\#(errorBody)"}"#)
            let (_, part, _) = try await desk.order(units: [1])
            let shipment = try await desk.ship(part, by: .steadfast)
            let dead = try desk.with(Self.settings(server), transport: NoTransport())
            try await dead.advance(shipment.id)
            let unreached = try await desk.shipment(shipment.id)
            #expect(unreached.state == .pending && unreached.trouble?.kind == .unavailable)
            try await server.disturb("steadfast", "POST /create_order", "error_before")
            try await desk.advance(shipment.id)
            #expect(try await desk.shipment(shipment.id).trouble?.kind == .unknown)
            desk.market.clock.advance(by: 120)
            try await desk.advance(shipment.id)
            let booked = try await desk.shipment(shipment.id)
            #expect(booked.state == .awbAssigned && booked.attempts == 0 && booked.nextAttemptAt == nil)
            #expect(try await parcels(server).count == 1)
        }
    }

    @Test("Pushes move shipment and order; repeated, late and foreign ones move nothing")
    func pushes() async throws {
        try await open { desk, server in
            let (order, part, _) = try await desk.cashOrder(units: [2])
            let shipment = try await desk.ship(part, by: .steadfast)
            try await desk.advance(shipment.id)
            let consignment = try #require(try await desk.shipment(shipment.id).names.consignment)
            desk.market.clock.advance(by: 7_200)
            // 2027-01-15 08:00:00 UTC is when the tests' clocks begin.
            let start = #""consignment_id":\#(consignment),"invoice":"\#(shipment.number)""#
            let pending = push(
                #"{"notification_type":"delivery_status",\#(start),"cod_amount":1000,"status":"pending","#
                    + #""tracking_message":"Accepted","updated_at":"2027-01-15 14:10:00"}"#)
            for _ in 0..<2 { try await desk.receive(pending) }
            #expect(try await desk.shipment(shipment.id).state == .inTransit)
            #expect(try await desk.part(part) == .fulfilled)
            try await desk.receive(
                push(
                    #"{"notification_type":"tracking_update",\#(start),"tracking_message":"Assigned to rider for delivery.","#
                        + #""updated_at":"2027-01-15 15:00:00"}"#))
            #expect(try await desk.shipment(shipment.id).state == .outForDelivery)
            try await desk.receive(
                push(
                    #"{"notification_type":"tracking_update",\#(start),"tracking_message":"Received at X WAREHOUSE","#
                        + #""updated_at":"2027-01-15 14:30:00"}"#))
            #expect(try await desk.shipment(shipment.id).state == .outForDelivery)
            let delivered = push(
                #"{"notification_type":"delivery_status","consignment_id":\#(consignment),"invoice":null,"cod_amount":1000.00,"#
                    + #""status":"Delivered","delivery_charge":60,"tracking_message":"Delivered","updated_at":"2027-01-15 15:30:00"}"#
            )
            for _ in 0..<2 { try await desk.receive(delivered) }
            try await desk.receive(pending)
            let after = try await desk.shipment(shipment.id)
            #expect(after.state == .delivered && after.collected == after.cod && after.charge?.minorUnits == 6_000)
            #expect(after.deliveredAt == Date(timeIntervalSince1970: 1_800_000_000 + 5_400))
            #expect(
                try await desk.events(of: shipment.id).filter(\.moved).map(\.state) == [
                    .awbAssigned, .inTransit, .outForDelivery, .delivered,
                ])
            let payment = try #require(try await desk.collectCash(of: order))
            #expect(payment.state == .captured)
            #expect(try await desk.market.order(order).status == .delivered)
            try await desk.receive(
                push(
                    #"{"notification_type":"delivery_status","consignment_id":999999,"invoice":"X-1","status":"pending"}"#
                ))
            #expect(try await desk.lastOutcome() == "ignored")
            try await desk.receive(
                push(
                    #"{"notification_type":"delivery_status","consignment_id":999999,"invoice":"\#(shipment.number)","#
                        + #""status":"cancelled"}"#))
            #expect(try await desk.lastOutcome() == "ignored")
            try await desk.receive(push(#"{"notification_type":"weather","consignment_id":1}"#))
            #expect(try await desk.lastOutcome() == "unreadable")
        }
    }

    @Test("Pushes as the courier sends them are read; a delivery in part tells what was collected")
    func sentPushes() async throws {
        try await PushCatcher.open { catcher in
            try await open { desk, server in
                try await server.control("steadfast", "webhook", #"{"url":"\#(catcher.url)","token":"\#(Self.token)"}"#)
                let (order, part, _) = try await desk.cashOrder(units: [2])
                let shipment = try await desk.ship(part, by: .steadfast)
                try await desk.advance(shipment.id)
                for command in [
                    #"move {"parcel":"P","status":"pending"}"#, #"collect {"parcel":"P","amount":50}"#,
                    #"move {"parcel":"P","status":"partial_delivered"}"#,
                ] {
                    let parts = command.split(separator: " ", maxSplits: 1)
                    try await server.control(
                        "steadfast", String(parts[0]),
                        String(parts[1]).replacing("\"P\"", with: "\"\(shipment.number)\""))
                }
                for sent in try await catcher.pushes(atLeast: 3) { try await desk.receive(sent) }
                let after = try await desk.shipment(shipment.id)
                #expect(after.state == .partiallyDelivered && after.collected?.minorUnits == 5_000)
                #expect(try await desk.part(part) == .partiallyDelivered)
                let payment = try #require(try await desk.collectCash(of: order))
                #expect(payment.state == .conflicted)
            }
        }
    }

    @Test("A parcel that is cancelled on its way comes back, one that never left is called off")
    func cancelled() async throws {
        try await open { desk, server in
            let (_, part, lines) = try await desk.order(units: [2])
            let first = try await desk.ship(
                part, [ChosenLine(line: lines[0].id, quantity: 1)], by: .steadfast)
            let second = try await desk.ship(part, by: .steadfast)
            for id in [first.id, second.id] { try await desk.advance(id) }
            let cannot = await #expect(throws: Problem.self) {
                try await desk.callOff(first.id)
            }
            #expect(cannot?.type == "courier-capability-lacking")
            for (number, statuses) in [(first.number, ["cancelled"]), (second.number, ["pending", "cancelled"])] {
                for status in statuses {
                    try await server.control("steadfast", "move", #"{"parcel":"\#(number)","status":"\#(status)"}"#)
                    desk.market.clock.advance(by: 4 * 3_600)
                    try await trackAll(desk)
                }
            }
            #expect(try await desk.shipment(first.id).state == .cancelled)
            #expect(try await desk.shipment(second.id).state == .rtoInitiated)
            try await server.control(
                "steadfast", "move", #"{"parcel":"\#(second.number)","status":"cancelled_return_received"}"#)
            desk.market.clock.advance(by: 4 * 3_600)
            try await trackAll(desk)
            #expect(try await desk.shipment(second.id).state == .rtoDelivered)
            #expect(try await desk.part(part) == .unfulfilled)
        }
    }

    /// What the cron job and its children do.
    private func trackAll(_ desk: ShippingDesk) async throws {
        try await desk.market.work { try await desk.services.track(TrackShipment.SilentJob(), in: $0) }
        let silent = try await ShipmentStore().silent(
            since: desk.market.clock.now.addingTimeInterval(-3 * 3_600), limit: 10, in: desk.client)
        for id in silent {
            try await desk.services.track(TrackShipment.Job(shipmentID: id, slot: 0), in: desk.market.queue)
        }
    }

    @Test("What went silent is asked about, and words that nobody knows are kept and told once")
    func polling() async throws {
        try await open { desk, server in
            let (_, part, _) = try await desk.order(units: [1])
            let shipment = try await desk.ship(part, by: .steadfast)
            try await desk.advance(shipment.id)
            try await server.control("steadfast", "move", #"{"parcel":"\#(shipment.number)","status":"pending"}"#)
            try await trackAll(desk)
            #expect(try await desk.shipment(shipment.id).state == .awbAssigned)
            desk.market.clock.advance(by: 4 * 3_600)
            try await trackAll(desk)
            #expect(try await desk.shipment(shipment.id).state == .inTransit)
            try await server.control(
                "steadfast", "move", #"{"parcel":"\#(shipment.number)","status":"abducted","force":true}"#)
            for _ in 0..<2 {
                desk.market.clock.advance(by: 4 * 3_600)
                try await trackAll(desk)
            }
            let odd = try await desk.events(of: shipment.id).filter { $0.rawStatus == "abducted" }
            #expect(odd.count == 1 && odd[0].state == nil && !odd[0].moved)
            #expect(try await desk.market.told("shipment.status_unknown").count == 1)
            #expect(try await desk.market.jobKinds().contains("shipments.track"))
        }
    }

    @Test("What it can't carry is refused before anything is packed")
    func objections() async throws {
        try await open { desk, _ in
            let nobody = ShippingAddress(
                name: "Karim", line1: "12 Lake Road", city: "Dhaka", postalCode: "1212", country: "BD")
            let (_, part, _) = try await desk.order(units: [1], address: nobody)
            let problem = await #expect(throws: Problem.self) { try await desk.ship(part, by: .steadfast) }
            #expect(problem?.fields.first?.code == "not_carried")
            let documents = try await desk.client.queryValue("SELECT count(*) FROM documents", as: Int64.self)
            #expect(documents == 0)
            let foreign = ShipmentRequestFixture.request(country: "IN", currency: .bdt)
            #expect(try desk.couriers.find(.steadfast)?.objection(to: foreign) != nil)
            let rupees = ShipmentRequestFixture.request(country: "BD", currency: .inr)
            #expect(try desk.couriers.find(.steadfast)?.objection(to: rupees) != nil)
        }
    }

    @Test("The balance is read and kept, as a number and as a text; a return is asked for", arguments: [true, false])
    func balance(_ asText: Bool) async throws {
        try await open { desk, server in
            try await server.control("steadfast", "settings", #"{"balance_as_text":\#(asText)}"#)
            try await server.control("steadfast", "balance", #"{"balance":-12.5}"#)
            try await desk.services.readBalances(
                ReadCourierBalances.Job(), in: desk.market.queue, logger: silent)
            let health = try await CourierAccountStore().health(of: .steadfast, in: desk.client)
            #expect(health.balance == Money(minorUnits: -1_250, currency: .bdt))
            let (_, part, _) = try await desk.order(units: [1])
            let shipment = try await desk.ship(part, by: .steadfast)
            try await desk.advance(shipment.id)
            let courier = try #require(desk.couriers.find(.steadfast) as? any ReturnRequestingCourier)
            try await courier.requestReturn(of: try await desk.shipment(shipment.id).booked, reason: "changed mind")
            #expect(courier.capabilities == [.requestReturn, .balance])
            #expect(courier.reasons.count == CourierCapability.allCases.count - 2)
        }
    }
}

enum ShipmentRequestFixture {
    static func request(country: String, currency: Currency) -> ShipmentRequest {
        ShipmentRequest(
            id: ID(uuid: UUID()), reference: "H1-1-1", number: "H1-1-1", orderedAt: Date(timeIntervalSince1970: 0),
            sender: ShipmentRequest.Sender(vendor: ID(uuid: UUID()), name: "Rahim Foods", location: nil),
            recipient: ShippingAddress(
                name: "Karim", line1: "12 Lake Road", city: "Dhaka", country: country, phone: "+8801712345678"),
            email: .example, lines: [], parcels: [Parcel(weightGrams: 100)], documentNumber: "B1",
            declared: .zero(currency), cod: .zero(currency), note: "")
    }
}
