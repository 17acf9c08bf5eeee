import Foundation
import Testing

@testable import SandboxRuntime

@Suite("SSLCommerz")
struct SSLCommerzTests {
    /// verify_sign by the documented rules, over what arrived, with OpenSSL's MD5.
    private func sign(_ fields: [String: String], password: String = "haatsandbox@ssl") throws -> String {
        var values = ["store_passwd": try opensslMD5(Array(password.utf8))]
        for key in (fields["verify_key"] ?? "").split(separator: ",") {
            values[String(key)] = fields[String(key)] ?? ""
        }
        var text = values.keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
            .map { "\($0)=\(values[$0] ?? "")" }.joined(separator: "&")
        while text.hasSuffix("&") { text.removeLast() }
        return try opensslMD5(Array(text.utf8))
    }

    private func fields(_ push: WebhookReceiver.Received) -> [String: String] {
        let form = FormBody(String(decoding: push.body, as: UTF8.self)) ?? FormBody()
        return Dictionary(form.pairs.map { ($0.name, $0.value) }) { first, _ in first }
    }

    @Test("verify_sign fits what OpenSSL computes, for odd values too, and not when a byte changes")
    func verifySign() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                let odd = ["value_a": "a=b&c d+é", "value_d": "ends with &&", "tran_id": "T-odd"]
                let returned = try await sandbox.sslcommerzPay(try await sandbox.sslcommerzSession(odd))
                let push = try #require(try await receiver.wait(for: 1).first)
                #expect(push.contentType == "application/x-www-form-urlencoded")
                var values = fields(push)
                #expect(values["value_d"] == "ends with &&")
                let isFitting = try sign(values) == values["verify_sign"]
                #expect(isFitting)
                #expect(try sign(values, password: "other") != values["verify_sign"])
                values["amount"] = "1150.01"
                #expect(try sign(values) != values["verify_sign"])
                #expect(returned["fields"]?["verify_sign"]?.stringValue == fields(push)["verify_sign"])
                for key in [
                    "amount", "currency", "currency_amount", "currency_type", "status", "store_id", "tran_id", "val_id",
                ] {
                    #expect(fields(push)["verify_key"]?.split(separator: ",").contains(Substring(key)) == true)
                }
                #expect(fields(push)["sessionkey"] == nil)
            }
        }
    }

    @Test("A credential error is HTTP 200 with status FAILED")
    func credentials() async throws {
        try await withSandbox { sandbox in
            let refused = try await sandbox.form(
                "/sslcommerz/gwprocess/v4/api.php", Harness.sslcommerzSession.merging(["store_passwd": "x"]) { $1 })
            #expect(refused.status == 200)
            #expect(refused.json["status"] == "FAILED")
            #expect(refused.json["failedreason"] == "Store Credential Error Or Store is De-active")
            #expect(refused.json["sessionkey"] == "")
            let query = try await sandbox.get("/sslcommerz/validator/api/validationserverAPI.php?val_id=1&store_id=x")
            #expect(query.json["APIConnect"] == "FAILED")
        }
    }

    @Test("Missing and bad fields of a session are refused by name, with HTTP 200")
    func badSessions() async throws {
        try await withSandbox { sandbox in
            for (name, value) in [
                ("cus_email", ""), ("total_amount", "9.99"), ("total_amount", "500000.01"), ("total_amount", "1.234"),
                ("currency", "bdt"), ("tran_id", String(repeating: "t", count: 31)), ("product_profile", "odd"),
                ("success_url", "shop"), ("value_b", String(repeating: "v", count: 256)),
            ] {
                let refused = try await sandbox.sslcommerzSession([name: value])
                #expect(refused["status"] == "FAILED")
                #expect(refused["failedreason"]?.stringValue?.contains("'\(name)'") == true, "\(name)")
            }
            let unshipped = try await sandbox.sslcommerzSession(["shipping_method": "YES"])
            #expect(unshipped["failedreason"]?.stringValue?.contains("'ship_name'") == true)
        }
    }

    @Test("The browser goes back by a form POST, to success, fail and cancel alike")
    func browserReturn() async throws {
        try await withSandbox { sandbox in
            for (outcome, url, status) in [
                ("success", "https://shop.example/ok", "VALID"), ("failed", "https://shop.example/fail", "FAILED"),
                ("cancelled", "https://shop.example/cancel", "CANCELLED"),
            ] {
                let session = try await sandbox.sslcommerzSession(["tran_id": "T-\(outcome)"])
                let back = try await sandbox.sslcommerzPay(session, outcome)
                #expect(back["method"] == "POST")
                #expect(back["url"] == .string(url))
                #expect(back["fields"]?["status"] == .string(status))
                #expect((back["fields"]?["val_id"] == nil) == (status != "VALID"))
                if status != "VALID" { #expect(back["fields"]?["store_amount"] == "") }
            }
            let session = try await sandbox.sslcommerzSession()
            let page = session["GatewayPageURL"]?.stringValue?.dropFirst(sandbox.addresses.base.count) ?? ""
            let shown = try await sandbox.get(String(page))
            #expect(shown.text.contains("1150.00 BDT"))
            #expect(!shown.text.contains("<script"))
            let paid = try await sandbox.form("\(page)/success")
            #expect(paid.text.contains("action=\"https://shop.example/ok\""))
            #expect(paid.text.contains("name=\"verify_sign\""))
            #expect(try await sandbox.get(String(page)).text.contains("This payment is closed"))
        }
    }

    @Test("The first validation says VALID and each later one VALIDATED")
    func validated() async throws {
        try await withSandbox { sandbox in
            let back = try await sandbox.sslcommerzPay(try await sandbox.sslcommerzSession())
            let id = try #require(back["fields"]?["val_id"]?.stringValue)
            let first = try await sandbox.sslcommerzValidate(id)
            #expect(first["status"] == "VALID")
            #expect(first["amount"] == "1150.00")
            #expect(first["APIConnect"] == "DONE")
            #expect(first["value_a"] == "ord_1")
            #expect(try await sandbox.sslcommerzValidate(id)["status"] == "VALIDATED")
            #expect(try await sandbox.sslcommerzValidate("none")["status"] == "INVALID_TRANSACTION")
            #expect(try await sandbox.sslcommerzValidate("")["APIConnect"] == "INVALID_REQUEST")
            try await sandbox.control("sslcommerz/settings", #"{"amounts":"number"}"#)
            #expect(try await sandbox.sslcommerzValidate(id)["amount"] == 1150)
        }
    }

    @Test("The notification comes before the browser's return, after it, or without it")
    func notificationTime() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                _ = try await sandbox.sslcommerzPay(try await sandbox.sslcommerzSession())
                #expect(try await receiver.wait(for: 1).count == 1)
                try await sandbox.control("sslcommerz/settings", #"{"ipn":"after","ipn_delay":60}"#)
                _ = try await sandbox.sslcommerzPay(try await sandbox.sslcommerzSession(["tran_id": "T-2"]))
                try await Task.sleep(for: .milliseconds(150))
                #expect(receiver.all.count == 1)
                try await sandbox.control("sslcommerz/advance", #"{"seconds":61}"#)
                #expect(try await receiver.wait(for: 2).count == 2)
                try await sandbox.control("sslcommerz/settings", #"{"ipn":"none"}"#)
                _ = try await sandbox.sslcommerzPay(try await sandbox.sslcommerzSession(["tran_id": "T-3"]))
                try await sandbox.control("sslcommerz/advance", #"{"seconds":61}"#)
                try await Task.sleep(for: .milliseconds(150))
                #expect(receiver.all.count == 2)
                try await sandbox.control("sslcommerz/notices", #"{"tran_id":"T-3"}"#)
                #expect(try await receiver.wait(for: 3).count == 3)
            }
        }
    }

    @Test("A session's own ipn_url is told instead of the configured one")
    func ownAddress() async throws {
        try await withReceiver { receiver in
            try await withSandbox { sandbox in
                let url = "http://127.0.0.1:\(receiver.port)/webhooks"
                _ = try await sandbox.sslcommerzPay(try await sandbox.sslcommerzSession(["ipn_url": url]))
                #expect(try await receiver.wait(for: 1).count == 1)
            }
        }
    }

    @Test("A pending payment is PENDING until it is VALID")
    func pending() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                let session = try await sandbox.sslcommerzSession()
                _ = try await sandbox.sslcommerzPay(session, "pending")
                let asked = try await sandbox.sslcommerzAsk(["tran_id": "T-1"])
                #expect(asked["element"]?.elements?.first?["status"] == "PENDING")
                #expect(receiver.all.isEmpty)
                try await sandbox.control("sslcommerz/advance", #"{"seconds":3601}"#)
                let key = try #require(session["sessionkey"]?.stringValue)
                #expect(try await sandbox.sslcommerzAsk(["sessionkey": key])["status"] == "VALID")
                #expect(fields(try #require(try await receiver.wait(for: 1).first))["status"] == "VALID")
            }
        }
    }

    @Test("A transaction can have several elements, and more than one VALID is a double payment")
    func severalElements() async throws {
        try await withSandbox { sandbox in
            let session = try await sandbox.sslcommerzSession()
            _ = try await sandbox.sslcommerzPay(session, "failed")
            _ = try await sandbox.sslcommerzPay(session)
            _ = try await sandbox.sslcommerzPay(try await sandbox.sslcommerzSession())
            let asked = try await sandbox.sslcommerzAsk(["tran_id": "T-1"])
            #expect(asked["no_of_trans_found"] == "3")
            #expect(asked["element"]?.elements?.map { $0["status"] } == ["FAILED", "VALID", "VALID"])
        }
    }

    @Test("An order in USD is settled in BDT: amount is BDT, currency_amount is what was ordered")
    func conversion() async throws {
        try await withSandbox { sandbox in
            let session = try await sandbox.sslcommerzSession(["currency": "USD", "total_amount": "10.50"])
            let fields = try #require(try await sandbox.sslcommerzPay(session)["fields"])
            #expect(fields["amount"] == "1275.75")
            #expect(fields["currency"] == "BDT")
            #expect(fields["currency_type"] == "USD")
            #expect(fields["currency_amount"] == "10.50")
            #expect(fields["currency_rate"] == "121.5000")
        }
    }

    @Test("A risky payment has risk_level 1 and is VALID nevertheless")
    func risky() async throws {
        try await withSandbox { sandbox in
            let session = try await sandbox.sslcommerzSession()
            let fields = try #require(try await sandbox.sslcommerzPay(session, "risky")["fields"])
            #expect(fields["risk_level"] == "1")
            #expect(fields["status"] == "VALID")
        }
    }

    @Test("A session that nobody pays ends UNATTEMPTED, or EXPIRED when the page was seen")
    func expiry() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                _ = try await sandbox.sslcommerzSession(["tran_id": "T-unseen"])
                let seen = try await sandbox.sslcommerzSession(["tran_id": "T-seen"])
                let page = seen["GatewayPageURL"]?.stringValue?.dropFirst(sandbox.addresses.base.count) ?? ""
                _ = try await sandbox.get(String(page))
                try await sandbox.control("sslcommerz/advance", #"{"seconds":1801}"#)
                let told = try await receiver.wait(for: 2).map { fields($0) }
                let statuses = Dictionary(told.map { ($0["tran_id"] ?? "", $0["status"] ?? "") }) { first, _ in first }
                #expect(statuses == ["T-unseen": "UNATTEMPTED", "T-seen": "EXPIRED"])
                for notice in told { #expect(try sign(notice) == notice["verify_sign"]) }
            }
        }
    }

    @Test("Refunds need a refund_trans_id, add up to the amount at most, and are processing before they are refunded")
    func refunds() async throws {
        try await withSandbox { sandbox in
            let paid = try #require(try await sandbox.sslcommerzPay(try await sandbox.sslcommerzSession())["fields"])
            let bank = try #require(paid["bank_tran_id"]?.stringValue)
            let base = ["bank_tran_id": bank, "refund_amount": "100.00", "refund_remarks": "broken"]
            let bare = try await sandbox.sslcommerzAsk(base)
            #expect(bare["status"] == "failed")
            #expect(bare["APIConnect"] == "DONE")
            let started = try await sandbox.sslcommerzAsk(base.merging(["refund_trans_id": "R-1"]) { $1 })
            #expect(started["status"] == "success")
            let reference = try #require(started["refund_ref_id"]?.stringValue)
            #expect(try await sandbox.sslcommerzAsk(["refund_ref_id": reference])["status"] == "processing")
            try await sandbox.control("sslcommerz/advance", #"{"seconds":86401}"#)
            #expect(try await sandbox.sslcommerzAsk(["refund_ref_id": reference])["status"] == "refunded")
            #expect(
                try await sandbox.sslcommerzAsk(base.merging(["refund_trans_id": "R-1"]) { $1 })["status"] == "failed")
            let greedy = base.merging(["refund_trans_id": "R-2", "refund_amount": "1050.01"]) { $1 }
            #expect(try await sandbox.sslcommerzAsk(greedy)["status"] == "failed")
            try await sandbox.control("sslcommerz/settings", #"{"repeated_refund":"replay"}"#)
            let replayed = try await sandbox.sslcommerzAsk(base.merging(["refund_trans_id": "R-1"]) { $1 })
            #expect(replayed["refund_ref_id"]?.stringValue == reference)
            try await sandbox.control("sslcommerz/outcomes", #"{"refund":"failed"}"#)
            let refused = try await sandbox.sslcommerzAsk(base.merging(["refund_trans_id": "R-3"]) { $1 })
            #expect(refused["errorReason"]?.stringValue?.isEmpty == false)
        }
    }

    @Test("A lost answer to a validation still flips it to VALIDATED")
    func lostValidation() async throws {
        try await withSandbox { sandbox in
            let back = try await sandbox.sslcommerzPay(try await sandbox.sslcommerzSession())
            let id = try #require(back["fields"]?["val_id"]?.stringValue)
            try await sandbox.control(
                "sslcommerz/next", #"{"request":"GET /validator/api/validationserverAPI.php","fault":"error_after"}"#)
            #expect(try await sandbox.sslcommerzValidate(id) == .null)
            #expect(try await sandbox.sslcommerzValidate(id)["status"] == "VALIDATED")
        }
    }
}
