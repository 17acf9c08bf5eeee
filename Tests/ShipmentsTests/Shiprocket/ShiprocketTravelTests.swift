import Core
import Foundation
import Payments
import Testing
import Webhooks

@testable import Shipments

@Suite("Parcels at Shiprocket: their way, their papers, and what else may be asked for")
struct ShiprocketTravelTests {
    // MARK: Tracking

    @Test("Before anything has happened the order says where it stands, afterwards tracking tells the whole way")
    func tracked() async throws {
        try await ShiprocketBench.open { bench in
            let created = try await bench.created()
            #expect(try await bench.courier.track(created).map(\.status) == [.known(.created)])
            let assigned = try await bench.assigned()
            let first = try await bench.courier.track(assigned)
            #expect(first.map(\.status) == [.known(.awbAssigned)] && first[0].names == assigned.names)
            #expect(first[0].occurredAt == nil && first[0].expectedAt != nil)
            _ = try await bench.courier.schedulePickup(of: assigned)
            for status in [19, 42, 18, 38, 17] {
                try await bench.pass(60)
                try await bench.move(assigned, to: status)
            }
            try await bench.control("track", #"{"parcel":"\#(assigned.reference)","activity":"Rang the bell"}"#)
            let way = try await bench.courier.track(assigned)
            #expect(
                way.map(\.status) == [
                    .known(.pickupScheduled), .known(.pickupScheduled), .known(.pickedUp), .known(.inTransit),
                    .known(.inTransit), .known(.outForDelivery), .news,
                ])
            #expect(way.last?.message == "Rang the bell")
            let times = way.compactMap(\.occurredAt)
            #expect(times.count == 7 && times == times.sorted())
            // What tracking tells a second time has the same keys.
            #expect(try await bench.courier.track(assigned).map(\.key) == way.map(\.key))
            #expect(Set(way.map(\.key)).count == 7)
        }
    }

