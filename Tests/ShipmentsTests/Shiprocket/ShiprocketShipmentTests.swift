import Catalog
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
import Testing
import Vendors

@testable import Shipments

/// Shipments through Shiprocket as the product has them: job after job, with the sandbox's ledger as the witness.
@Suite("Shipments at Shiprocket")
struct ShiprocketShipmentTests {
    private struct Scene: Sendable {
        let desk: ShippingDesk
        let server: SandboxServer

        var orders: [JSONValue] { get async throws { try await ledger("orders") } }

        var charges: Int {
            get async throws { try await ledger("statement").count { $0["description"] == "Freight charged" } }
        }

        private func ledger(_ part: String) async throws -> [JSONValue] {
            let answer = try await server.send("GET", "/_control/shiprocket/ledger?only=\(part)")
            return try #require(try JSONValue(parsing: answer.body)[UTF8Text(part)]?.arrayValue)
        }

        func control(_ command: String, _ json: String) async throws {
            try await server.control("shiprocket", command, json)
        }

        /// A shipment of a paid order, or one whose cash is collected.
        func shipment(
            isCash: Bool = false
        ) async throws -> (shipment: Shipment, part: ID<VendorOrder>, order: ID<Order>) {
            let placed = try await desk.indianOrder(isCash: isCash)
            let shipment = try await desk.ship(placed.part, by: .shiprocket, parcels: [ShiprocketBench.box])
            return (shipment, placed.part, placed.order)
        }

        /// Job after job, each at its time, until it is to be fetched.
        func advance(_ id: ID<Shipment>, jobs: Int = 8) async throws -> Shipment {
            for _ in 0..<jobs {
                do {
                    try await desk.advance(id)
                } catch is RetryLater {
                    desk.market.clock.advance(by: 100)
                }
                let shipment = try await desk.shipment(id)
                if shipment.state == .pickupScheduled { return shipment }
                if let next = shipment.nextAttemptAt {
                    desk.market.clock.advance(by: max(0, next.timeIntervalSince(desk.market.clock.now)))
                }
            }
            return try await desk.shipment(id)
        }
    }

