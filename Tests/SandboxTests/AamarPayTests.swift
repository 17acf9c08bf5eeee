import Foundation
import Testing

@testable import SandboxRuntime

@Suite("aamarPay")
struct AamarPayTests {
    private static let request = [
        "store_id": "aamarpaytest", "signature_key": "dbb74894e82415a2f7ff0ec3a97e4183", "tran_id": "A-1",
        "amount": "10.00", "currency": "BDT", "success_url": "https://shop.example/ok",
        "fail_url": "https://shop.example/fail", "cancel_url": "https://shop.example/cancel", "desc": "Tea",
        "cus_name": "Rahim", "cus_email": "r@example.com", "cus_phone": "01711111111", "opt_a": "ord_1",
        "type": "json",
    ]

    private func create(_ sandbox: Harness, _ more: [String: String] = [:]) async throws -> Harness.Reply {
        let json = JSON.strings(Self.request.merging(more) { $1 })
        return try await sandbox.send(
            .post, "/aamarpay/jsonpost.php", headers: ["Content-Type": "application/json"],
            body: String(decoding: json.compact, as: UTF8.self))
    }

    private func search(_ sandbox: Harness, _ id: String) async throws -> Harness.Reply {
        let query = Harness.encode([
            "request_id": id, "store_id": "aamarpaytest", "signature_key": "dbb74894e82415a2f7ff0ec3a97e4183",
            "type": "json",
        ])
        return try await sandbox.get("/aamarpay/api/v1/trxcheck/request.php?\(query)")
    }

    private func pay(_ sandbox: Harness, _ created: Harness.Reply, _ outcome: String) async throws -> Harness.Reply {
        let url = created.json["payment_url"]?.stringValue ?? ""
        let track = url.split(separator: "=").last.map(String.init) ?? ""
        return try await sandbox.send(
            .post, "/aamarpay/pay/\(track)/\(outcome)",
            headers: ["Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"], body: "")
    }

