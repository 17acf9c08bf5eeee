import CommerceTestSupport
import Core
import Foundation
import Orders
import Outbound
import Payments
import Postgres
import Testing
import Vendors

@testable import Shipments

@Suite("Orders at Shiprocket")
struct ShiprocketOrderTests {
    @Test("An order is what was asked for, and has two numbers and no AWB yet")
    func created() async throws {
        try await ShiprocketBench.open { bench in
            let request = ShiprocketBench.request(cod: 95_050)
            #expect(bench.courier.objection(to: request) == nil)
            let booking = try await bench.courier.create(request)
            #expect(booking.state == .created && booking.names.trackingCode == nil)
            let order = try #require(try await bench.orders.first)
            #expect(order["order_id"]?.integerValue.map { "\($0)" } == booking.names.order)
            #expect(order["shipment_id"]?.integerValue.map { "\($0)" } == booking.names.consignment)
            #expect(booking.names.order != booking.names.consignment)
            // To collect is what we say, not what the goods come to.
            #expect(order["cod"] == true && order["total"] == "950.50")
            #expect(try await bench.courier.find(request.reference, of: request) == booking)
            let evidence = try #require(
                try await bench.market.client.queryValue(
                    "SELECT string_agg(evidence::text, ' ') FROM gateway_calls", as: String.self))
            for secret in ["9811111111", "Asha", "Hill Road", "right-password", "karim@example.com", "400050"] {
                #expect(!evidence.contains(secret), "\(secret)")
            }
            #expect(evidence.contains("H100001-1-1"))
        }
    }

    @Test("What is paid is prepaid and worth what the goods are")
    func prepaid() async throws {
        try await ShiprocketBench.open { bench in
            _ = try await bench.created()
            let order = try #require(try await bench.orders.first)
            #expect(order["cod"] == false && order["total"] == "901.00")
        }
    }

    @Test("What can't be carried is told before anybody is asked")
    func objections() {
        let dhaka = ShippingDesk.banani
        func without(_ change: (ShippingAddressParts) -> ShippingAddressParts) -> ShipmentRequest {
            ShiprocketBench.request(to: change(ShippingAddressParts()).address)
        }
        let odd: [ShipmentRequest] = [
            ShiprocketBench.request(to: dhaka), ShiprocketBench.request(currency: .bdt),
            ShiprocketBench.request(parcels: []),
            ShiprocketBench.request(parcels: [ShiprocketBench.box, ShiprocketBench.box]),
            ShiprocketBench.request(parcels: [Parcel(weightGrams: 500)]),
            without { $0.with(phone: nil) }, without { $0.with(phone: "+8801712345678") },
            without { $0.with(phone: "+912212345678") }, without { $0.with(pin: nil) },
            without { $0.with(pin: "4000") },
            without { $0.with(region: nil) },
        ]
        for request in odd { #expect(ShiprocketOrderForm.objection(to: request) != nil) }
        #expect(ShiprocketOrderForm.objection(to: ShiprocketBench.request()) == nil)
    }

    @Test("A repeated reference is answered with the order there is")
    func repeated() async throws {
        try await ShiprocketBench.open { bench in
            let request = ShiprocketBench.request()
            let first = try await bench.courier.create(request)
            #expect(try await bench.courier.create(request) == first)
            // One that is refused instead is looked up.
            try await bench.control("settings", #"{"duplicate":"refuse"}"#)
            #expect(try await bench.courier.create(request) == first)
            #expect(try await bench.orders.count == 1)
        }
    }

    @Test(
        "A cancelled order that is answered with 200, or refused, is a spent reference",
        arguments: ["existing", "refuse"])
    func cancelledDuplicate(mode: String) async throws {
        try await ShiprocketBench.open { bench in
            let request = ShiprocketBench.request()
            let booking = try await bench.courier.create(request)
            try await bench.courier.cancel(bench.shipment(request, booking))
            try await bench.control("settings", #"{"duplicate":"\#(mode)"}"#)
            for _ in 0..<2 {
                let error = await #expect(throws: CourierError.self) { try await bench.courier.create(request) }
                guard case .referenceSpent = error else { Issue.record("\(String(describing: error))"); return }
            }
            let error = await #expect(throws: CourierError.self) {
                try await bench.courier.find(request.reference, of: request)
            }
            guard case .referenceSpent = error else { Issue.record("\(String(describing: error))"); return }
            let again = try await bench.courier.create(ShiprocketBench.request("H100001-1-1-R1"))
            #expect(again.state == .created && again.names.order != booking.names.order)
            #expect(try await bench.orders.count == 2)
        }
    }

    @Test("The search finds longer references too, and only the very one counts")
    func fuzzySearch() async throws {
        try await ShiprocketBench.open { bench in
            for reference in ["H100001-1-10", "H100001-1-11", "H100001-1-1-R1"] {
                _ = try await bench.courier.create(ShiprocketBench.request(reference))
            }
            let request = ShiprocketBench.request("H100001-1-1")
            #expect(try await bench.courier.find("H100001-1-1", of: request) == nil)
            let booking = try await bench.courier.create(request)
            #expect(try await bench.courier.find("H100001-1-1", of: request) == booking)
        }
    }

    @Test("One on a later page is found")
    func laterPage() async throws {
        try await ShiprocketBench.open { bench in
            let booking = try await bench.courier.create(ShiprocketBench.request("H7"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<105 {
                    group.addTask { _ = try await bench.courier.create(ShiprocketBench.request("H7\(number)")) }
                }
                try await group.waitForAll()
            }
            #expect(try await bench.courier.find("H7", of: ShiprocketBench.request("H7")) == booking)
        }
    }

    @Test(
        "Whatever becomes of the answer, it is unknown and looked up, and there is one order",
        arguments: ["lose_answer", "error_after"], ["json", "html", "empty", "type"])
    func lostAnswers(fault: String, body: String) async throws {
        try await ShiprocketBench.open { bench in
            try await bench.control("settings", #"{"error_body":"\#(body)"}"#)
            let request = ShiprocketBench.request()
            try await bench.disturb("POST /orders/create/adhoc", fault)
            let booking: CourierBooking?
            do throws(CourierError) {
                // Its programs have stumbled after the order was there: that is looked up at once.
                booking = try await bench.courier.create(request)
                #expect(fault == "error_after" && body == "type")
            } catch {
                #expect(error.leavesDoubt, "\(error)")
                booking = try await bench.courier.find(request.reference, of: request)
            }
            #expect(booking?.state == .created)
            #expect(try await bench.courier.create(request) == booking)
            #expect(try await bench.orders.count == 1)
        }
    }

    @Test("An answer that comes too late leaves one order and one AWB, whoever asks meanwhile")
    func tooLate() async throws {
        try await ShiprocketBench.open { bench in
            let request = ShiprocketBench.request()
            let hasty = try bench.process(
                transport: HastyTransport(inner: HTTPTransport(client: bench.server.http), patience: .seconds(2))
            )
            _ = try await hasty.balance()
            try await bench.control(
                "next", #"{"request":"POST /orders/create/adhoc","fault":"none","delay_ms":4000}"#)
            let first = await #expect(throws: CourierError.self) { try await hasty.create(request) }
            #expect(first?.leavesDoubt == true)
            let booking = try await bench.courier.create(request)
            let shipment = bench.shipment(request, booking)
            try await bench.control("next", #"{"request":"POST /courier/assign/awb","fault":"none","delay_ms":4000}"#)
            let second = await #expect(throws: CourierError.self) {
                try await hasty.assignAWB(to: shipment, service: nil)
            }
            #expect(second?.leavesDoubt == true)
            let assigned = try await bench.courier.assignAWB(to: shipment, service: nil)
            try await Task.sleep(for: .seconds(5))
            #expect(try await bench.courier.assignAWB(to: shipment, service: nil) == assigned)
            #expect(try await bench.courier.create(request).names == assigned.names)
            #expect(try await bench.orders.count == 1)
            #expect(try await bench.charges == 1)
        }
    }

    @Test("A 500 that tells of a wrong type is refused for good once nothing is there; other 500s are not")
    func wrongType() async throws {
        try await ShiprocketBench.open { bench in
            let request = ShiprocketBench.request()
            try await bench.control("settings", #"{"error_body":"type"}"#)
            try await bench.disturb("POST /orders/create/adhoc", "error_before")
            let error = await #expect(throws: CourierError.self) { try await bench.courier.create(request) }
            guard case .refused(ShiprocketRefusal.Code.wrongType, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try await bench.control("settings", #"{"error_body":"json"}"#)
            try await bench.disturb("POST /orders/create/adhoc", "error_before")
            let trouble = await #expect(throws: CourierError.self) { try await bench.courier.create(request) }
            #expect(trouble?.leavesDoubt == true)
            #expect(try await bench.orders.isEmpty)
        }
    }

    @Test("A vendor's place is made known when it is first needed, and once, however many ask")
    func pickupLocations() async throws {
        try await ShiprocketBench.open { bench in
            let place = try ShiprocketBench.place()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<5 {
                    group.addTask {
                        _ = try await bench.courier.create(ShiprocketBench.request("H\(number)", location: place))
                    }
                }
                try await group.waitForAll()
            }
            let before = try await bench.count("POST", "/settings/company/addpickup")
            #expect((1...5).contains(before))
            _ = try await bench.process().create(ShiprocketBench.request("H9", location: place))
            #expect(try await bench.count("POST", "/settings/company/addpickup") == before)
            let list = try await bench.courier.client.get("test", "/settings/company/pickup")
            let known = try list.object("data").objects("shipping_address")
            #expect(known.compactMap { $0.loose("pickup_location") } == ["Primary", "\(place.id)-1"])
            #expect(known.last?.loose("pin_code") == "682001" && known.last?.loose("state") == "Kerala")
            #expect(try await bench.orders.count == 6)
        }
    }

    @Test("A place without a mobile number, or outside India, is no place for Shiprocket")
    func wrongPlaces() async throws {
        try await ShiprocketBench.open { bench in
            let place = try ShiprocketBench.place(phone: "+914842345678")
            let error = await #expect(throws: CourierError.self) {
                try await bench.courier.create(ShiprocketBench.request(location: place))
            }
            guard case .refused = error else { Issue.record("\(String(describing: error))"); return }
            #expect(try await bench.orders.isEmpty)
        }
    }

    @Test("A refusal of Shiprocket's names the field")
    func refused() async throws {
        try await ShiprocketBench.open { bench in
            let courier = try bench.process(["HAAT_SHIPROCKET_PICKUP_LOCATION": "Nowhere"])
            let error = await #expect(throws: CourierError.self) {
                try await courier.create(ShiprocketBench.request())
            }
            guard case .refused(_, let message) = error else { Issue.record("\(String(describing: error))"); return }
            #expect(message.contains("Wrong Pickup location"))
        }
    }
}

/// An address of which some parts are missing.
private struct ShippingAddressParts {
    var phone: String? = "+919811111111"
    var pin: String? = "400050"
    var region: String? = "Maharashtra"

    func with(phone: String?) -> Self { var copy = self; copy.phone = phone; return copy }
    func with(pin: String?) -> Self { var copy = self; copy.pin = pin; return copy }
    func with(region: String?) -> Self { var copy = self; copy.region = region; return copy }

    var address: ShippingAddress {
        ShippingAddress(
            name: "Asha Rao", line1: "4 Hill Road", city: "Mumbai", region: region, postalCode: pin, country: "IN",
            phone: phone)
    }
}

/// Gives up on answers sooner than the product does.
private struct HastyTransport: OutboundTransport {
    let inner: any OutboundTransport
    let patience: Duration

    func send(
        method: String, url: String, headers: [OutboundHeader], body: [UInt8], timeout: Duration
    ) async throws(TransportFailure) -> OutboundResponse {
        try await inner.send(method: method, url: url, headers: headers, body: body, timeout: min(timeout, patience))
    }
}
