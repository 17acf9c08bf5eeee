import Testing

@testable import SandboxRuntime

@Suite("Shiprocket: orders, rates, AWBs and the wallet")
struct ShiprocketOrderTests {
    @Test("A new order has ids of the provider's own and no AWB")
    func create() async throws {
        try await withShiprocket { client in
            let created = try await client.create("ord-1")
            #expect(
                created.members.map(\.name) == [
                    "order_id", "shipment_id", "status", "status_code", "onboarding_completed_now", "awb_code",
                    "courier_company_id", "courier_name",
                ])
            #expect(created["status"] == "NEW")
            #expect(created["status_code"] == 1)
            #expect(created["awb_code"] == "")
            #expect(created["order_id"] != created["shipment_id"])
        }
    }

    @Test("Each missing or wrong field is a 422 that names it")
    func validation() async throws {
        let cases: [(String, JSON)] = [
            ("order_id", ""), ("order_id", .string(String(repeating: "x", count: 51))), ("order_date", "20/11/2026"),
            ("pickup_location", ""), ("pickup_location", "Nowhere"), ("billing_customer_name", .null),
            ("billing_city", .string(String(repeating: "x", count: 31))), ("billing_pincode", "4000"),
            ("billing_email", ""), ("payment_method", "Barter"), ("sub_total", .null), ("length", 0.5), ("weight", 0),
            ("shipping_is_billing", .null), ("order_items", []),
        ]
        try await withShiprocket { client in
            for (field, value) in cases {
                let reply = try await client.send(
                    .post, "orders/create/adhoc", ShiprocketClient.order("ord-1", [field: value]))
                #expect(reply.status == 422, "\(field) \(value)")
                #expect(reply.json["errors"]?.members.map(\.name) == [field])
                #expect(reply.json["status_code"] == 422)
            }
            let phone = try await client.create("ord-1", ["billing_phone": "12345"])
            #expect(phone["errors"]?["billing_phone"] == ["Not a valid mobile number"])
            #expect(phone["message"] == "Oops! Invalid Data.")
            let place = try await client.create("ord-1", ["pickup_location": "Nowhere"])
            #expect(place["message"] == "Wrong Pickup location entered.")
            let separate = try await client.create("ord-1", ["shipping_is_billing": false])
            #expect(separate["errors"]?["shipping_pincode"] != nil)
        }
    }

    @Test("A repeated order id answers 200 with the existing order, a cancelled one too, or 422 by switch")
    func duplicates() async throws {
        try await withShiprocket { client in
            let first = try await client.create("ord-1")
            let second = try await client.create("ord-1", ["sub_total": 5])
            #expect(second == first)
            _ = try await client.post("orders/cancel", ["ids": [first["order_id"] ?? .null]])
            let cancelled = try await client.create("ord-1")
            #expect(cancelled["order_id"] == first["order_id"])
            #expect(cancelled["status"] == "CANCELED")
            #expect(cancelled["status_code"] == 5)
            try await client.settings(#"{"duplicate":"refuse"}"#)
            let refused = try await client.send(.post, "orders/create/adhoc", ShiprocketClient.order("ord-1"))
            #expect(refused.status == 422)
            #expect(refused.json["errors"]?["order_id"] != nil)
        }
    }

    @Test("The search is fuzzy; shipments are a list there and an object in show")
    func read() async throws {
        try await withShiprocket { client in
            for id in ["224-447", "224-4471"] { _ = try await client.create(id) }
            let found = try await client.get("orders?search=224-447")
            #expect(found["data"]?.elements?.count == 2)
            #expect(found["meta"]?["pagination"]?["total"] == 2)
            #expect(found["data"]?.elements?.first?["shipments"]?.elements?.count == 1)
            let page = try await client.get("orders?per_page=1&sort=ASC")
            #expect(page["data"]?.elements?.first?["channel_order_id"] == "224-447")
            #expect(page["meta"]?["pagination"]?["links"]?["next"] != nil)
            let id = page["data"]?.elements?.first?["id"]?.intValue ?? 0
            let shown = try await client.get("orders/show/\(id)")
            #expect(shown["data"]?["shipments"]?["awb"] == "")
            #expect(shown["data"]?["total"] == "900.00")
            let missing = try await client.send(.get, "orders/show/1")
            #expect(missing.status == 404)
            #expect(missing.json["message"] == "Order does not exist!")
            #expect(try await client.get("shipments")["data"]?.elements?.count == 2)
        }
    }

    @Test("Connected channels must exist and take short order ids")
    func channels() async throws {
        try await withShiprocket { client in
            let unknown = try await client.send(
                .post, "orders/create", ShiprocketClient.order("ord-1", ["channel_id": 1]))
            #expect(unknown.json == ["message": "Given channel id does not exist", "status_code": 400])
            let channel = try await client.get("channels")["data"]?.elements?.first?["id"] ?? .null
            let long = ShiprocketClient.order("order-id-beyond-twenty", ["channel_id": channel])
            #expect(try await client.send(.post, "orders/create", long).status == 422)
            let created = try await client.post(
                "orders/create", ShiprocketClient.order("ord-1", ["channel_id": channel]))
            #expect(created["status_code"] == 1)
        }
    }

    @Test("An order cancels with 200 or 204, its freight comes back, and one under way doesn't cancel")
    func cancel() async throws {
        try await withShiprocket { client in
            let booked = try await client.book("ord-1")
            #expect(try await client.get("account/details/wallet-balance")["data"]?["balance_amount"] != "10000.00")
            let reply = try await client.send(.post, "orders/cancel", ["ids": [booked.order]])
            #expect(reply.status == 200)
            #expect(reply.json["message"] == "Order cancelled successfully.")
            #expect(
                try await client.get("account/details/wallet-balance")
                    == ["data": ["balance_amount": "10000.00"]])
            try await client.settings(#"{"cancel_status":204}"#)
            let other = try await client.create("ord-2")
            let empty = try await client.send(.post, "orders/cancel", ["ids": [other["order_id"] ?? .null]])
            #expect(empty.status == 204)
            #expect(empty.body.isEmpty)
            let unknown = try await client.send(.post, "orders/cancel", ["ids": [1]])
            #expect(unknown.json == ["message": "Order ID not found", "status_code": 400])
            let moving = try await client.ship("ord-3")
            try await client.advance(300)
            #expect(try await client.send(.post, "orders/cancel", ["ids": [moving.order]]).status == 400)
        }
    }

    @Test("Cancelling AWBs takes its time and leaves the order to be shipped anew")
    func cancelShipments() async throws {
        try await withShiprocket { client in
            let booked = try await client.book("ord-1")
            let reply = try await client.post("orders/cancel/shipment/awbs", ["awbs": [.string(booked.awb)]])
            #expect(
                reply == ["message": "Bulk Shipment cancellation is in progress. Please wait for some time."])
            let id = booked.order.intValue ?? 0
            #expect(try await client.get("orders/show/\(id)")["data"]?["status_code"] == 3)
            try await client.advance(60)
            #expect(try await client.get("orders/show/\(id)")["data"]?["status_code"] == 1)
            let again = try await client.post("courier/assign/awb", ["shipment_id": booked.shipment])
            #expect(again["awb_assign_status"] == 1)
            #expect(again["response"]?["data"]?["awb_code"] != .string(booked.awb))
        }
    }

    @Test("Rates come by pin code, cheapest first, with JSON inside a text")
    func serviceability() async throws {
        try await withShiprocket { client in
            let rates = try await client.get(
                "courier/serviceability/?pickup_postcode=560001&delivery_postcode=110001&cod=0&weight=1.2")
            let companies = try #require(rates["data"]?["available_courier_companies"]?.elements)
            #expect(companies.count == 4)
            #expect(
                companies.compactMap { $0["rate"]?.doubleValue }.sorted()
                    == companies.compactMap { $0["rate"]?.doubleValue })
            #expect(companies[0]["charge_weight"] == 1.5)
            #expect(companies[0]["zone"] == "z_c")
            let others = companies[0]["others"]?.stringValue ?? ""
            #expect(try JSONParser.parse(Array(others.utf8))["is_custom"] == 0)
            #expect(rates["currency"] == "INR")
            let cod = try await client.get(
                "courier/serviceability/?pickup_postcode=560001&delivery_postcode=110001&cod=1&weight=1.2&mode=Surface")
            #expect(cod["data"]?["available_courier_companies"]?.elements?.count == 2)
            let order = try await client.create("ord-1")
            let byOrder = try await client.get(
                "courier/serviceability/?pickup_postcode=560001&delivery_postcode=400050&order_id=\(order["order_id"]?.intValue ?? 0)"
            )
            #expect(byOrder["data"]?["recommended_courier_company_id"]?.intValue != nil)
            let missing = try await client.send(
                .get, "courier/serviceability/?pickup_postcode=560001&delivery_postcode=110001")
            #expect(missing.status == 422)
            #expect(missing.json["errors"]?.members.map(\.name) == ["cod", "weight"])
        }
    }

    @Test("Where nobody goes there is a 404, a 200 with 404 inside, or an empty list")
    func unserviceable() async throws {
        try await withShiprocket { client in
            let path = "courier/serviceability/?pickup_postcode=560001&delivery_postcode=900001&cod=0&weight=1"
            let refused = try await client.send(.get, path)
            #expect(refused.status == 404)
            #expect(refused.json["status"] == 404)
            try await client.settings(#"{"unserviceable":"ok"}"#)
            let hidden = try await client.send(.get, path)
            #expect(hidden.status == 200)
            #expect(hidden.json["status"] == 404)
            try await client.settings(#"{"unserviceable":"empty"}"#)
            #expect(try await client.get(path)["data"]?["available_courier_companies"] == [])
            try await client.sandbox.control("shiprocket/pincodes", #"{"pincode":"900001","serviceable":true}"#)
            #expect(
                try await client.get(path)["data"]?["available_courier_companies"]?.elements?.isEmpty == false)
            try await client.sandbox.control("shiprocket/pincodes", #"{"pincode":"400050","serviceable":false}"#)
            let created = try await client.create("ord-1")
            let none = try await client.send(
                .post, "courier/assign/awb", ["shipment_id": created["shipment_id"] ?? .null])
            #expect(none.status == 200)
            #expect(none.json["awb_assign_status"] == 0)
            #expect(none.json["response"]?["data"]?["awb_assign_error"]?.stringValue != nil)
        }
    }

    @Test("The wallet is charged with the AWB and not before; too low is status_code 350")
    func wallet() async throws {
        try await withShiprocket { client in
            try await client.sandbox.control("shiprocket/wallet", #"{"balance":"-291.50"}"#)
            #expect(
                try await client.get("account/details/wallet-balance") == ["data": ["balance_amount": "-291.50"]])
            let created = try await client.create("ord-1")
            let body: JSON = ["shipment_id": created["shipment_id"] ?? .null]
            let low = try await client.post("courier/assign/awb", body)
            #expect(low["status_code"] == 350)
            #expect(low["message"]?.stringValue?.contains("recharge") == true)
            try await client.sandbox.control("shiprocket/wallet", #"{"balance":1000}"#)
            let assigned = try await client.post("courier/assign/awb", body)
            #expect(assigned["awb_assign_status"] == 1)
            let statement = try await client.get("account/details/statement")
            let row = try #require(statement["data"]?.elements?.first)
            #expect(row["awb_code"] == assigned["response"]?["data"]?["awb_code"])
            #expect(row["amount"]?.stringValue?.hasPrefix("-") == true)
            #expect(
                try await client.get("account/details/wallet-balance")["data"]?["balance_amount"]
                    == row["balance_amount"])
        }
    }

    @Test("A second AWB is refused in a 200 or by a 400, and reassigned once in 24 hours")
    func reassign() async throws {
        try await withShiprocket { client in
            let booked = try await client.book("ord-1")
            let body: JSON = ["shipment_id": booked.shipment]
            let taken = try await client.send(.post, "courier/assign/awb", body)
            #expect(taken.status == 200)
            #expect(taken.json["awb_assign_status"] == 0)
            #expect(taken.json["response"]?["data"]?["awb_assign_error"] == "AWB is already assigned")
            try await client.settings(#"{"reassign":"refuse"}"#)
            let refused = try await client.send(.post, "courier/assign/awb", body)
            #expect(refused.status == 400)
            #expect(refused.json["message"] == "Oops! Cannot reassign courier for this shipment.")
            let again: JSON = ["shipment_id": booked.shipment, "courier_id": 24, "status": "reassign"]
            let reassigned = try await client.post("courier/assign/awb", again)
            #expect(reassigned["response"]?["data"]?["courier_company_id"] == 24)
            #expect(try await client.send(.post, "courier/assign/awb", again).status == 400)
            try await client.advance(86_400)
            #expect(try await client.post("courier/assign/awb", again)["awb_assign_status"] == 1)
        }
    }

    @Test("An AWB whose answer was lost is found by showing the order; one may also come later")
    func lostAWB() async throws {
        try await withShiprocket { client in
            let created = try await client.create("ord-1")
            let body: JSON = ["shipment_id": created["shipment_id"] ?? .null]
            try await client.sandbox.control(
                "shiprocket/next", #"{"request":"POST /courier/assign/awb","fault":"lose_answer"}"#)
            await #expect(throws: (any Error).self) { try await client.post("courier/assign/awb", body) }
            let shown = try await client.get("orders/show/\(created["order_id"]?.intValue ?? 0)")
            #expect(shown["data"]?["shipments"]?["awb"]?.stringValue?.isEmpty == false)

            try await client.settings(#"{"assign_later":true}"#)
            let late = try await client.create("ord-2")
            let working = try await client.post(
                "courier/assign/awb", ["shipment_id": late["shipment_id"] ?? .null])
            #expect(working == ["success": true, "message": "We are processing your request"])
            let path = "orders/show/\(late["order_id"]?.intValue ?? 0)"
            #expect(try await client.get(path)["data"]?["shipments"]?["awb"] == "")
            try await client.advance(60)
            #expect(try await client.get(path)["data"]?["shipments"]?["awb"] != "")
        }
    }

    @Test("Pickup addresses are listed, added and checked")
    func pickups() async throws {
        try await withShiprocket { client in
            let addresses = try await client.get("settings/company/pickup")["data"]?["shipping_address"]
            #expect(addresses?.elements?.first?["pickup_location"] == "Primary")
            #expect(try await client.send(.post, "settings/company/addpickup", [:]).status == 422)
            _ = try await client.post(
                "settings/company/addpickup",
                [
                    "pickup_location": "Second", "name": "S", "email": "s@haat.example", "phone": "9800000001",
                    "address": "1 Road", "city": "Pune", "state": "Maharashtra", "country": "India",
                    "pin_code": "411001",
                ])
            let created = try await client.create("ord-1", ["pickup_location": "Second"])
            let moved = try await client.send(
                .patch, "orders/address/pickup",
                ["order_id": [created["order_id"] ?? .null], "pickup_location": "Primary"])
            #expect(moved.json == ["message": "Pickup location Updated"])
            let unknown = try await client.post(
                "orders/address/pickup", ["order_id": [created["order_id"] ?? .null], "pickup_location": "X"])
            #expect(unknown["message"] == "Pickup Code does not exist")
        }
    }
}
