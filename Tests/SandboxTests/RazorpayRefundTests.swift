import Foundation
import Testing

@testable import SandboxRuntime

@Suite("Razorpay's refunds and disputes")
struct RazorpayRefundTests {
    private func refund(
        _ sandbox: Harness, _ payment: String, _ body: String, key: String? = nil
    ) async throws -> Harness.Reply {
        try await sandbox.razorpay(
            .post, "payments/\(payment)/refund", body, headers: key.map { ["X-Refund-Idempotency": $0] } ?? [:])
    }

    @Test("X-Refund-Idempotency repeats the first answer, and refuses another body under the same key")
    func idempotency() async throws {
        try await withSandbox { sandbox in
            let (_, payment) = try await sandbox.razorpayPaid()
            let first = try await refund(sandbox, payment, #"{"amount":1000}"#, key: "refund-0001")
            let second = try await refund(sandbox, payment, #"{"amount":1000}"#, key: "refund-0001")
            #expect(first.status == 200)
            #expect(first.body == second.body)
            let other = try await refund(sandbox, payment, #"{"amount":2000}"#, key: "refund-0001")
            #expect(other.status == 400)
            #expect(
                other.json["error"]?["description"]
                    == "Different request with the same idempotency key has already been processed.")
            for short in ["short", "has space 123", "ünïcode-0001"] {
                #expect(try await refund(sandbox, payment, "{}", key: short).status == 400)
            }
            #expect(try await sandbox.razorpay(.get, "payments/\(payment)/refunds").json["count"] == 1)
        }
    }

    @Test("A refund key that is still in flight is a 409")
    func inFlight() async throws {
        try await withSandbox { sandbox in
            let (_, payment) = try await sandbox.razorpayPaid()
            try await sandbox.control(
                "razorpay/next", #"{"request":"POST /v1/payments","fault":"none","delay_ms":5000}"#)
            // The one that comes first is slow, whichever of the two it is.
            async let one = refund(sandbox, payment, #"{"amount":1000}"#, key: "refund-0002").status
            async let other = refund(sandbox, payment, #"{"amount":1000}"#, key: "refund-0002").status
            #expect(try await [one, other].sorted() == [200, 409])
            #expect(try await refund(sandbox, payment, #"{"amount":1000}"#, key: "refund-0002").status == 200)
            #expect(try await sandbox.razorpay(.get, "payments/\(payment)/refunds").json["count"] == 1)
        }
    }

    @Test("A 500 after the fact leaves the refund under its key")
    func lostAnswer() async throws {
        try await withSandbox { sandbox in
            let (_, payment) = try await sandbox.razorpayPaid()
            try await sandbox.control(
                "razorpay/next", #"{"request":"POST /v1/payments","fault":"error_after"}"#)
            #expect(try await refund(sandbox, payment, #"{"amount":1000}"#, key: "refund-0003").status == 500)
            #expect(try await refund(sandbox, payment, #"{"amount":1000}"#, key: "refund-0003").status == 200)
            #expect(try await sandbox.razorpay(.get, "payments/\(payment)").json["amount_refunded"] == 1000)
        }
    }

    @Test("amount_refunded is the total of all refunds, partial until it is full")
    func totals() async throws {
        try await withSandbox { sandbox in
            let (_, payment) = try await sandbox.razorpayPaid()
            _ = try await refund(sandbox, payment, #"{"amount":1000}"#)
            _ = try await refund(sandbox, payment, #"{"amount":2000}"#)
            let partial = try await sandbox.razorpay(.get, "payments/\(payment)").json
            #expect(partial["amount_refunded"] == 3000)
            #expect(partial["refund_status"] == "partial")
            #expect(partial["status"] == "captured")
            #expect(try await refund(sandbox, payment, #"{"amount":47001}"#).status == 400)
            #expect(try await refund(sandbox, payment, "{}").json["amount"] == 47_000)
            #expect(try await sandbox.razorpay(.get, "payments/\(payment)").json["refund_status"] == "full")
            #expect(try await refund(sandbox, payment, "{}").status == 400)
        }
    }

    @Test("Only captured payments can be refunded")
    func onlyCaptured() async throws {
        try await withSandbox { sandbox in
            let order = try await sandbox.razorpayOrder(#","payment":{"capture":"manual"}"#)
            let payment = try await sandbox.razorpayPayment(#"{"order":"\#(order)"}"#)
            #expect(try await refund(sandbox, payment, "{}").status == 400)
        }
    }

    @Test("A refund can be pending and be processed later, fail after it was processed, and change its speed")
    func refundStates() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                let (_, payment) = try await sandbox.razorpayPaid()
                _ = try await receiver.wait(for: 3)
                try await sandbox.control("razorpay/outcomes", #"{"refund":"pending"}"#)
                let pending = try await refund(sandbox, payment, #"{"amount":1000}"#).json
                #expect(pending["status"] == "pending")
                try await sandbox.control("razorpay/advance", #"{"seconds":86401}"#)
                let id = try #require(pending["id"]?.stringValue)
                #expect(try await sandbox.razorpay(.get, "refunds/\(id)").json["status"] == "processed")
                _ = try await receiver.wait(for: 5)
                try await sandbox.control("razorpay/refunds/fail", #"{"refund":"\#(id)"}"#)
                #expect(try await sandbox.razorpay(.get, "payments/\(payment)").json["amount_refunded"] == 0)
                _ = try await receiver.wait(for: 6)
                try await sandbox.control("razorpay/outcomes", #"{"refund":"speed_changed"}"#)
                let changed = try await refund(sandbox, payment, #"{"amount":1000,"speed":"optimum"}"#).json
                #expect(changed["speed_requested"] == "optimum")
                #expect(changed["speed_processed"] == "normal")
                let events = try await receiver.wait(for: 8).map(\.event)
                #expect(
                    Array(events.dropFirst(3)) == [
                        "refund.created", "refund.processed", "refund.failed", "refund.created",
                        "refund.speed_changed",
                    ])
            }
        }
    }

    @Test("A dispute is contested, won or lost, and takes the money only when it is lost")
    func disputes() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                let (_, payment) = try await sandbox.razorpayPaid()
                _ = try await receiver.wait(for: 3)
                let opened = try await sandbox.control("razorpay/disputes", #"{"payment":"\#(payment)"}"#).json
                let id = try #require(opened["id"]?.stringValue)
                #expect(opened["status"] == "open")
                #expect(opened["amount_deducted"] == 0)
                let draft = try await sandbox.razorpay(
                    .patch, "disputes/\(id)/contest", #"{"summary":"sent","action":"draft"}"#)
                #expect(draft.json["status"] == "open")
                let submitted = try await sandbox.razorpay(
                    .patch, "disputes/\(id)/contest", #"{"summary":"sent","action":"submit"}"#)
                #expect(submitted.json["status"] == "under_review")
                #expect(try await sandbox.razorpay(.post, "disputes/\(id)/accept", "{}").status == 400)
                try await sandbox.control("razorpay/disputes/decide", #"{"dispute":"\#(id)","status":"lost"}"#)
                #expect(try await sandbox.razorpay(.get, "disputes/\(id)").json["amount_deducted"] == 50_000)
                _ = try await receiver.wait(for: 6)
                let second = try await sandbox.control("razorpay/disputes", #"{"payment":"\#(payment)"}"#).json
                try await sandbox.control("razorpay/advance", #"{"seconds":604801}"#)
                let silent = try await sandbox.razorpay(.get, "disputes/\(second["id"]?.stringValue ?? "")").json
                #expect(silent["status"] == "lost")
                let events = try await receiver.wait(for: 8).dropFirst(3)
                #expect(
                    events.map(\.event) == [
                        "payment.dispute.created", "payment.dispute.under_review", "payment.dispute.lost",
                        "payment.dispute.created", "payment.dispute.lost",
                    ])
            }
        }
    }
}
