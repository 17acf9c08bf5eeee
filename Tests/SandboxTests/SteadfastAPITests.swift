import Testing

@testable import SandboxRuntime

@Suite("Steadfast's API")
struct SteadfastAPITests {
    @Test("Both keys are needed, and wrong or closed accounts are a 401")
    func keys() async throws {
        try await withCouriers {
            $0.couriers.steadfastAPIKey = "key"
            $0.couriers.steadfastSecretKey = "secret"
        } _: { sandbox in
            for headers in [[:], ["Api-Key": "key"], ["Secret-Key": "secret"]] {
                let reply = try await sandbox.steadfast(.get, "get_balance", headers: headers)
                #expect(reply.status == 401)
                #expect(reply.json == ["message": "Unauthenticated."])
            }
            let wrong = try await sandbox.steadfast(
                .get, "get_balance", headers: ["Api-Key": "key", "Secret-Key": "other"])
            #expect(wrong.status == 401)
            #expect(wrong.json["message"] == "Unauthorized")
            try await sandbox.control("steadfast/settings", #"{"account_active":false}"#)
            let closed = try await sandbox.steadfast(.get, "get_balance")
            #expect(closed.status == 401)
            #expect(closed.json["message"] == "Account is not active!")
        }
    }

    @Test("An order is in review, with no price and no label in its answer")
    func create() async throws {
        try await withCouriers { sandbox in
            let reply = try await sandbox.bookSteadfast("ord-1")
            #expect(reply.status == 200)
            #expect(reply.json["status"] == 200)
            #expect(reply.json["message"] == "Consignment has been created successfully.")
            let consignment = try #require(reply.json["consignment"])
            #expect(
                consignment.members.map(\.name) == [
                    "consignment_id", "invoice", "tracking_code", "recipient_name", "recipient_phone",
                    "recipient_address", "cod_amount", "status", "note", "created_at", "updated_at",
                ])
            #expect(consignment["status"] == "in_review")
            #expect(consignment["cod_amount"] == 1060)
            #expect(consignment["tracking_code"]?.stringValue?.count == 8)
            #expect(consignment["created_at"]?.stringValue?.hasSuffix(".000000Z") == true)
        }
    }

