import Core
import Foundation
import Outbound
import Payments
import Testing

@testable import Shipments

@Suite("Rates, AWBs and pickups at Shiprocket")
struct ShiprocketAWBTests {
    // MARK: Rates

    @Test("Services come with price, days and rating, and each rule chooses its own")
    func rates() async throws {
        try await ShiprocketBench.open { bench in
            let rates = try await bench.courier.rates(for: ShiprocketBench.request())
            #expect(rates.count == 4 && rates.allSatisfy { $0.price.currency == .inr && $0.price.minorUnits > 0 })
            #expect(rates.allSatisfy { $0.days != nil && $0.rating != nil })
            #expect(CourierRateRule.cheapest.choice(among: rates)?.service == "142")
            #expect(CourierRateRule.fastest.choice(among: rates)?.service == "217")
            #expect(CourierRateRule.rated.choice(among: rates)?.service == "217")
            #expect(CourierRateRule.rated.choice(among: rates)?.rating == 470)
            // One of them takes no cash.
            let cash = try await bench.courier.rates(for: ShiprocketBench.request(cod: 90_000))
            #expect(cash.count == 3 && CourierRateRule.fastest.choice(among: cash)?.service == "24")
            #expect(try bench.process(["HAAT_SHIPROCKET_RATE_RULE": "rated"]).rateRule == .rated)
            // From the vendor's place it is another way.
            let near = try await bench.courier.rates(
                for: ShiprocketBench.request(location: try ShiprocketBench.place()))
            #expect(near.map(\.price) != rates.map(\.price))
            // The account's own place was asked for once.
            #expect(try await bench.count("GET", "/settings/company/pickup") == 1)
        }
    }