    @Test("An order that is not there any more is said to be so")
    func gone() async throws {
        try await ShiprocketBench.open { bench in
            let shipment = BookedShipment(
                id: ID(uuid: UUID()), reference: "H1", names: CourierNames(order: "1", consignment: "1"),
                currency: .inr, state: .created, cod: .zero(.inr))
            let error = await #expect(throws: CourierError.self) { try await bench.courier.track(shipment) }
            guard case .refused(ShiprocketRefusal.Code.notFound, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test(
        "Pushes tell what tracking tells, in both layouts and under either header",
        arguments: [("2023", "x-api-key", false), ("2021", "anx-api-key", true)])
    func pushes(layout: String, header: String, isComposite: Bool) async throws {
        try await PushCatcher.open { catcher in
            try await ShiprocketBench.open(webhook: catcher.url) { bench in
                try await bench.control(
                    "settings",
                    #"{"layout":"\#(layout)","token_header":"\#(header)","composite_order_id":\#(isComposite)}"#)
                let shipment = try await bench.scheduled()
                for status in [42, 58, 7] {
                    try await bench.pass(60)
                    try await bench.move(shipment, to: status, force: true)
                }
                let pushes = try await catcher.pushes(atLeast: 4)
                let verifier = try #require(
                    try ShiprocketBench.read(ShiprocketBench.settings(bench.server)).webhookAccounts.first
                ).verifier
                var ids: Set<String> = []
                var told: [CourierReport] = []
                for push in pushes {
                    let event = try ShippingDesk.verify(push, by: verifier)
                    ids.insert(event.id)
                    told += try bench.courier.interpret(GatewayPush(id: event.id, body: push.body))
                }
                #expect(ids.count == 4)
                #expect(told.allSatisfy { $0.reference == shipment.reference })
                #expect(told.allSatisfy { $0.names.trackingCode == shipment.names.trackingCode })
                let statuses = told.map(\.status)
                for status in [
                    CourierReport.Status.known(.pickupScheduled), .known(.pickedUp), .unknown, .known(.delivered),
                ] { #expect(statuses.contains(status)) }
                guard layout == "2023" else { return }
                let way = try await bench.courier.track(shipment)
                #expect(Set(way.map(\.key)).isSubset(of: Set(told.map(\.key))))
                #expect(
                    way.map(\.status) == [.known(.pickupScheduled), .known(.pickedUp), .unknown, .known(.delivered)])
            }
        }
    }

    @Test(
        "Lost, undelivered, on its way back and back are told apart",
        arguments: [
            (12, ShipmentState.lost), (21, .undelivered), (9, .rtoInitiated), (41, .rtoInitiated), (10, .rtoDelivered),
            (23, .partiallyDelivered), (25, .damaged),
        ])
    func ends(status: Int, state: ShipmentState) async throws {
        try await ShiprocketBench.open { bench in
            let shipment = try await bench.scheduled()
            try await bench.pass(60)
            try await bench.move(shipment, to: status)
            #expect(try await bench.courier.track(shipment).last?.status == .known(state))
        }
    }

    // MARK: Papers

    @Test("Label, manifest and invoice are fetched at once, and a manifest that was made is printed again")
    func papers() async throws {
        try await ShiprocketBench.open { bench in
            let (first, second) = (try await bench.assigned("H1"), try await bench.assigned("H2"))
            for _ in 0..<2 {
                for file in [
                    try await bench.courier.label(of: [first, second]), try await bench.courier.manifest(of: [first]),
                    try await bench.courier.manifest(of: [first, second]), try await bench.courier.invoice(of: [first]),
                ] {
                    #expect(file.contentType == "application/pdf" && file.bytes.starts(with: "%PDF-".utf8))
                }
            }
            // The papers are Shiprocket's own: the token is not told to whoever keeps them.
            #expect(try await bench.count("POST", "/courier/generate/label") == 2)
        }
    }

    @Test("A label of which a part is missing is none, and a paper whose address has ended is asked for again")
    func missingPapers() async throws {
        try await ShiprocketBench.open { bench in
            let (assigned, bare) = (try await bench.assigned("H1"), try await bench.created("H2"))
            for shipments in [[bare], [assigned, bare]] {
                let error = await #expect(throws: CourierError.self) { try await bench.courier.label(of: shipments) }
                guard case .refused = error else { Issue.record("\(String(describing: error))"); return }
            }
            await #expect(throws: CourierError.self) { try await bench.courier.manifest(of: [bare]) }
            try await bench.control("settings", #"{"document_lifetime":0}"#)
            let error = await #expect(throws: CourierError.self) { try await bench.courier.label(of: [assigned]) }
            guard case .unavailable = error else { Issue.record("\(String(describing: error))"); return }
            try await bench.control("settings", #"{"document_lifetime":60}"#)
            #expect(try await bench.courier.label(of: [assigned]).bytes.count > 500)
        }
    }

    // MARK: Cancelling

    @Test(
        "An order cancels with either status of success, once or twice, and its freight comes back",
        arguments: [200, 204])
    func cancelled(status: Int) async throws {
        try await ShiprocketBench.open { bench in
            try await bench.control("settings", #"{"cancel_status":\#(status)}"#)
            let (bare, assigned) = (try await bench.created("H1"), try await bench.scheduled("H2"))
            for shipment in [bare, assigned, bare, assigned] { try await bench.courier.cancel(shipment) }
            #expect(try await bench.orders.allSatisfy { $0["status_code"] == 5 })
            #expect(try await bench.courier.balance().minorUnits == 1_000_000)
            #expect(try await bench.count("POST", "/orders/cancel") == 2)
            #expect(try await bench.courier.track(assigned).last?.status == .known(.cancelled))
            // There is nothing to cancel.
            try await bench.courier.cancel(
                BookedShipment(
                    id: bare.id, reference: "H3", names: CourierNames(), currency: .inr, state: .created, cod: bare.cod)
            )
        }
    }

    @Test(
        "Whatever becomes of the answer, it is cancelled or said to be in doubt",
        arguments: ["lose_answer", "error_after"])
    func lostCancellation(fault: String) async throws {
        try await ShiprocketBench.open { bench in
            let shipment = try await bench.assigned()
            try await bench.disturb("POST /orders/cancel", fault)
            try await bench.courier.cancel(shipment)
            #expect(try await bench.orders.first?["status_code"] == 5)
            let other = try await bench.assigned("H2")
            try await bench.disturb("POST /orders/cancel", "error_before")
            let error = await #expect(throws: CourierError.self) { try await bench.courier.cancel(other) }
            #expect(error?.leavesDoubt == true)
            try await bench.courier.cancel(other)
        }
    }

    @Test("An AWB that outlives its order is cancelled by itself, and not said to be before tracking says so")
    func slowCancellation() async throws {
        try await ShiprocketBench.open { bench in
            try await bench.control("settings", #"{"cancel_keeps_awb":true}"#)
            let shipment = try await bench.scheduled()
            let error = await #expect(throws: CourierError.self) { try await bench.courier.cancel(shipment) }
            #expect(error?.leavesDoubt == true)
            #expect(try await bench.count("POST", "/orders/cancel/shipment/awbs") == 1)
            try await bench.pass(60)
            try await bench.courier.cancel(shipment)
            let order = try #require(try await bench.orders.first)
            #expect(order["status_code"] == 5 && order["shipment_status"] == 8)
            #expect(try await bench.courier.balance().minorUnits == 1_000_000)
        }
    }

    @Test("What the courier has is not cancelled")
    func late() async throws {
        try await ShiprocketBench.open { bench in
            let shipment = try await bench.scheduled()
            try await bench.move(shipment, to: 42)
            let error = await #expect(throws: CourierError.self) { try await bench.courier.cancel(shipment) }
            guard case .refused(_, let message) = error else { Issue.record("\(String(describing: error))"); return }
            #expect(message.contains("picked up"))
        }
    }

    // MARK: Returns and what could not be delivered

    @Test("A return is fetched at the customer's, gets an AWB, and ends at the vendor's")
    func returned() async throws {
        try await ShiprocketBench.open { bench in
            let place = try ShiprocketBench.place()
            let request = ShiprocketBench.request("H100001-1-1-RET1", location: place)
            await #expect(throws: CourierError.self) {
                try await bench.courier.createReturn(ShiprocketBench.request("H100001-1-1-RET2"))
            }
            try await bench.disturb("POST /orders/create/return", "lose_answer")
            let doubt = await #expect(throws: CourierError.self) { try await bench.courier.createReturn(request) }
            #expect(doubt?.leavesDoubt == true)
            let booking = try #require(try await bench.courier.find(request.reference, of: request))
            #expect(try await bench.courier.createReturn(request) == booking)
            #expect(booking.state == .created)
            let created = bench.shipment(request, booking)
            let assigned = try await bench.courier.assignAWB(to: created, service: nil)
            let shipment = bench.shipment(request, assigned)
            _ = try await bench.courier.schedulePickup(of: shipment)
            for status in [42, 18] { try await bench.move(shipment, to: status) }
            #expect(try await bench.courier.track(shipment).last?.status == .known(.returnInitiated))
            try await bench.move(shipment, to: 7)
            #expect(try await bench.courier.track(shipment).last?.status == .known(.returned))
            let orders = try await bench.orders
            #expect(orders.count == 1 && orders[0]["is_return"] == true && orders[0]["cod"] == false)
            #expect(try await bench.charges == 1)
        }
    }

    @Test("What could not be delivered is listed, and tried again or brought back")
    func undelivered() async throws {
        try await ShiprocketBench.open { bench in
            #expect(try await bench.courier.undelivered(after: nil).reports.isEmpty)
            let (first, second) = (try await bench.scheduled("H1"), try await bench.scheduled("H2"))
            for shipment in [first, second] {
                try await bench.control(
                    "move", #"{"parcel":"\#(shipment.reference)","status":21,"activity":"Door locked"}"#)
            }
            let list = try await bench.courier.undelivered(after: nil)
            #expect(list.next == nil && Set(list.reports.compactMap(\.reference)) == ["H1", "H2"])
            let report = try #require(list.reports.first { $0.reference == "H1" })
            #expect(report.status == .known(.undelivered) && report.message == "Door locked")
            #expect(report.names.trackingCode == first.names.trackingCode && report.occurredAt != nil)
            #expect(report.names.consignment == first.names.consignment)
            try await bench.courier.answer(.tryAgain(comment: "Ring twice"), for: first)
            try await bench.courier.answer(.bringBack(comment: ""), for: second)
            #expect(try await bench.courier.track(second).last?.status == .known(.rtoInitiated))
            let way = try await bench.courier.track(first)
            #expect(way.last { $0.status != .news }?.status == .known(.undelivered))
            #expect(way.last?.message == "Ring twice")
            // Only what was not delivered takes an answer.
            let other = try await bench.scheduled("H3")
            let error = await #expect(throws: CourierError.self) {
                try await bench.courier.answer(.tryAgain(comment: "Now"), for: other)
            }
            guard case .refused = error else { Issue.record("\(String(describing: error))"); return }
        }
    }
}