    @Test("A repeated invoice is refused, by HTTP 400 or by HTTP 200 with status 400 in the body")
    func uniqueInvoice() async throws {
        try await withCouriers { sandbox in
            _ = try await sandbox.bookSteadfast("ord-1")
            let refused = try await sandbox.bookSteadfast("ord-1")
            #expect(refused.status == 400)
            let body: JSON = [
                "status": 400, "message": "The given data was invalid.",
                "errors": ["invoice": ["The invoice has already been taken."]],
            ]
            #expect(refused.json == body)
            try await sandbox.control("steadfast/settings", #"{"validation_status":200}"#)
            let hidden = try await sandbox.bookSteadfast("ord-1")
            #expect(hidden.status == 200)
            #expect(hidden.json == body)
            try await sandbox.control("steadfast/settings", #"{"bare_errors":true}"#)
            let bare = try await sandbox.bookSteadfast("ord-1")
            #expect(bare.json == ["status": 400, "message": "The invoice has already been taken."])
        }
    }

    @Test("Each field's rule is kept and named")
    func validation() async throws {
        let cases: [(String, JSON)] = [
            ("invoice", "has space"), ("invoice", ""), ("recipient_name", ""),
            ("recipient_name", .string(String(repeating: "x", count: 101))), ("recipient_phone", "1711111111"),
            ("recipient_phone", "+8801711111111"), ("recipient_address", .string(String(repeating: "x", count: 251))),
            ("cod_amount", -1), ("cod_amount", "many"), ("cod_amount", .null),
            ("note", .string(String(repeating: "x", count: 481))), ("delivery_type", 2),
        ]
        try await withCouriers { sandbox in
            for (field, value) in cases {
                let reply = try await sandbox.bookSteadfast("ord-1", [field: value])
                #expect(reply.status == 400, "\(field) \(value)")
                #expect(reply.json["errors"]?.members.map(\.name) == [field])
            }
            #expect(try await sandbox.bookSteadfast("ord-1", ["cod_amount": 0]).status == 200)
            #expect(
                try await sandbox.bookSteadfast("ord-2", ["cod_amount": "10.50"]).json["consignment"]?["cod_amount"]
                    == 10.5)
        }
    }

    @Test("Bulk takes a text of JSON and an array; a failed row has no reason, amounts are texts, invoices may repeat")
    func bulk() async throws {
        try await withCouriers { sandbox in
            let good = Harness.steadfastOrder("bulk-1")
            let rows: JSON = .array([good, Harness.steadfastOrder("bulk-2", ["recipient_phone": "1"]), good])
            let text: JSON = ["data": .string(String(decoding: rows.compact, as: UTF8.self))]
            let wire = String(decoding: text.compact, as: UTF8.self)
            let reply = try await sandbox.steadfast(.post, "create_order/bulk-order", wire)
            let results = try #require(reply.json.elements)
            #expect(results.map { $0["status"] } == ["success", "error", "success"])
            #expect(results[0]["cod_amount"] == "1060.00")
            #expect(results[1]["consignment_id"] == .null)
            #expect(results[1]["tracking_code"] == .null)
            #expect(results[1]["errors"] == nil)
            #expect(results[0]["consignment_id"] != results[2]["consignment_id"])

            try await sandbox.control("steadfast/settings", #"{"wrapped_bulk":true}"#)
            let array: JSON = ["data": rows]
            let wrapped = try await sandbox.steadfast(
                .post, "create_order/bulk-order", String(decoding: array.compact, as: UTF8.self))
            #expect(wrapped.json["data"]?.elements?.count == 3)

            let many: JSON = ["data": .array(Array(repeating: good, count: 501))]
            let refused = try await sandbox.steadfast(
                .post, "create_order/bulk-order", String(decoding: many.compact, as: UTF8.self))
            #expect(refused.status == 400)
        }
    }

    @Test("Three lookups answer a status without a consignment id, and an unknown parcel is a 404")
    func lookups() async throws {
        try await withCouriers { sandbox in
            let consignment = try #require(try await sandbox.bookSteadfast("ord-1").json["consignment"])
            let id = consignment["consignment_id"]?.intValue ?? 0
            let code = consignment["tracking_code"]?.stringValue ?? ""
            for path in ["status_by_cid/\(id)", "status_by_invoice/ord-1", "status_by_trackingcode/\(code)"] {
                #expect(
                    try await sandbox.steadfast(.get, path).json == ["status": 200, "delivery_status": "in_review"])
            }
            for path in ["status_by_cid/1", "status_by_invoice/none", "status_by_trackingcode/none"] {
                let missing = try await sandbox.steadfast(.get, path)
                #expect(missing.status == 404)
                #expect(missing.json == ["status": 404, "message": "Consignment not found"])
            }
        }
    }

    @Test("Money comes with the final status, less charge and fee, and goes out with a payment")
    func money() async throws {
        try await withCouriers { sandbox in
            _ = try await sandbox.bookSteadfast("ord-1", ["cod_amount": 1000])
            #expect(try await sandbox.steadfast(.get, "get_balance").json["current_balance"] == 0)
            try await sandbox.control("steadfast/advance", #"{"seconds":360}"#)
            #expect(
                try await sandbox.steadfast(.get, "status_by_invoice/ord-1").json["delivery_status"]
                    == "delivered_approval_pending")
            #expect(try await sandbox.steadfast(.get, "get_balance").json["current_balance"] == 0)
            try await sandbox.control("steadfast/advance", #"{"seconds":60}"#)
            #expect(try await sandbox.steadfast(.get, "get_balance").json["current_balance"] == 930)
            try await sandbox.control("steadfast/settings", #"{"balance_as_text":true}"#)
            #expect(try await sandbox.steadfast(.get, "get_balance").json["current_balance"] == "930.00")
            try await sandbox.control("steadfast/payments")
            let payments = try await sandbox.steadfast(.get, "payments?page=1").json["payments"]?.elements ?? []
            #expect(payments.first?["amount"] == 930)
            #expect(
                payments.first?.members.map(\.name) == [
                    "payment_id", "amount", "method", "status_label", "created_at", "ready_at", "paid_at",
                ])
            let payment = try await sandbox.steadfast(.get, "payments/1").json
            #expect(payment["consignments"]?.elements?.first?["invoice"] == "ord-1")
            #expect(try await sandbox.steadfast(.get, "payments/9").status == 404)
        }
    }

    @Test("A return is asked for by any name of the parcel, and moves through its statuses")
    func returns() async throws {
        try await withCouriers { sandbox in
            let parcel = try await sandbox.bookSteadfast("ord-1").json["consignment"]
            let reply = try await sandbox.steadfast(
                .post, "create_return_request", #"{"invoice":"ord-1","reason":"damaged"}"#)
            #expect(
                reply.json.members.map(\.name) == [
                    "id", "user_id", "consignment_id", "reason", "status", "created_at", "updated_at",
                ])
            #expect(reply.json["consignment_id"] == parcel?["consignment_id"])
            #expect(reply.json["status"] == "pending")
            try await sandbox.control("steadfast/returns", #"{"id":1,"status":"processing"}"#)
            #expect(try await sandbox.steadfast(.get, "get_return_request/1").json["status"] == "processing")
            #expect(try await sandbox.steadfast(.get, "get_return_requests?page=1").json.elements?.count == 1)
            #expect(try await sandbox.steadfast(.post, "create_return_request", #"{"invoice":"no"}"#).status == 404)
            #expect(try await sandbox.steadfast(.post, "create_return_request", "{}").status == 400)
        }
    }

    @Test("There is no call to cancel, to price or to label")
    func leftToThePortal() async throws {
        try await withCouriers { sandbox in
            for path in ["cancel_order", "get_price", "label"] {
                #expect(try await sandbox.steadfast(.post, path, "{}").status == 404)
            }
            #expect(try await sandbox.steadfast(.get, "police_stations").json.elements?.isEmpty == false)
            let pickup = try await sandbox.steadfast(
                .post, "create_pickup_request", #"{"address":"Hub road 1","contact_number":"01711111111"}"#)
            #expect(pickup.json["data"]?["req_status"] == "pending")
        }
    }

    @Test("A created parcel whose answer was lost is found by its invoice, and a resend says it is taken")
    func lostAnswer() async throws {
        try await withCouriers { sandbox in
            try await sandbox.control(
                "steadfast/next", #"{"request":"POST /create_order","fault":"lose_answer"}"#)
            await #expect(throws: (any Error).self) { try await sandbox.bookSteadfast("ord-1") }
            #expect(try await sandbox.steadfast(.get, "status_by_invoice/ord-1").status == 200)
            #expect(
                try await sandbox.bookSteadfast("ord-1").json["errors"]?["invoice"]
                    == ["The invoice has already been taken."])
            try await sandbox.control("steadfast/next", #"{"request":"POST /create_order","fault":"refuse"}"#)
            await #expect(throws: (any Error).self) { try await sandbox.bookSteadfast("ord-2") }
            #expect(try await sandbox.steadfast(.get, "status_by_invoice/ord-2").status == 404)
        }
    }

    @Test("An unreadable 200 hides an order that exists")
    func unreadable() async throws {
        try await withCouriers { sandbox in
            try await sandbox.control("steadfast/settings", #"{"unreadable":1}"#)
            let reply = try await sandbox.bookSteadfast("ord-1")
            #expect(reply.status == 200)
            #expect(reply.json == .null)
            #expect(try await sandbox.steadfast(.get, "status_by_invoice/ord-1").status == 200)
            #expect(try await sandbox.bookSteadfast("ord-2").json["status"] == 200)
        }
    }

    @Test("Too many requests are a 429, with Retry-After or without; failures are JSON, a page, or nothing")
    func limitsAndFailures() async throws {
        try await withCouriers { sandbox in
            try await sandbox.control("steadfast/clock", #"{"freeze":1790000000}"#)
            try await sandbox.control("steadfast/settings", #"{"requests_per_minute":2}"#)
            for expected in [200, 200, 429] {
                let reply = try await sandbox.steadfast(.get, "get_balance")
                #expect(reply.status == expected)
                #expect(reply.headers["retry-after"] == nil)
            }
            try await sandbox.control("steadfast/settings", #"{"retry_after":7}"#)
            #expect(try await sandbox.steadfast(.get, "get_balance").headers["retry-after"] == "7")
            try await sandbox.control("steadfast/advance", #"{"seconds":60}"#)
            #expect(try await sandbox.steadfast(.get, "get_balance").status == 200)

            for (body, beginning) in [("json", "{"), ("html", "<html>"), ("empty", "")] {
                try await sandbox.control(
                    "steadfast/settings", #"{"error_body":"\#(body)","requests_per_minute":0}"#)
                try await sandbox.control(
                    "steadfast/next", #"{"request":"GET /get_balance","fault":"error_before"}"#)
                let reply = try await sandbox.steadfast(.get, "get_balance")
                #expect(reply.status >= 500)
                #expect(reply.text.hasPrefix(beginning))
            }
        }
    }

    @Test("The greatest and smallest numbers are answered like any other that isn't known")
    func extremes() async throws {
        try await withCouriers { sandbox in
            for number in ["\(Int.max)", "\(Int.min)", "99999999999999999999"] {
                #expect(try await sandbox.steadfast(.get, "status_by_cid/\(number)").status == 404)
                #expect(try await sandbox.steadfast(.get, "get_return_request/\(number)").status == 404)
                #expect(try await sandbox.steadfast(.get, "payments?page=\(number)").status == 200)
                #expect(try await sandbox.control("steadfast/settings", #"{"pace":\#(number)}"#).status == 400)
                #expect(
                    try await sandbox.control("steadfast/returns", #"{"id":\#(number),"status":"pending"}"#).status
                        >= 400)
            }
            _ = try await sandbox.bookSteadfast("ord-1", ["cod_amount": 1e300])
            _ = try await sandbox.bookSteadfast("ord-1")
            #expect(try await sandbox.steadfast(.get, "status_by_invoice/ord-1&x").status == 404)
        }
    }
}
