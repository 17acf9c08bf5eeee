import Foundation
import Testing

@testable import SandboxRuntime

@Suite("Steadfast's webhooks, parcels and pages")
struct SteadfastWebhookTests {
    private func withParcel(
        _ settings: String = "{}", _ body: @escaping @Sendable (Harness, WebhookReceiver) async throws -> Void
    ) async throws {
        try await withReceiver { receiver in
            try await withCouriers(receiver: receiver) { sandbox in
                try await sandbox.control("steadfast/settings", #"{"script":"by_hand"}"#)
                try await sandbox.control("steadfast/settings", settings)
                _ = try await sandbox.bookSteadfast("ord-1", ["cod_amount": 1770])
                try await body(sandbox, receiver)
            }
        }
    }

    @Test("A parcel travels by script as live parcels do, with a bearer and no signature")
    func journey() async throws {
        try await withReceiver { receiver in
            try await withCouriers(receiver: receiver) { sandbox in
                _ = try await sandbox.bookSteadfast("ord-1")
                try await sandbox.control("steadfast/advance", #"{"seconds":600}"#)
                let pushes = try await receiver.wait(for: 7)
                #expect(
                    pushes.map { $0.json["notification_type"]?.stringValue } == [
                        "delivery_status", "tracking_update", "tracking_update", "tracking_update", "tracking_update",
                        "tracking_update", "delivery_status",
                    ])
                #expect(pushes.first?.json["status"] == "pending")
                #expect(pushes.last?.json["status"] == "delivered")
                #expect(pushes.last?.json["delivery_charge"] == 60.0)
                #expect(pushes.allSatisfy { $0.headers["authorization"] == "Bearer bearer-test" })
                #expect(pushes.allSatisfy { $0.contentType == "application/json" })
                let tracking = try await sandbox.steadfast(.get, "trackings_by_invoice/ord-1").json
                #expect(tracking["tracking"]?.elements?.count == 7)
            }
        }
    }

    @Test("A tracking update has no status, and live traffic has a tracking_id")
    func layouts() async throws {
        try await withParcel { sandbox, receiver in
            try await sandbox.control("steadfast/track", #"{"parcel":"ord-1","message":"Package arrived."}"#)
            _ = try await receiver.wait(for: 1)
            try await sandbox.control("steadfast/settings", #"{"extras":false}"#)
            try await sandbox.control("steadfast/move", #"{"parcel":"ord-1","status":"pending"}"#)
            let pushes = try await receiver.wait(for: 2)
            #expect(
                pushes[0].json.members.map(\.name) == [
                    "notification_type", "consignment_id", "invoice", "tracking_message", "updated_at", "tracking_id",
                ])
            #expect(
                pushes[1].json.members.map(\.name) == [
                    "notification_type", "consignment_id", "invoice", "cod_amount", "status", "delivery_charge",
                    "tracking_message", "updated_at",
                ])
        }
    }

    @Test("A partial delivery tells the collected amount in a tracking update alone")
    func partial() async throws {
        try await withParcel { sandbox, receiver in
            try await sandbox.control("steadfast/collect", #"{"parcel":"ord-1","amount":50}"#)
            _ = try await receiver.wait(for: 1)
            try await sandbox.control("steadfast/move", #"{"parcel":"ord-1","status":"partial_delivered"}"#)
            let pushes = try await receiver.wait(for: 2)
            #expect(pushes[0].json["notification_type"] == "tracking_update")
            #expect(pushes[0].json["tracking_message"] == "Amount has been changed from 1770 to 50")
            #expect(pushes[1].json["status"] == "partial_delivered")
            let ledger = try await sandbox.get("/_control/steadfast/ledger?only=parcels").json
            #expect(ledger["parcels"]?.elements?.first?["collected"] == 50)
        }
    }

    @Test("A return's status is the third type of push")
    func returnStatus() async throws {
        try await withParcel { sandbox, receiver in
            _ = try await sandbox.steadfast(.post, "create_return_request", #"{"invoice":"ord-1"}"#)
            try await sandbox.control("steadfast/returns", #"{"id":1,"status":"processing"}"#)
            let push = try #require(try await receiver.wait(for: 1).first)
            #expect(push.json["notification_type"] == "return_status")
            #expect(
                push.json["tracking_message"] == "Consignment Return status has been updated to Processing")
        }
    }

    @Test("Invoice null, a wrong bearer, and Delivered with a capital are to be had")
    func variants() async throws {
        try await withParcel(#"{"null_invoice":true,"wrong_bearer":true,"title_case":true}"#) { sandbox, receiver in
            try await sandbox.control("steadfast/move", #"{"parcel":"ord-1","status":"delivered"}"#)
            let push = try #require(try await receiver.wait(for: 1).first)
            #expect(push.json["invoice"] == .null)
            #expect(push.json["status"] == "Delivered")
            #expect(push.headers["authorization"] == "Bearer wrong-bearer-test")
        }
    }

    @Test("Pushes come twice and out of order when told so")
    func chaos() async throws {
        try await withReceiver { receiver in
            try await withCouriers(receiver: receiver) { sandbox in
                try await sandbox.control("steadfast/faults", #"{"webhooks":{"duplicate":1,"reorder":true},"seed":3}"#)
                _ = try await sandbox.bookSteadfast("ord-1")
                try await sandbox.control("steadfast/advance", #"{"seconds":600}"#)
                let pushes = try await receiver.wait(for: 14)
                #expect(pushes.count == 14)
                #expect(Set(pushes.map(\.body)).count == 7)
                #expect(pushes.first?.json["status"] != "pending" || pushes.last?.json["status"] != "delivered")
            }
        }
    }

    @Test("A push that failed isn't repeated by itself, but by hand")
    func noRetries() async throws {
        try await withReceiver(answering: { $0 == 0 ? 500 : 200 }) { receiver in
            try await withCouriers(receiver: receiver) { sandbox in
                try await sandbox.control("steadfast/settings", #"{"script":"by_hand"}"#)
                _ = try await sandbox.bookSteadfast("ord-1")
                try await sandbox.control("steadfast/move", #"{"parcel":"ord-1","status":"pending"}"#)
                _ = try await receiver.wait(for: 1)
                try await sandbox.control("steadfast/advance", #"{"seconds":100000}"#)
                #expect(
                    try await sandbox.eventually {
                        try await sandbox.get("/_control/steadfast/deliveries").json.elements?.first?["state"]
                            == "failed"
                    })
                try await sandbox.control("steadfast/events/resend", #"{"event":"steadfast-1"}"#)
                #expect(try await receiver.wait(for: 2).count == 2)
            }
        }
    }

    @Test("A final parcel only comes back, unknown statuses take force")
    func transitions() async throws {
        try await withParcel { sandbox, _ in
            try await sandbox.control("steadfast/move", #"{"parcel":"ord-1","status":"delivered"}"#)
            let refused = try await sandbox.control("steadfast/move", #"{"parcel":"ord-1","status":"pending"}"#)
            #expect(refused.status == 409)
            let back = try await sandbox.control(
                "steadfast/move", #"{"parcel":"ord-1","status":"partial_delivered_return_proccessing"}"#)
            #expect(back.status == 200)
            let odd = try await sandbox.control(
                "steadfast/move", #"{"parcel":"ord-1","status":"eaten_by_dog","force":true}"#)
            #expect(odd.json["status"] == "eaten_by_dog")
            #expect(
                try await sandbox.control("steadfast/move", #"{"parcel":"none","status":"pending"}"#).status == 404)
        }
    }

    @Test("The next parcels' fate can be ordered", arguments: ["cancelled", "partial", "lost", "hold"])
    func outcomes(script: String) async throws {
        let ends = ["cancelled": "cancelled", "partial": "partial_delivered", "lost": "unknown", "hold": "hold"]
        try await withCouriers { sandbox in
            try await sandbox.control("steadfast/outcomes", #"{"script":"\#(script)"}"#)
            for invoice in ["ord-1", "ord-2"] { _ = try await sandbox.bookSteadfast(invoice) }
            try await sandbox.control("steadfast/advance", #"{"seconds":3600}"#)
            let first = try await sandbox.steadfast(.get, "status_by_invoice/ord-1").json["delivery_status"]
            #expect(first == ends[script].map(JSON.string))
            let second = try await sandbox.steadfast(.get, "status_by_invoice/ord-2").json["delivery_status"]
            #expect(second == "delivered")
        }
    }

    @Test("The portal's pages move a parcel by hand, and its label is a PDF")
    func pages() async throws {
        try await withParcel { sandbox, _ in
            let id = try await sandbox.get("/_control/steadfast/ledger").json["parcels"]?.elements?.first?[
                "consignment_id"]?.intValue
            let page = "/steadfast/parcels/\(id ?? 0)"
            let moved = try await sandbox.form("\(page)/move", ["choice": "delivered", "message": "Left & <gone>"])
            #expect(moved.status == 303)
            #expect(moved.headers["location"] == page)
            let html = try await sandbox.get(page)
            #expect(html.text.contains("Left &amp; &lt;gone&gt;"))
            #expect(!html.text.contains("<script"))
            #expect(try await sandbox.get("/steadfast/parcels").text.contains("ord-1"))
            #expect(try await sandbox.get("/_control/steadfast").status == 200)
            let refused = try await sandbox.form("\(page)/move", ["choice": "pending"])
            #expect(refused.headers["location"]?.hasSuffix("?refused=status") == true)
            let label = try await sandbox.get("\(page)/label.pdf")
            #expect(label.headers["content-type"] == "application/pdf")
            let read = try await readPDF(label.body)
            #expect(read.text.contains("Collect BDT 1770.00"))
            #expect(read.information.contains("PDF version:     1.4"))
            #expect(try await sandbox.get("/steadfast/parcels/1").status == 404)
        }
    }

    @Test("A snapshot brings parcels and their journeys over a restart")
    func snapshot() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("sandbox-\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withCouriers {
            $0.snapshotPath = path
        } _: { sandbox in
            _ = try await sandbox.bookSteadfast("ord-1")
        }
        try await withCouriers {
            $0.snapshotPath = path
        } _: { sandbox in
            #expect(try await sandbox.steadfast(.get, "status_by_invoice/ord-1").status == 200)
            try await sandbox.control("steadfast/advance", #"{"seconds":3600}"#)
            #expect(
                try await sandbox.steadfast(.get, "status_by_invoice/ord-1").json["delivery_status"] == "delivered")
        }
    }
}