    @Test(
        "Where nobody goes there are no rates, in each of three ways to say so",
        arguments: ["not_found", "ok", "empty"])
    func notServiceable(way: String) async throws {
        try await ShiprocketBench.open { bench in
            try await bench.control("settings", #"{"unserviceable":"\#(way)"}"#)
            try await bench.control("pincodes", #"{"pincode":"400050","serviceable":false}"#)
            #expect(try await bench.courier.rates(for: ShiprocketBench.request()).isEmpty)
            let shipment = try await bench.created()
            let error = await #expect(throws: CourierError.self) {
                try await bench.courier.assignAWB(to: shipment, service: nil)
            }
            guard case .notServiceable = error else { Issue.record("\(String(describing: error))"); return }
            #expect(try await bench.charges == 0)
        }
    }

    @Test("An offer that is odd or closed is left out")
    func oddOffers() throws {
        let answer = try ProviderObject.read(
            """
            {"data":{"available_courier_companies":[
             {"courier_company_id":"51","courier_name":"A","cod":1,"rate":"81.5","estimated_delivery_days":"3-4","etd_hours":95,"rating":4.25},
             {"courier_company_id":52,"rate":70,"blocked":1,"cod":1},{"courier_company_id":53,"rate":null,"cod":1},{"rate":5,"cod":1},
             {"courier_company_id":54,"courier_name":"B","rate":90,"cod":0,"estimated_delivery_days":2}]}}
            """)
        let rates = try ShiprocketCourier.rates(in: answer, isCashOnDelivery: false)
        #expect(rates.map(\.service) == ["51", "54"])
        #expect(rates[0].days == 4 && rates[0].rating == 425 && rates[0].price.minorUnits == 8_150)
        #expect(rates[1].days == 2 && rates[1].rating == nil)
        #expect(try ShiprocketCourier.rates(in: answer, isCashOnDelivery: true).map(\.service) == ["51"])
        let odd = try ProviderObject.read(#"{"data":{"available_courier_companies":[{"rate":[]}]}}"#)
        #expect(throws: (any Error).self) { try ShiprocketCourier.rates(in: odd, isCashOnDelivery: false) }
        #expect(throws: (any Error).self) {
            try ShiprocketCourier.rates(in: ProviderObject.read(#"{"data":[]}"#), isCashOnDelivery: false)
        }
    }

    // MARK: AWBs

    @Test("An AWB is that of the service that was chosen, and the wallet is charged with it once")
    func assigned() async throws {
        try await ShiprocketBench.open { bench in
            let shipment = try await bench.created()
            #expect(try await bench.charges == 0)
            let booking = try await bench.courier.assignAWB(to: shipment, service: "24")
            #expect(booking.state == .awbAssigned && booking.serviceName == "Kingfisher Air")
            #expect(booking.names.order == shipment.names.order)
            #expect(booking.names.consignment == shipment.names.consignment)
            #expect(try await bench.orders.first?["awb"] == booking.names.trackingCode.map { .string($0) })
            // Asked again, also with another wish, it stays as it is.
            #expect(try await bench.courier.assignAWB(to: shipment, service: "51") == booking)
            #expect(try await bench.charges == 1)
            #expect(try await bench.count("POST", "/courier/assign/awb") == 1)
            // A repeated creation knows of it.
            let again = try await bench.courier.create(ShiprocketBench.request(shipment.reference))
            #expect(again.state == .awbAssigned && again.names == booking.names)
        }
    }

    @Test(
        "One that is assigned while it is asked for is read back by showing the order", arguments: ["body", "refuse"])
    func alreadyAssigned(way: String) async throws {
        try await ShiprocketBench.open { bench in
            try await bench.control("settings", #"{"reassign":"\#(way)"}"#)
            let shipment = try await bench.created()
            let results = try await withThrowingTaskGroup(of: CourierBooking.self) { group in
                for _ in 0..<4 { group.addTask { try await bench.courier.assignAWB(to: shipment, service: nil) } }
                return try await group.reduce(into: Set<CourierNames>()) { $0.insert($1.names) }
            }
            #expect(results.count == 1)
            #expect(try await bench.charges == 1)
        }
    }

    @Test(
        "An assignment whose answer is lost is read back, and there is one AWB",
        arguments: ["lose_answer", "error_after"], ["json", "html", "empty", "type"])
    func lostAnswers(fault: String, body: String) async throws {
        try await ShiprocketBench.open { bench in
            try await bench.control("settings", #"{"error_body":"\#(body)"}"#)
            let shipment = try await bench.created()
            try await bench.disturb("POST /courier/assign/awb", fault)
            let booking = try await bench.courier.assignAWB(to: shipment, service: "51")
            #expect(booking.state == .awbAssigned && booking.serviceName == "Banyan Surface")
            #expect(try await bench.courier.assignAWB(to: shipment, service: "51") == booking)
            #expect(try await bench.charges == 1)
        }
    }

    @Test("Where the look-up fails as well it is unknown, and the next attempt finds it")
    func doubt() async throws {
        try await ShiprocketBench.open { bench in
            let shipment = try await bench.created()
            try await bench.disturb("POST /courier/assign/awb", "lose_answer")
            // The look-up before comes through, the one after does not.
            try await bench.disturb("GET /orders/show", "none")
            try await bench.disturb("GET /orders/show", "error_before")
            let error = await #expect(throws: CourierError.self) {
                try await bench.courier.assignAWB(to: shipment, service: nil)
            }
            #expect(error?.leavesDoubt == true, "\(String(describing: error))")
            let booking = try await bench.courier.assignAWB(to: shipment, service: nil)
            #expect(booking.state == .awbAssigned)
            #expect(try await bench.charges == 1)
        }
    }

    @Test("What nothing came of is unknown, and asked for again")
    func nothingHappened() async throws {
        try await ShiprocketBench.open { bench in
            let shipment = try await bench.created()
            try await bench.disturb("POST /courier/assign/awb", "refuse")
            let error = await #expect(throws: CourierError.self) {
                try await bench.courier.assignAWB(to: shipment, service: nil)
            }
            #expect(error?.leavesDoubt == true)
            #expect(try await bench.courier.assignAWB(to: shipment, service: nil).state == .awbAssigned)
            #expect(try await bench.charges == 1)
        }
    }

    @Test("An empty wallet is said as such, nothing is charged, and the same call succeeds once it is filled up")
    func wallet() async throws {
        try await ShiprocketBench.open { bench in
            try await bench.control("wallet", #"{"balance":"-291.50"}"#)
            #expect(try await bench.courier.balance() == Money(minorUnits: -29_150, currency: .inr))
            let shipment = try await bench.created()
            for _ in 0..<2 {
                let error = await #expect(throws: CourierError.self) {
                    try await bench.courier.assignAWB(to: shipment, service: nil)
                }
                guard case .fundsLacking(let reason) = error else {
                    Issue.record("\(String(describing: error))"); return
                }
                #expect(reason.contains("recharge") && error?.leavesDoubt == false)
            }
            #expect(try await bench.charges == 0)
            try await bench.control("wallet", #"{"balance":1000}"#)
            #expect(try await bench.courier.assignAWB(to: shipment, service: nil).state == .awbAssigned)
            #expect(try await bench.courier.balance().minorUnits < 100_000)
        }
    }

    @Test("One that Shiprocket takes its time for is waited for, and asked for again it is the same")
    func later() async throws {
        try await ShiprocketBench.open { bench in
            try await bench.control("settings", #"{"assign_later":true}"#)
            let shipment = try await bench.created()
            let patient = try bench.process(sleep: { _ in try await bench.pass(20) })
            let booking = try await patient.assignAWB(to: shipment, service: nil)
            #expect(booking.state == .awbAssigned)
            // Nobody waits for ever.
            let other = try await bench.created("H100001-1-2")
            for _ in 0..<2 {
                let error = await #expect(throws: CourierError.self) {
                    try await bench.courier.assignAWB(to: other, service: nil)
                }
                #expect(error?.leavesDoubt == true)
            }
            try await bench.pass(60)
            #expect(try await bench.courier.assignAWB(to: other, service: nil).state == .awbAssigned)
            try await bench.pass(600)
            #expect(try await bench.charges == 2)
        }
    }

    @Test("The AWB of an order that was cancelled does not count, and a new one is had")
    func cancelledAWB() async throws {
        try await ShiprocketBench.open { bench in
            let assigned = try await bench.assigned()
            _ = try await bench.courier.client.answer(
                "test", "/orders/cancel/shipment/awbs", ["awbs": [.string(assigned.names.trackingCode ?? "")]])
            try await bench.pass(60)
            let request = ShiprocketBench.request(assigned.reference)
            #expect(try await bench.courier.find(assigned.reference, of: request)?.state == .created)
            let again = try await bench.courier.assignAWB(to: assigned, service: nil)
            #expect(again.state == .awbAssigned && again.names.trackingCode != assigned.names.trackingCode)
        }
    }

    @Test("An order that somebody has cancelled gets none")
    func cancelledOrder() async throws {
        try await ShiprocketBench.open { bench in
            let shipment = try await bench.created()
            _ = try await bench.courier.client.answer(
                "test", "/orders/cancel", ["ids": [.integer(Int64(shipment.names.order ?? "") ?? 0)]])
            let error = await #expect(throws: CourierError.self) {
                try await bench.courier.assignAWB(to: shipment, service: nil)
            }
            guard case .referenceSpent = error else { Issue.record("\(String(describing: error))"); return }
            #expect(try await bench.charges == 0)
        }
    }

    @Test("The two numbers can't be taken for each other")
    func twoNumbers() async throws {
        try await ShiprocketBench.open { bench in
            let shipment = try await bench.created()
            let swapped = BookedShipment(
                id: shipment.id, reference: shipment.reference,
                names: CourierNames(order: shipment.names.consignment, consignment: shipment.names.order),
                currency: .inr, state: .created, cod: shipment.cod)
            await #expect(throws: CourierError.self) { try await bench.courier.assignAWB(to: swapped, service: nil) }
            #expect(try await bench.charges == 0)
        }
    }

    // MARK: Pickups

    @Test(
        "A pickup is scheduled, and a second request says the same", arguments: ["none", "lose_answer", "error_after"])
    func pickup(fault: String) async throws {
        try await ShiprocketBench.open { bench in
            let shipment = try await bench.assigned()
            try await bench.disturb("POST /courier/generate/pickup", fault)
            if fault == "none" {
                let report = try await bench.courier.schedulePickup(of: shipment)
                #expect(
                    report.status == .known(.pickupScheduled) && report.message?.contains("Pickup is confirmed") == true
                )
            } else {
                let error = await #expect(throws: CourierError.self) {
                    try await bench.courier.schedulePickup(of: shipment)
                }
                #expect(error?.leavesDoubt == true)
            }
            let report = try await bench.courier.schedulePickup(of: shipment)
            #expect(report.status == .known(.pickupScheduled) && report.reference == shipment.reference)
            #expect(try await bench.orders.first?["shipment_status"] == 3)
        }
    }

    @Test("Without an AWB there is no pickup")
    func earlyPickup() async throws {
        try await ShiprocketBench.open { bench in
            let shipment = try await bench.created()
            let error = await #expect(throws: CourierError.self) {
                try await bench.courier.schedulePickup(of: shipment)
            }
            guard case .refused(_, let message) = error else { Issue.record("\(String(describing: error))"); return }
            #expect(message.contains("Invalid shipment id"))
        }
    }
}

extension ProviderObject {
    fileprivate static func read(_ json: String) throws -> ProviderObject {
        try ProviderObject(parsing: Array(json.utf8), path: "answer")
    }
}