    @Test("result is the text true, and payment_url can be relative")
    func created() async throws {
        try await withSandbox { sandbox in
            let reply = try await create(sandbox)
            #expect(reply.json["result"] == "true")
            let url = try #require(reply.json["payment_url"]?.stringValue)
            let page = try await sandbox.get(String(url.dropFirst(sandbox.addresses.base.count)))
            #expect(page.text.contains("10.00 BDT"))
            #expect(!page.text.contains("<script"))
            try await sandbox.control("aamarpay/settings", #"{"relative_url":true}"#)
            let relative = try await create(sandbox, ["tran_id": "A-2"])
            let path = try #require(relative.json["payment_url"]?.stringValue)
            #expect(path.hasPrefix("paymentprocess.php?track="))
            #expect(try await sandbox.get("/aamarpay/\(path)").status == 200)
            let form = try await sandbox.form("/aamarpay/index.php", Self.request.merging(["tran_id": "A-3"]) { $1 })
            #expect(form.json["result"] == "true")
        }
    }

    @Test("Refusals are HTTP 200 without payment_url: a string, an object, or HTML")
    func refusals() async throws {
        try await withSandbox { sandbox in
            let bare = try await create(sandbox, ["store_id": "x"])
            #expect(bare.status == 200)
            #expect(bare.json == "Invalid Store ID")
            try await sandbox.control("aamarpay/settings", #"{"refusal":"object"}"#)
            #expect(try await create(sandbox, ["amount": "x"]).json["result"] == "Invalid amount")
            _ = try await create(sandbox)
            #expect(try await create(sandbox).json["result"] == "tran_id already exist")
            try await sandbox.control("aamarpay/settings", #"{"refusal":"html"}"#)
            let page = try await create(sandbox, ["currency": "EUR"])
            #expect(page.status == 200)
            #expect(page.text.hasPrefix("<html>"))
            try await sandbox.control(
                "aamarpay/next", #"{"request":"POST /jsonpost.php","fault":"error_before"}"#)
            #expect(try await create(sandbox, ["tran_id": "A-9"]).text.hasPrefix("<h1>"))
        }
    }

    @Test("Success and failure are posted by the browser, cancelling is a bare GET")
    func browserReturn() async throws {
        try await withSandbox { sandbox in
            let paid = try await pay(sandbox, try await create(sandbox), "successful").json
            #expect(paid["method"] == "POST")
            #expect(paid["url"] == "https://shop.example/ok")
            #expect(paid["fields"]?["pay_status"] == "Successful")
            #expect(paid["fields"]?["status_code"] == "2")
            #expect(paid["fields"]?["mer_txnid"] == "A-1")
            #expect(paid["fields"]?["opt_a"] == "ord_1")
            let failed = try await pay(sandbox, try await create(sandbox, ["tran_id": "A-2"]), "failed").json
            #expect(failed["url"] == "https://shop.example/fail")
            #expect(failed["fields"]?["pay_status"] == "Failed")
            let cancelled = try await pay(sandbox, try await create(sandbox, ["tran_id": "A-3"]), "cancelled").json
            #expect(cancelled == ["method": "GET", "url": "https://shop.example/cancel", "fields": [:]])
        }
    }

    @Test("The search takes the merchant's number, and unknown ones get an empty object, an array or a status")
    func searching() async throws {
        try await withSandbox { sandbox in
            let created = try await create(sandbox)
            #expect(try await search(sandbox, "A-1").json["pay_status"] == "Pending")
            let paid = try await pay(sandbox, created, "successful").json
            let found = try await search(sandbox, "A-1").json
            #expect(found["pay_status"] == "Successful")
            #expect(found["status_title"] == "Successful Transaction")
            #expect(found["amount"] == "10.00")
            let own = try #require(paid["fields"]?["pg_txnid"]?.stringValue)
            #expect(try await search(sandbox, own).text == "{}")
            try await sandbox.control("aamarpay/settings", #"{"unknown":"array","found_in_array":true}"#)
            #expect(try await search(sandbox, own).text == "[]")
            #expect(try await search(sandbox, "A-1").json.elements?.count == 1)
            try await sandbox.control("aamarpay/settings", #"{"unknown":"status"}"#)
            #expect(try await search(sandbox, own).json["status"]?.stringValue?.hasPrefix("Invalid") == true)
        }
    }

    @Test("A dollar order is converted: amount is BDT, other_currency and amount_currency are dollars")
    func conversion() async throws {
        try await withSandbox { sandbox in
            let created = try await create(sandbox, ["currency": "USD", "amount": "40.00"])
            let fields = try #require(try await pay(sandbox, created, "successful").json["fields"])
            #expect(fields["currency_merchant"] == "USD")
            #expect(fields["other_currency"] == "40.00")
            #expect(fields["convertion_rate"] == "109.57")
            #expect(fields["amount"] == "4382.80")
            #expect(fields["currency"] == "BDT")
            #expect(try await search(sandbox, "A-1").json["amount_currency"] == "40.00")
        }
    }

    @Test("The notification is unsigned, a form or JSON, can be forged, and can be absent")
    func notification() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                _ = try await pay(sandbox, try await create(sandbox), "successful")
                let push = try #require(try await receiver.wait(for: 1).first)
                #expect(push.contentType == "application/x-www-form-urlencoded")
                #expect(FormBody(String(decoding: push.body, as: UTF8.self))?["status_code"] == "2")
                #expect(push.headers.keys.allSatisfy { !$0.contains("sign") })
                try await sandbox.control("aamarpay/settings", #"{"ipn_format":"json"}"#)
                _ = try await create(sandbox, ["tran_id": "A-2"])
                try await sandbox.control("aamarpay/notices", #"{"tran_id":"A-2","forged":true}"#)
                #expect(try await receiver.wait(for: 2).last?.json["pay_status"] == "Successful")
                #expect(try await search(sandbox, "A-2").json["pay_status"] == "Pending")
                try await sandbox.control("aamarpay/settings", #"{"ipn":false}"#)
                try await sandbox.control("aamarpay/payments", #"{"tran_id":"A-2"}"#)
                try await Task.sleep(for: .milliseconds(150))
                #expect(receiver.all.count == 2)
            }
        }
    }
}