    private func open(_ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
        try await SandboxServer.open("shiprocket", { $0.couriers.shiprocketWebhookURL = "http://127.0.0.1:1/push" }) {
            server in
            try await server.control("shiprocket", "settings", #"{"script":"by_hand"}"#)
            try await ShippingDesk.open(
                ShiprocketBench.settings(server), transport: HTTPTransport(client: server.http)
            ) { desk in try await body(Scene(desk: desk, server: server)) }
        }
    }

    @Test("A shipment is taken on, gets the cheapest AWB and is fetched; its pushes deliver it and bring the cash")
    func wholeWay() async throws {
        try await open { scene in
            let (shipment, part, order) = try await scene.shipment(isCash: true)
            for state in [ShipmentState.created, .awbAssigned, .pickupScheduled] {
                try await scene.desk.advance(shipment.id)
                #expect(try await scene.desk.shipment(shipment.id).state == state)
            }
            let booked = try await scene.desk.shipment(shipment.id)
            #expect(booked.service == "142" && booked.serviceName == "Monsoon Surface" && booked.trouble == nil)
            let awb = try #require(booked.names.trackingCode)
            let known = try #require(try await scene.orders.first)
            #expect(known["cod"] == true && known["total"] == .string(MajorUnits.text(booked.cod)))
            scene.desk.market.clock.advance(by: 7_200)
            // 2027-01-15 08:00:00 UTC is when the tests' clocks begin: 13:30 in India.
            for (status, order, time) in [
                (42, 51, "14:00:00"), (17, 19, "15:00:00"), (18, 20, "14:30:00"), (7, 7, "15:20:00"),
            ] {
                let push = SentPush(
                    headers: ["x-api-key": ShiprocketBench.token],
                    body: Array(
                        #"{"awb":"\#(awb)","current_status_id":\#(order),"shipment_status_id":\#(status),"#.utf8)
                        + Array(
                            #""current_timestamp":"15 01 2027 \#(time)","order_id":"\#(shipment.number)_9","scans":[]}"#
                                .utf8))
                for _ in 0..<2 { try await scene.desk.receive(push, for: .shiprocket) }
            }
            let delivered = try await scene.desk.shipment(shipment.id)
            #expect(delivered.state == .delivered && delivered.collected == delivered.cod)
            #expect(
                try await scene.desk.events(of: shipment.id).filter(\.moved).map(\.state) == [
                    .created, .awbAssigned, .pickupScheduled, .pickedUp, .outForDelivery, .delivered,
                ])
            #expect(try await scene.desk.part(part) == .delivered)
            #expect(try await scene.desk.collectCash(of: order)?.state == .captured)
        }
    }

    @Test(
        "Whatever call has its answer lost or fails after it was carried out, there is one order and one AWB",
        arguments: ["POST /orders/create/adhoc", "POST /courier/assign/awb", "POST /courier/generate/pickup"],
        ["lose_answer", "error_after", "error_before", "refuse", "rate_limit"])
    func faults(request: String, fault: String) async throws {
        try await open { scene in
            let shipment = try await scene.shipment().shipment
            try await scene.server.disturb("shiprocket", request, fault)
            let booked = try await scene.advance(shipment.id)
            #expect(booked.state == .pickupScheduled && booked.trouble == nil)
            #expect(booked.reference == shipment.number)
            #expect(try await scene.orders.count == 1)
            #expect(try await scene.charges == 1)
        }
    }

    @Test("A worker that dies after the order is there leaves one order, and many workers at once make one")
    func killed() async throws {
        try await open { scene in
            let shipment = try await scene.shipment().shipment
            let request = try #require(try await ShipmentContents().request(for: shipment, in: scene.desk.client))
            _ = try await scene.desk.couriers.courier(of: shipment).create(request)
            await withTaskGroup { group in
                for _ in 0..<6 {
                    group.addTask {
                        do { try await scene.desk.advance(shipment.id) } catch { #expect(error is RetryLater) }
                    }
                }
            }
            #expect(try await scene.advance(shipment.id).state == .pickupScheduled)
            #expect(try await scene.orders.count == 1)
            #expect(try await scene.charges == 1)
        }
    }

    @Test("An order that was cancelled at Shiprocket is made anew under a suffix")
    func cancelledDuplicate() async throws {
        try await open { scene in
            let shipment = try await scene.shipment().shipment
            let request = try #require(try await ShipmentContents().request(for: shipment, in: scene.desk.client))
            let courier = try #require(try scene.desk.couriers.courier(of: shipment) as? ShiprocketCourier)
            let booking = try await courier.create(request)
            try await courier.cancel(
                BookedShipment(
                    id: shipment.id, reference: shipment.reference, names: booking.names, currency: .inr,
                    state: .created, cod: shipment.cod))
            let booked = try await scene.advance(shipment.id)
            #expect(booked.state == .pickupScheduled && booked.reference == "\(shipment.number)-R1")
            #expect(try await scene.orders.map { $0["status_code"] } == [5, 4])
            // What is pushed of the one before, in whichever layout, does not happen to the shipment.
            for order in [#","sr_order_id":\#(booking.names.order ?? "")"#, ""] {
                try await scene.desk.receive(
                    SentPush(
                        headers: ["x-api-key": ShiprocketBench.token],
                        body: Array(
                            #"{"awb":null,"current_status_id":5,"shipment_status_id":8,"order_id":"\#(shipment.number)"\#(order)}"#
                                .utf8)), for: .shiprocket)
                #expect(try await scene.desk.lastOutcome() == "ignored")
            }
            try await scene.desk.receive(
                SentPush(
                    headers: ["x-api-key": ShiprocketBench.token],
                    body: Array(
                        #"{"current_status_id":5,"shipment_status_id":8,"order_id":"\#(booked.reference)","sr_order_id":7}"#
                            .utf8)),
                for: .shiprocket)
            #expect(try await scene.desk.shipment(shipment.id).state == .pickupScheduled)
        }
    }

    @Test("An empty wallet is shown, asked about seldom, and nothing is lost by it")
    func wallet() async throws {
        try await open { scene in
            try await scene.control("wallet", #"{"balance":1}"#)
            let shipment = try await scene.shipment().shipment
            for _ in 0..<2 { try await scene.desk.advance(shipment.id) }
            let waiting = try await scene.desk.shipment(shipment.id)
            #expect(waiting.state == .created && waiting.trouble?.kind == .fundsLacking)
            #expect(waiting.nextAttemptAt.map { $0 >= scene.desk.market.clock.now.addingTimeInterval(600) } == true)
            #expect(try await scene.desk.market.told("shipment.troubled").count == 1)
            try await scene.control("wallet", #"{"balance":5000}"#)
            #expect(try await scene.advance(shipment.id).state == .pickupScheduled)
            #expect(try await scene.charges == 1)
        }
    }

    @Test("A pin code that nobody goes to is said as such and not asked for again")
    func notServiceable() async throws {
        try await open { scene in
            try await scene.control("pincodes", #"{"pincode":"400050","serviceable":false}"#)
            let shipment = try await scene.shipment().shipment
            for _ in 0..<2 { try await scene.desk.advance(shipment.id) }
            let refused = try await scene.desk.shipment(shipment.id)
            #expect(refused.trouble?.kind == .notServiceable && refused.nextAttemptAt == nil)
            #expect(try await scene.charges == 0)
        }
    }
}

extension CourierName {
    static let shiprocket = CourierName(rawValue: "shiprocket")
}

extension ShippingDesk {
    /// An order in rupees that goes to Mumbai, and a place in Kochi where it is fetched.
    fileprivate func indianOrder(isCash: Bool) async throws -> (order: ID<Order>, part: ID<VendorOrder>) {
        let product = try await market.work { work in
            try await CreateProduct(audit: market.audit, ids: market.ids, clock: market.clock)(
                NewProduct(
                    vendor: vendor.id, title: "Pepper", isSubmitted: true,
                    variants: [
                        NewVariant(
                            sku: "P-1", kind: .physical, price: Money(minorUnits: 45_050, currency: .inr),
                            weightGrams: 300)
                    ]), by: .system, in: work)
        }
        _ = try await market.adjust(product.variants[0], by: 2)
        let placed = try await market.place(
            NewOrder(
                email: "asha@example.com", customerName: "Asha Rao",
                lines: [NewOrder.Line(variant: product.variants[0].id, quantity: 2)],
                shippingAddress: ShiprocketBench.mumbai))
        let order = placed.order.id
        try await owner.execute("UPDATE vendor_orders SET document_due = 'bill' WHERE order_id = \(order)")
        if isCash {
            try await owner.execute(
                """
                UPDATE orders SET payment_method = 'cash_on_delivery', cash_confirmation = 'pending' WHERE id = \(order)
                """)
            let confirm = ConfirmOrder(audit: market.audit, clock: market.clock)
            _ = try await market.work { try await confirm(order, .confirmed, by: .system, in: $0) }
        } else {
            _ = try await market.pay(order)
        }
        // Whose bill lies in the parcel is not what is looked at.
        try await owner.execute(
            "UPDATE vendors SET legal_name = 'Malabar Spices Limited', country = 'BD', kind = 'company' WHERE id = \(vendor.id)"
        )
        try await owner.execute(
            """
            INSERT INTO pickup_locations (id, vendor_id, name, phone, address, created_at)
            VALUES (\(market.ids.next()), \(vendor.id), 'Godown', '+919800000001',
                '{"country": "IN", "line1": "1 Spice Market", "city": "Kochi", "state": "32", "postal_code": "682001"}', now())
            """)
        return (order, placed.details.contents.vendorOrders[0].id)
    }
}
