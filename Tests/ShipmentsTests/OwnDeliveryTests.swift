import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Payments
import Postgres
import Testing
import Vendors

@testable import Shipments

@Suite("Own delivery")
struct OwnDeliveryTests {
    @Test("What a vendor brings is packed, moved by the vendor's word, and moves the order in the same transaction")
    func delivered() async throws {
        try await ShippingDesk.open { desk in
            let (order, part, lines) = try await desk.order(units: [2])
            let shipment = try await desk.ship(part)
            #expect(shipment.state == .created && shipment.number.hasSuffix("-1-1") && shipment.cod.isZero)
            #expect(try await desk.part(part) == .unfulfilled)
            let details = try #require(
                try await ShipmentStore().details(shipment.id, visibleTo: .everything, in: desk.client))
            #expect(details.lines == [ShipmentLine(line: lines[0].id, units: UnitRanges([0..<2]))])
            #expect(details.parcels == [Parcel(weightGrams: 800)])
            #expect(try await desk.tell(.pickedUp, of: shipment.id).handedOverAt != nil)
            #expect(try await desk.part(part) == .fulfilled)
            #expect(try await desk.market.order(order).status == .shipped)
            let delivered = try await desk.tell(.delivered, of: shipment.id)
            #expect(delivered.state == .delivered && delivered.deliveredAt != nil && delivered.closedAt != nil)
            #expect(try await desk.part(part) == .delivered)
            let after = try await desk.market.order(order)
            #expect(after.status == .delivered && after.state == .completed)
            let told = try await desk.market.told("shipment.moved").map { $0["to"] }
            #expect(told == ["created", "picked_up", "delivered"])
            let timeline = try await OrderTimeline().events(of: order, in: desk.client).map(\.kind)
            #expect(
                timeline.contains(.shipped) && timeline.contains(.shipmentDelivered) && timeline.contains(.delivered))
        }
    }

    @Test("Parts of an order go in several shipments, and it has come as far as its last units")
    func parts() async throws {
        try await ShippingDesk.open { desk in
            let (order, part, lines) = try await desk.order(units: [3, 1])
            let first = try await desk.ship(
                part, [ChosenLine(line: lines[0].id, quantity: 2)],
                parcels: [Parcel(weightGrams: 500), Parcel(weightGrams: 700)])
            try await desk.tell(.inTransit, of: first.id)
            #expect(try await desk.part(part) == .partiallyFulfilled)
            #expect(try await desk.market.order(order).status == .partiallyShipped)
            let second = try await desk.ship(part)
            #expect(second.number.hasSuffix("-1-2"))
            try await desk.tell(.delivered, of: first.id)
            #expect(try await desk.part(part) == .partiallyFulfilled)
            try await desk.tell(.outForDelivery, of: second.id)
            #expect(try await desk.part(part) == .partiallyDelivered)
            try await desk.tell(.delivered, of: second.id)
            #expect(try await desk.part(part) == .delivered)
            let nothing = await #expect(throws: Problem.self) { try await desk.ship(part) }
            #expect(nothing?.type == "nothing-to-pack")
        }
    }

    @Test("What comes back undelivered is with the vendor again, and can be shipped anew")
    func comesBack() async throws {
        try await ShippingDesk.open { desk in
            let (order, part, _) = try await desk.order(units: [1])
            let first = try await desk.ship(part)
            try await desk.tell(.inTransit, of: first.id)
            let twice = await #expect(throws: Problem.self) {
                try await desk.shipAgain(first.document, of: part, by: .ownDelivery)
            }
            #expect(twice?.type == "already-shipped" && twice?.status == 409)
            try await desk.tell(.undelivered, of: first.id)
            try await desk.tell(.rtoInitiated, of: first.id)
            #expect(try await desk.part(part) == .fulfilled)
            try await desk.tell(.rtoDelivered, of: first.id)
            #expect(try await desk.part(part) == .unfulfilled)
            #expect(try await desk.market.order(order).status == .paid)
            let second = try await desk.shipAgain(first.document, of: part, by: .ownDelivery)
            try await desk.tell(.delivered, of: second.id)
            #expect(try await desk.part(part) == .delivered)
        }
    }

    @Test("Called off before it leaves, what was packed can be shipped anew; afterwards it can't be called off")
    func calledOff() async throws {
        try await ShippingDesk.open { desk in
            let (_, part, _) = try await desk.order(units: [1])
            let first = try await desk.ship(part)
            for _ in 0..<2 {
                let gone = try await desk.callOff(first.id)
                #expect(gone.state == .cancelled)
            }
            let second = try await desk.shipAgain(first.document, of: part, by: .ownDelivery)
            try await desk.tell(.pickedUp, of: second.id)
            let late = await #expect(throws: Problem.self) {
                try await desk.callOff(second.id)
            }
            #expect(late?.type == "shipment-state")
        }
    }

    @Test("Late words move nothing back, and what is odd is refused")
    func oddWords() async throws {
        try await ShippingDesk.open { desk in
            let (_, part, _) = try await desk.order(units: [1])
            let shipment = try await desk.ship(part)
            desk.market.clock.advance(by: 3_600)
            try await desk.tell(.outForDelivery, of: shipment.id)
            let late = await #expect(throws: Problem.self) {
                try await desk.tell(.inTransit, of: shipment.id, after: -1_800)
            }
            #expect(late?.type == "shipment-state")
            let early = await #expect(throws: Problem.self) {
                try await desk.tell(.delivered, of: shipment.id, after: -86_400)
            }
            #expect(early?.fields.first?.pointer == "/occurred_at")
            let foreign = await #expect(throws: Problem.self) { try await desk.tell(.pending, of: shipment.id) }
            #expect(foreign?.fields.first?.pointer == "/state")
            let money = await #expect(throws: Problem.self) {
                try await desk.tell(.delivered, of: shipment.id, collected: 5)
            }
            #expect(money?.fields.first?.pointer == "/collected_minor")
            try await desk.tell(.delivered, of: shipment.id)
            let back = await #expect(throws: Problem.self) { try await desk.tell(.inTransit, of: shipment.id) }
            #expect(back?.type == "shipment-state")
            let stranger = Principal(
                .vendorMember(UUID()), permissions: Set(Permission.allCases), visibility: .vendor(UUID()))
            let hidden = await #expect(throws: Problem.self) {
                try await desk.market.work { work in
                    try await desk.services.reportOwnDelivery(
                        NewShipmentEvent(state: .delivered), of: shipment.id, by: stranger, in: work)
                }
            }
            #expect(hidden?.status == 404)
        }
    }

    @Test("An order that is not paid, parcels that can't be, and couriers that are not there are refused")
    func refused() async throws {
        try await ShippingDesk.open { desk in
            let (order, part, _) = try await desk.order(units: [1])
            let unknown = await #expect(throws: Problem.self) {
                try await desk.ship(part, by: CourierName(rawValue: "pigeon"))
            }
            #expect(unknown?.fields.first?.pointer == "/courier")
            let heavy = await #expect(throws: Problem.self) {
                try await desk.ship(part, parcels: [Parcel(weightGrams: 0)])
            }
            #expect(heavy?.fields.first?.pointer == "/parcels/0/weight_grams")
            try await desk.owner.execute(
                "UPDATE orders SET paid_at = NULL, captured_minor = 0 WHERE id = \(order)")
            let unpaid = await #expect(throws: Problem.self) { try await desk.ship(part) }
            #expect(unpaid?.type == "order-not-ready")
        }
    }

    @Test("Cash that a vendor takes pays the order, and the vendor owes it")
    func cash() async throws {
        try await ShippingDesk.open { desk in
            let (order, part, _) = try await desk.cashOrder(units: [2])
            let shipment = try await desk.ship(part)
            #expect(shipment.cod == Money(minorUnits: 100_000, currency: .bdt))
            try await desk.tell(.outForDelivery, of: shipment.id)
            #expect(try await desk.collectCash(of: order) == nil)
            let delivered = try await desk.tell(.delivered, of: shipment.id)
            #expect(delivered.collected == delivered.cod)
            #expect(try await desk.market.jobKinds().contains("shipments.collect_cash"))
            for _ in 0..<2 { _ = try await desk.collectCash(of: order) }
            let after = try await desk.market.order(order)
            #expect(after.paymentState == .paid && after.status == .delivered && after.state == .completed)
            let collections = try await desk.client.queryValue(
                "SELECT count(*) FROM cash_collections WHERE collected_by = 'vendor' AND vendor_id = \("\(desk.vendor.id)")",
                as: Int64.self)
            #expect(collections == 1)
        }
    }

    @Test("Several parcels share what is to be collected, to the last unit, and pay once all have come")
    func cashInParts() async throws {
        try await ShippingDesk.open { desk in
            let (order, part, lines) = try await desk.cashOrder(units: [3], price: 33_333)
            let first = try await desk.ship(part, [ChosenLine(line: lines[0].id, quantity: 1)])
            let second = try await desk.ship(part)
            #expect(first.cod.minorUnits + second.cod.minorUnits == 99_999 && first.cod.minorUnits == 33_333)
            try await desk.tell(.delivered, of: first.id)
            #expect(try await desk.collectCash(of: order) == nil)
            try await desk.tell(.delivered, of: second.id)
            let payment = try #require(try await desk.collectCash(of: order))
            #expect(payment.state == .captured && payment.amount.minorUnits == 99_999)
        }
    }

    @Test("A parcel for which less was taken is for a person to settle")
    func lessCash() async throws {
        try await ShippingDesk.open { desk in
            let (order, part, _) = try await desk.cashOrder(units: [1])
            let shipment = try await desk.ship(part)
            try await desk.tell(.delivered, of: shipment.id, collected: 40_000)
            let payment = try #require(try await desk.collectCash(of: order))
            #expect(payment.state == .conflicted)
            #expect(try await desk.market.order(order).paymentState == .unpaid)
        }
    }
}
