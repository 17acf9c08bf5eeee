import Foundation
import Synchronization
import Testing

@testable import SandboxRuntime

@Suite("Shiprocket: parcels, webhooks and papers")
struct ShiprocketTravelTests {
    @Test("A pickup needs an AWB; a second request is refused by the documented words")
    func pickup() async throws {
        try await withShiprocket { client in
            let created = try await client.create("ord-1")
            let early = try await client.send(
                .post, "courier/generate/pickup", ["shipment_id": [created["shipment_id"] ?? .null]])
            #expect(early.json == ["message": "Invalid shipment id", "status_code": 400])
            let booked = try await client.book("ord-2")
            let body: JSON = ["shipment_id": [booked.shipment]]
            let pickup = try await client.post("courier/generate/pickup", body)
            #expect(pickup["pickup_status"] == 1)
            #expect(pickup["response"]?["status"] == 3)
            #expect(pickup["response"]?["pickup_generated_date"]?["timezone"] == "Asia/Kolkata")
            #expect(pickup["response"]?["data"]?.stringValue?.contains(booked.awb) == true)
            let again = try await client.send(.post, "courier/generate/pickup", body)
            #expect(again.json["message"] == "Duplicate request for pickup generation")
        }
    }

    @Test("A parcel's scans are newest first in tracking, in three shapes, and none at all is a 200 with a sigh")
    func tracking() async throws {
        try await withShiprocket { client in
            let booked = try await client.book("ord-1")
            let silent = try await client.send(.get, "courier/track/awb/\(booked.awb)")
            #expect(silent.status == 200)
            #expect(silent.json["tracking_data"]?["track_status"] == 0)
            #expect(silent.json["tracking_data"]?["shipment_track_activities"] == .null)
            #expect(silent.json["tracking_data"]?["error"]?.stringValue?.hasPrefix("Aahh!") == true)

            _ = try await client.post("courier/generate/pickup", ["shipment_id": [booked.shipment]])
            try await client.advance(600)
            let byAWB = try await client.get("courier/track/awb/\(booked.awb)")
            let data = try #require(byAWB["tracking_data"])
            #expect(data["shipment_status"] == 7)
            #expect(
                data["shipment_track_activities"]?.elements?.compactMap { $0["sr-status"]?.stringValue }
                    == ["7", "17", "38", "18", "6", "42", "19", "5", "3"])
            #expect(data["shipment_track"]?.elements?.first?["current_status"] == "Delivered")
            let byShipment = try await client.get("courier/track/shipment/\(booked.shipment.intValue ?? 0)")
            #expect(byShipment == byAWB)
            #expect(try await client.get("courier/track?order_id=ord-1") == .array([byAWB]))
            let many = try await client.post("courier/track/awbs", ["awbs": [.string(booked.awb), "1"]])
            #expect(many[booked.awb] == byAWB)
            #expect(many["1"] == [:])
            #expect(try await client.get("courier/track/awb/1")["tracking_data"]?["track_status"] == 0)
        }
    }

    @Test("The 2023 layout has two id spaces, ascending scans and a time that begins with the day")
    func layout2023() async throws {
        try await withReceiver { receiver in
            try await withShiprocket(receiver: receiver) { client in
                try await client.settings(#"{"script":"by_hand"}"#)
                let booked = try await client.ship("ord-1")
                try await client.sandbox.control("shiprocket/move", #"{"parcel":"ord-1","status":18}"#)
                let pushes = try await receiver.wait(for: 2)
                let push = try #require(pushes.first { $0.json["shipment_status_id"] == 18 })
                #expect(push.headers["x-api-key"] == "token-test")
                #expect(push.headers["authorization"] == nil)
                #expect(push.json["awb"] == .string(booked.awb))
                #expect(push.json["current_status"] == "IN TRANSIT")
                #expect(push.json["current_status_id"] == 20)
                #expect(push.json["shipment_status_id"] == 18)
                #expect(push.json["order_id"] == "ord-1")
                #expect(push.json["sr_order_id"] == booked.order)
                #expect(push.json["is_return"] == 0)
                #expect(push.json["scans"]?.elements?.compactMap { $0["sr-status"]?.stringValue } == ["3", "18"])
                let time = push.json["current_timestamp"]?.stringValue ?? ""
                #expect(time.wholeMatch(of: /\d\d \d\d \d{4} \d\d:\d\d:\d\d/) != nil)
            }
        }
    }

    @Test("The 2021 layout has a numeric AWB, another time, and scans without statuses")
    func layout2021() async throws {
        try await withReceiver { receiver in
            try await withShiprocket(receiver: receiver) { client in
                try await client.settings(
                    #"{"script":"by_hand","layout":"2021","token_header":"anx-api-key","composite_order_id":true}"#)
                let booked = try await client.ship("ord-1")
                try await client.sandbox.control("shiprocket/move", #"{"parcel":"ord-1","status":7}"#)
                let pushes = try await receiver.wait(for: 2)
                let push = try #require(pushes.first { $0.json["shipment_status_id"] == 7 })
                #expect(push.headers["anx-api-key"] == "token-test")
                #expect(push.headers["x-api-key"] == nil)
                #expect(push.json["awb"]?.intValue == Int(booked.awb))
                #expect(push.json["awb"]?.stringValue == nil)
                #expect(push.json["current_status"] == "Delivered")
                #expect(push.json["channel_order_id"] == "ord-1")
                #expect(push.json["order_id"]?.stringValue?.hasPrefix("ord-1_") == true)
                #expect(push.json["scans"]?.elements?.first?["sr-status"] == nil)
                let time = push.json["current_timestamp"]?.stringValue ?? ""
                #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/) != nil)
            }
        }
    }

    @Test("A scan of the courier's alone has the status NA")
    func notAvailable() async throws {
        try await withReceiver { receiver in
            try await withShiprocket(receiver: receiver) { client in
                try await client.settings(#"{"script":"by_hand"}"#)
                _ = try await client.ship("ord-1")
                try await client.sandbox.control("shiprocket/track", #"{"parcel":"ord-1","activity":"Bag opened"}"#)
                let pushes = try await receiver.wait(for: 2)
                let push = try #require(pushes.first { $0.json["scans"]?.elements?.count == 2 })
                #expect(push.json["scans"]?.elements?.last?["sr-status"] == "NA")
            }
        }
    }

    @Test("Only 200 acknowledges a push, copies and wrong orders are to be had, and a lost one comes again by hand")
    func pushes() async throws {
        try await withReceiver(answering: { $0 == 0 ? 204 : 200 }) { receiver in
            try await withShiprocket(receiver: receiver) { client in
                try await client.settings(#"{"script":"by_hand"}"#)
                _ = try await client.ship("ord-1")
                #expect(
                    try await client.sandbox.eventually {
                        try await client.sandbox.get("/_control/shiprocket/deliveries").json.elements?.first?["state"]
                            == "failed"
                    })
                try await client.sandbox.control("shiprocket/events/resend", #"{"event":"shiprocket-1"}"#)
                let pushes = try await receiver.wait(for: 2)
                #expect(pushes[0].body == pushes[1].body)
                try await client.sandbox.control(
                    "shiprocket/faults", #"{"webhooks":{"duplicate":1,"reorder":true}}"#)
                try await client.sandbox.control("shiprocket/travel", #"{"parcel":"ord-1","script":"delivered"}"#)
                try await client.advance(600)
                let all = try await receiver.wait(for: 18).dropFirst(2)
                #expect(all.count == 16)
                let statuses = all.compactMap { $0.json["shipment_status_id"]?.intValue }
                #expect(Set(statuses) == [5, 19, 42, 6, 18, 38, 17, 7])
                #expect(statuses != [5, 19, 42, 6, 18, 38, 17, 7].flatMap { [$0, $0] })
            }
        }
    }

    @Test("A webhook address with the provider's forbidden words is refused", arguments: ["shiprocket", "sr", "KR"])
    func forbiddenWords(word: String) async throws {
        try await withShiprocket { client in
            let reply = try await client.sandbox.control(
                "shiprocket/webhook", #"{"url":"http://127.0.0.1:9/\#(word)"}"#)
            #expect(reply.status == 400)
        }
    }

    @Test("A failed delivery is tried again, and one sent back costs the way home")
    func undelivered() async throws {
        try await withShiprocket { client in
            try await client.settings(#"{"script":"by_hand"}"#)
            let booked = try await client.ship("ord-1")
            try await client.sandbox.control(
                "shiprocket/move", #"{"parcel":"ord-1","status":21,"activity":"Door locked"}"#)
            let list = try await client.get("ndr/all")["data"]?.elements ?? []
            #expect(list.first?["reason"] == "Door locked")
            #expect(try await client.get("ndr/\(booked.awb)")["data"]?.elements?.count == 1)
            #expect(try await client.send(.post, "ndr/\(booked.awb)/action", ["action": "burn"]).status == 422)
            let retry = try await client.send(
                .post, "ndr/\(booked.awb)/action", ["action": "re-attempt", "comments": "ring twice"])
            #expect(retry.status == 202)
            #expect(retry.json == ["status": "Data Updated Successfully"])
            let before = try await client.get("account/details/wallet-balance")
            _ = try await client.post("ndr/\(booked.awb)/action", ["action": "return", "comments": "no"])
            try await client.advance(300)
            let shown = try await client.get("orders/show/\(booked.order.intValue ?? 0)")["data"]
            #expect(shown?["status_code"] == 16)
            #expect(shown?["shipments"]?["rto_delivered_date"]?.stringValue != nil)
            #expect(try await client.get("account/details/wallet-balance") != before)
            let late = try await client.sandbox.control("shiprocket/move", #"{"parcel":"ord-1","status":18}"#)
            #expect(late.status == 409)
        }
    }

    @Test("The next parcels' fate can be ordered", arguments: [("rto", 16), ("lost", 33), ("undelivered", 7)])
    func outcomes(script: String, status: Int) async throws {
        try await withShiprocket { client in
            try await client.sandbox.control("shiprocket/outcomes", #"{"script":"\#(script)"}"#)
            let first = try await client.ship("ord-1")
            let second = try await client.ship("ord-2")
            try await client.advance(3600)
            for (booked, expected) in [(first, status), (second, 7)] {
                let shown = try await client.get("orders/show/\(booked.order.intValue ?? 0)")["data"]
                #expect(shown?["status_code"] == .int(expected))
            }
        }
    }

    @Test("A return begins as RETURN PENDING and ends as Return Delivered")
    func returns() async throws {
        try await withShiprocket { client in
            var fields = JSONObject()
            for member in ShiprocketClient.order("ret-1").members {
                fields[member.name.replacing("billing_", with: "pickup_")] = member.value
            }
            for (name, value) in [
                ("customer_name", "Warehouse"), ("address", "12 Sandbox Road"), ("city", "Bengaluru"),
                ("pincode", "560001"), ("state", "Karnataka"), ("country", "India"), ("phone", "9800000000"),
            ] {
                fields["shipping_\(name)"] = .string(value)
            }
            let created = try await client.post("orders/create/return", .object(fields))
            #expect(created["status"] == "RETURN PENDING")
            #expect(created["status_code"] == 21)
            let shipment = created["shipment_id"] ?? .null
            let assigned = try await client.post(
                "courier/assign/awb", ["shipment_id": shipment, "is_return": 1])
            #expect(assigned["awb_assign_status"] == 1)
            _ = try await client.post("courier/generate/pickup", ["shipment_id": [shipment]])
            try await client.advance(600)
            #expect(
                try await client.get("orders/show/\(created["order_id"]?.intValue ?? 0)")["data"]?["status_code"] == 26)
            #expect(try await client.get("orders/processing/return")["data"]?.elements?.count == 1)
        }
    }

    private func fetch(_ client: ShiprocketClient, _ url: JSON?) async throws -> Harness.Reply {
        let path = (url?.stringValue ?? "").dropFirst(client.sandbox.addresses.base.count)
        return try await client.sandbox.get(String(path))
    }

    @Test("Labels are PDF files with the AWB and the amount to collect; ids without AWB are named")
    func label() async throws {
        try await withShiprocket { client in
            let booked = try await client.book("ord-1", ["payment_method": "COD", "shipping_charges": "50.50"])
            let bare = try await client.create("ord-2")["shipment_id"] ?? .null
            let label = try await client.post("courier/generate/label", ["shipment_id": [booked.shipment, bare]])
            #expect(label["label_created"] == 1)
            #expect(label["not_created"] == .array([bare]))
            let file = try await fetch(client, label["label_url"])
            #expect(file.headers["content-type"] == "application/pdf")
            let read = try await readPDF(file.body)
            #expect(read.text.contains("AWB \(booked.awb)"))
            #expect(read.text.contains("COD Rs. 950.50"))
            #expect(read.text.contains("Asha Müller"))
            let none = try await client.send(.post, "courier/generate/label", ["shipment_id": [bare]])
            #expect(none.status == 200)
            #expect(none.json["label_created"] == 0)
            #expect(none.json["response"] == "No valid shipment ids to print label")
            let both = try await client.post(
                "courier/generate/label-invoice", ["shipment_ids": [booked.shipment, bare]])
            #expect(both["success_count"] == 1)
            #expect(both["error_count"] == 1)
            #expect(try await readPDF(fetch(client, both["file_url"]).body).information.contains("Pages:           2"))
            try await client.advance(604_800)
            #expect(try await fetch(client, label["label_url"]).status == 403)
        }
    }

    @Test("A manifest is a PDF made once; printing unknown orders gives an empty address")
    func manifest() async throws {
        try await withShiprocket { client in
            let first = try await client.book("ord-1")
            let second = try await client.book("ord-2")
            let made = try await client.post("manifests/generate", ["shipment_id": [first.shipment]])
            #expect(made["status"] == 1)
            #expect(try await readPDF(fetch(client, made["manifest_url"]).body).text.contains(first.awb))
            let again = try await client.send(.post, "manifests/generate", ["shipment_id": [first.shipment]])
            #expect(again.json["message"] == "Manifest already generated.")
            let some = try await client.send(
                .post, "manifests/generate", ["shipment_id": [first.shipment, second.shipment]])
            #expect(some.status == 400)
            #expect(
                some.json["message"]
                    == "Manifest already generated for some shipment_ids, Please try again after removin them")
            #expect(some.json["already_manifested_shipment_ids"] == .array([first.shipment]))
            let printed = try await client.post("manifests/print", ["order_ids": [first.order]])
            #expect(printed["manifest_url"]?.stringValue?.hasSuffix(".pdf") == true)
            #expect(try await client.post("manifests/print", ["order_ids": [1]]) == ["manifest_url": ""])
        }
    }

    @Test("An invoice is a PDF with the items, and impossible for unknown orders")
    func invoice() async throws {
        try await withShiprocket { client in
            let created = try await client.create("ord-1")
            let made = try await client.post("orders/print/invoice", ["ids": [created["order_id"] ?? .null, 1]])
            #expect(made["is_invoice_created"] == true)
            #expect(made["not_created"] == [1])
            let text = try await readPDF(fetch(client, made["invoice_url"]).body).text
            #expect(text.contains("Kettle"))
            #expect(text.contains("Total Rs. 900.00"))
            let none = try await client.send(.post, "orders/print/invoice", ["ids": [1]])
            #expect(none.status == 400)
            #expect(none.json["is_invoice_created"] == false)
        }
    }

    @Test("The panel's pages move a parcel by hand and show its way")
    func pages() async throws {
        try await withShiprocket { client in
            try await client.settings(#"{"script":"by_hand"}"#)
            let booked = try await client.ship("ord-1")
            let page = "/shiprocket/parcels/\(booked.order.intValue ?? 0)"
            let moved = try await client.sandbox.form("\(page)/move", ["choice": "7", "message": "To <neighbour>"])
            #expect(moved.status == 303)
            #expect(moved.headers["location"] == page)
            for path in [page, "/shiprocket/parcels", "/shiprocket/tracking/\(booked.awb)", "/_control/shiprocket"] {
                let shown = try await client.sandbox.get(path)
                #expect(shown.status == 200)
                #expect(!shown.text.contains("<script"))
            }
            #expect(try await client.sandbox.get(page).text.contains("To &lt;neighbour&gt;"))
            let refused = try await client.sandbox.form("\(page)/move", ["choice": "18"])
            #expect(refused.headers["location"]?.hasSuffix("?refused=1") == true)
            #expect(try await client.sandbox.get("/").text.contains("/shiprocket/parcels"))
            #expect(try await client.sandbox.get("/shiprocket/parcels/1").status == 404)
        }
    }

    @Test("A snapshot brings orders, tokens and journeys over a restart")
    func snapshot() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("sandbox-\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let token = Mutex("")
        try await withCouriers {
            $0.snapshotPath = path
        } _: { sandbox in
            let issued = try await sandbox.shiprocketLogin().json["token"]?.stringValue ?? ""
            token.withLock { $0 = issued }
            _ = try await ShiprocketClient(sandbox: sandbox, token: issued).ship("ord-1")
        }
        try await withCouriers {
            $0.snapshotPath = path
        } _: { sandbox in
            let client = ShiprocketClient(sandbox: sandbox, token: token.withLock { $0 })
            try await client.advance(600)
            #expect(try await client.get("orders")["data"]?.elements?.first?["status"] == "DELIVERED")
        }
    }
}
