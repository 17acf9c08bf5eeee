import Foundation
import Testing

@testable import SandboxRuntime

@Suite("Razorpay's API")
struct RazorpayAPITests {
    @Test("The scheme must be written exactly Basic, and only the configured key is accepted")
    func authentication() async throws {
        try await withSandbox { sandbox in
            let credentials = Harness.razorpayAuthorization.dropFirst("Basic ".count)
            for refused in ["basic \(credentials)", "BASIC \(credentials)", "Bearer x", "Basic cnpwX3Rlc3RfeDp5"] {
                let reply = try await sandbox.razorpay(.get, "orders", headers: ["Authorization": refused])
                #expect(reply.status == 401)
                #expect(reply.json["error"]?["code"] == "BAD_REQUEST_ERROR")
            }
            #expect(try await sandbox.razorpay(.get, "orders").status == 200)
        }
    }

    @Test("notes is an array when it is empty and an object otherwise")
    func notes() async throws {
        try await withSandbox { sandbox in
            let bare = try await sandbox.razorpay(.post, "orders", #"{"amount":5000,"currency":"INR"}"#)
            #expect(bare.text.contains(#""notes":[]"#))
            let noted = try await sandbox.razorpay(
                .post, "orders", #"{"amount":5000,"currency":"INR","notes":{"key1":"value3"}}"#)
            #expect(noted.json["notes"] == ["key1": "value3"])
            #expect(noted.json["status"] == "created")
            #expect(noted.json["amount_due"] == 5000)
        }
    }

    @Test("Orders have no idempotency key: only unique_receipt returns the same order, and a receipt finds all of them")
    func receipts() async throws {
        try await withSandbox { sandbox in
            let first = try await sandbox.razorpayOrder(#","receipt":"r-1""#)
            #expect(try await sandbox.razorpayOrder(#","receipt":"r-1""#) != first)
            #expect(try await sandbox.razorpayOrder(#","receipt":"r-1","unique_receipt":true"#) == first)
            let found = try await sandbox.razorpay(.get, "orders?receipt=r-1").json
            #expect(found["entity"] == "collection")
            #expect(found["count"] == 2)
        }
    }

    @Test("Bad orders are refused by name: amount, currency, receipt, notes")
    func badOrders() async throws {
        try await withSandbox { sandbox in
            let many = (0..<16).map { "\"k\($0)\":\"v\"" }.joined(separator: ",")
            let cases = [
                (#"{"currency":"INR"}"#, "amount"), (#"{"amount":99,"currency":"INR"}"#, "amount"),
                (#"{"amount":1.5,"currency":"INR"}"#, "amount"), (#"{"amount":100}"#, "currency"),
                (#"{"amount":100,"currency":"inr"}"#, "currency"), (#"{"amount":1005,"currency":"KWD"}"#, "amount"),
                (#"{"amount":100,"currency":"INR","receipt":"\#(String(repeating: "r", count: 41))"}"#, "receipt"),
                (#"{"amount":100,"currency":"INR","notes":{\#(many)}}"#, "notes"),
            ]
            for (body, field) in cases {
                let reply = try await sandbox.razorpay(.post, "orders", body)
                #expect(reply.status == 400, "\(body)")
                #expect(reply.json["error"]?["field"] == .string(field))
            }
            #expect(try await sandbox.razorpay(.post, "orders", "{").status == 400)
            #expect(try await sandbox.razorpay(.get, "orders/order_none").status == 400)
        }
    }

    @Test("Late authorisation: a failed payment becomes authorised and captured")
    func lateAuthorisation() async throws {
        try await withSandbox { sandbox in
            let order = try await sandbox.razorpayOrder()
            let payment = try await sandbox.razorpayPayment(#"{"order":"\#(order)","outcome":"late"}"#)
            #expect(try await sandbox.razorpayStatus(payment) == "failed")
            #expect(try await sandbox.razorpay(.get, "orders/\(order)").json["status"] == "attempted")
            try await sandbox.control("razorpay/advance", #"{"seconds":3601}"#)
            #expect(try await sandbox.razorpayStatus(payment) == "captured")
            #expect(try await sandbox.razorpay(.get, "orders/\(order)").json["status"] == "paid")
        }
    }

    @Test("Two payments on one order: only one is captured, the other is refunded after three days")
    func twoPayments() async throws {
        try await withSandbox { sandbox in
            let (order, first) = try await sandbox.razorpayPaid()
            let second = try await sandbox.razorpayPayment(#"{"order":"\#(order)","method":"upi"}"#)
            let listed = try await sandbox.razorpay(.get, "orders/\(order)/payments").json
            #expect(listed["items"]?.elements?.map { $0["id"] } == [.string(second), .string(first)])
            #expect(listed["items"]?.elements?.map { $0["status"] } == ["authorized", "captured"])
            let capture = try await sandbox.razorpay(
                .post, "payments/\(second)/capture", #"{"amount":50000,"currency":"INR"}"#)
            #expect(capture.status == 400)
            try await sandbox.control("razorpay/advance", #"{"seconds":259201}"#)
            #expect(try await sandbox.razorpayStatus(second) == "refunded")
            #expect(try await sandbox.razorpayStatus(first) == "captured")
        }
    }

    @Test("A payment without an order can't be captured and is refunded")
    func withoutOrder() async throws {
        try await withSandbox { sandbox in
            let payment = try await sandbox.razorpayPayment(#"{"amount":700,"currency":"INR"}"#)
            #expect(try await sandbox.razorpayStatus(payment) == "authorized")
            #expect(
                try await sandbox.razorpay(
                    .post, "payments/\(payment)/capture", #"{"amount":700,"currency":"INR"}"#
                ).status == 400)
            try await sandbox.control("razorpay/advance", #"{"seconds":259201}"#)
            #expect(try await sandbox.razorpayStatus(payment) == "refunded")
        }
    }

    @Test("A capture must be of the order's amount, and of an authorised payment only")
    func capture() async throws {
        try await withSandbox { sandbox in
            let order = try await sandbox.razorpayOrder(#","payment_capture":0"#)
            let payment = try await sandbox.razorpayPayment(#"{"order":"\#(order)"}"#)
            let path = "payments/\(payment)/capture"
            #expect(try await sandbox.razorpay(.post, path, #"{"amount":49999,"currency":"INR"}"#).status == 400)
            #expect(try await sandbox.razorpay(.post, path, #"{"amount":50000,"currency":"USD"}"#).status == 400)
            let captured = try await sandbox.razorpay(.post, path, #"{"amount":50000,"currency":"INR"}"#).json
            #expect(captured["status"] == "captured")
            #expect(captured["captured"] == true)
            #expect(captured["fee"] == 1180)
            #expect(captured["tax"] == 180)
            let again = try await sandbox.razorpay(.post, path, #"{"amount":50000,"currency":"INR"}"#)
            #expect(again.json["error"]?["description"] == "This payment has already been captured")
        }
    }

    @Test("An order never leaves paid, even when it is refunded")
    func paidForGood() async throws {
        try await withSandbox { sandbox in
            let (order, payment) = try await sandbox.razorpayPaid()
            _ = try await sandbox.razorpay(.post, "payments/\(payment)/refund", "{}")
            #expect(try await sandbox.razorpayStatus(payment) == "refunded")
            #expect(try await sandbox.razorpay(.get, "orders/\(order)").json["status"] == "paid")
        }
    }

    @Test("Errors of the machinery come in three shapes")
    func errorShapes() async throws {
        try await withSandbox { sandbox in
            for (shape, path) in [("object", "error"), ("message", "message"), ("string", "")] {
                try await sandbox.control("razorpay/settings", #"{"error_shape":"\#(shape)"}"#)
                try await sandbox.control(
                    "razorpay/next", #"{"request":"GET /v1/orders","fault":"error_before"}"#)
                let reply = try await sandbox.razorpay(.get, "orders")
                #expect(reply.status == 500)
                if path.isEmpty {
                    #expect(reply.json.stringValue != nil)
                } else {
                    #expect(reply.json[path] != nil)
                }
            }
            try await sandbox.control("razorpay/next", #"{"request":"GET /v1/orders","fault":"rate_limit"}"#)
            #expect(try await sandbox.razorpay(.get, "orders").status == 429)
        }
    }

    @Test("Lists take from, to, count and skip, newest first")
    func lists() async throws {
        try await withSandbox { sandbox in
            try await sandbox.control("razorpay/clock", #"{"freeze":1700000000}"#)
            var ids: [String] = []
            for _ in 0..<4 {
                ids.append(try await sandbox.razorpayPaid().payment)
                try await sandbox.control("razorpay/advance", #"{"seconds":10}"#)
            }
            let page = try await sandbox.razorpay(.get, "payments?count=2&skip=1").json
            #expect(page["items"]?.elements?.compactMap { $0["id"]?.stringValue } == [ids[2], ids[1]])
            let range = try await sandbox.razorpay(.get, "payments?from=1700000010&to=1700000020").json
            #expect(range["items"]?.elements?.compactMap { $0["id"]?.stringValue } == [ids[2], ids[1]])
            #expect(try await sandbox.razorpay(.get, "payments?count=101").status == 400)
        }
    }

    @Test("Settlements pay captured payments out, and the reconciliation list names each entry")
    func settlements() async throws {
        try await withSandbox { sandbox in
            try await sandbox.control("razorpay/clock", #"{"freeze":1654905600}"#)
            let (order, payment) = try await sandbox.razorpayPaid()
            let refund = try await sandbox.razorpay(.post, "payments/\(payment)/refund", #"{"amount":10000}"#).json
            let settlement = try await sandbox.control("razorpay/settlements").json
            #expect(settlement["amount"] == 38_820)
            let id = try #require(settlement["id"]?.stringValue)
            #expect(try await sandbox.razorpay(.get, "settlements/\(id)").json == settlement)
            let recon = try await sandbox.razorpay(.get, "settlements/recon/combined?year=2022&month=06&day=11").json
            let items = try #require(recon["items"]?.elements)
            #expect(items.map { $0["type"] } == ["payment", "refund"])
            #expect(items[0]["entity_id"] == .string(payment))
            #expect(items[0]["credit"] == 48_820)
            #expect(items[0]["order_id"] == .string(order))
            #expect(items[1]["entity_id"] == refund["id"])
            #expect(items[1]["debit"] == 10_000)
            #expect(items[1]["settlement_utr"] == settlement["utr"])
            let other = try await sandbox.razorpay(.get, "settlements/recon/combined?year=2022&month=07").json
            #expect(other["count"] == 0)
        }
    }
}
