import Foundation
import Testing

@testable import SandboxRuntime

@Suite("PayStation")
struct PayStationTests {
    private static let request = [
        "merchantId": "104-1653730183", "password": "gamecoderstorepass", "invoice_number": "P-1", "currency": "BDT",
        "payment_amount": "120", "cust_name": "Rahim", "cust_phone": "01711111111", "cust_email": "r@example.com",
        "callback_url": "https://shop.example/back", "opt_a": "ord_1",
    ]

    private func create(_ sandbox: Harness, _ more: [String: String] = [:]) async throws -> JSON {
        try await sandbox.form("/paystation/initiate-payment", Self.request.merging(more) { $1 }).json
    }

    private func status(
        _ sandbox: Harness, _ invoice: String = "P-1", merchant: String = "104-1653730183"
    ) async throws -> JSON {
        try await sandbox.send(
            .post, "/paystation/transaction-status",
            headers: ["merchantId": merchant, "Content-Type": "application/x-www-form-urlencoded"],
            body: Harness.encode(["invoice_number": invoice])
        ).json
    }

    private func answer(_ sandbox: Harness, _ created: JSON, _ answer: String) async throws -> String {
        let url = created["payment_url"]?.stringValue ?? ""
        let path = url.hasPrefix("http") ? String(url.dropFirst(sandbox.addresses.base.count)) : url
        return try await sandbox.form("\(path)/\(answer)").headers["location"] ?? ""
    }

    @Test("status_code is a text, and refusals are HTTP 200: credentials 1001, duplicates 1008")
    func stringCodes() async throws {
        try await withSandbox { sandbox in
            let created = try await create(sandbox)
            #expect(created["status_code"] == "200")
            #expect(created["payment_amount"] == "120")
            let refused = try await sandbox.form(
                "/paystation/initiate-payment", Self.request.merging(["password": "x"]) { $1 })
            #expect(refused.status == 200)
            #expect(refused.json["status_code"] == "1001")
            #expect(try await create(sandbox)["status_code"] == "1008")
            #expect(try await create(sandbox, ["invoice_number": "P-2", "cust_name": ""])["status"] == "failed")
        }
    }

    @Test("Forms, multipart forms and JSON are taken")
    func bodies() async throws {
        try await withSandbox { sandbox in
            var fields = Self.request
            let parts = fields.map {
                "--XX\r\nContent-Disposition: form-data; name=\"\($0.key)\"\r\n\r\n\($0.value)\r\n"
            }
            let multipart = try await sandbox.send(
                .post, "/paystation/initiate-payment", headers: ["Content-Type": "multipart/form-data; boundary=XX"],
                body: parts.joined() + "--XX--\r\n")
            #expect(multipart.json["status_code"] == "200")
            fields["invoice_number"] = "P-2"
            let json = try await sandbox.send(
                .post, "/paystation/initiate-payment", headers: ["Content-Type": "application/json"],
                body: String(decoding: JSON.strings(fields).compact, as: UTF8.self))
            #expect(json.json["status_code"] == "200")
        }
    }

    @Test("payment_amount echoes the amount although nothing is paid")
    func echoedAmount() async throws {
        try await withSandbox { sandbox in
            let created = try await create(sandbox)
            #expect(try await status(sandbox)["data"]?["trx_status"] == "processing")
            #expect(try await status(sandbox)["data"]?["payment_amount"] == "120")
            _ = try await answer(sandbox, created, "failed")
            let failed = try await status(sandbox)
            #expect(failed["data"]?["trx_status"] == "failed")
            #expect(failed["data"]?["payment_amount"] == "120")
        }
    }

    @Test("With pay_with_charge the payment is larger than the request")
    func charge() async throws {
        try await withSandbox { sandbox in
            _ = try await create(sandbox, ["pay_with_charge": "1"])
            let data = try await status(sandbox)["data"]
            #expect(data?["request_amount"] == "120")
            #expect(data?["payment_amount"] == "122.40")
        }
    }

    @Test("2001 is said of unknown invoices and of wrong merchants alike, and no password is asked")
    func ambiguous() async throws {
        try await withSandbox { sandbox in
            _ = try await create(sandbox)
            let wrong = try await status(sandbox, merchant: "x")
            #expect(wrong["status_code"] == "2001")
            #expect(try await status(sandbox, "none") == wrong)
            #expect(try await status(sandbox)["status_code"] == "200")
        }
    }

    @Test("The casing of trx_status varies: Success, success, Successful, SUCCESS")
    func casing() async throws {
        try await withSandbox { sandbox in
            let back = try await answer(sandbox, try await create(sandbox), "successful")
            #expect(back.contains("status=Successful&invoice_number=P-1&trx_id="))
            let found = try await status(sandbox)
            #expect(found["data"]?["trx_status"] == "Success")
            let transaction = found["data"]?["trx_id"]?.stringValue ?? ""
            let second = try await sandbox.send(
                .post, "/paystation/v2/transaction-status",
                headers: ["merchantId": "104-1653730183", "Content-Type": "application/json"],
                body: #"{"trxId":"\#(transaction)"}"#
            ).json
            #expect(second["data"]?["trx_status"] == "success")
            #expect(second["data"]?["trx_amount"] == "120")
            try await sandbox.control("paystation/settings", #"{"casing":"upper"}"#)
            #expect(try await status(sandbox)["data"]?["trx_status"] == "SUCCESS")
            try await sandbox.control("paystation/refunds", #"{"invoice_number":"P-1"}"#)
            #expect(try await status(sandbox)["data"]?["trx_status"] == "REFUND")
        }
    }

    @Test("The query is put behind a question mark even where callback_url has one")
    func callbackWithQuery() async throws {
        try await withSandbox { sandbox in
            let created = try await create(sandbox, ["callback_url": "https://shop.example/back?o=1"])
            let back = try await answer(sandbox, created, "failed")
            #expect(back == "https://shop.example/back?o=1?status=Failed&invoice_number=P-1")
        }
    }

    @Test("The browser can be told of success while the status still says processing")
    func earlyCallback() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                try await sandbox.control("paystation/settings", #"{"status_lag":60}"#)
                let back = try await answer(sandbox, try await create(sandbox), "successful")
                #expect(back.contains("status=Successful"))
                #expect(try await status(sandbox)["data"]?["trx_status"] == "processing")
                #expect(receiver.all.isEmpty)
                try await sandbox.control("paystation/advance", #"{"seconds":61}"#)
                #expect(try await status(sandbox)["data"]?["trx_status"] == "Success")
                #expect(try await receiver.wait(for: 1).count == 1)
            }
        }
    }

    @Test("Only successes are notified, unsigned, with a number as amount, until a 2xx")
    func notification() async throws {
        try await withReceiver(answering: { $0 < 2 ? 404 : 200 }) { receiver in
            try await withSandbox(receiver: receiver) {
                $0.speed = 600
            } _: { sandbox in
                _ = try await answer(sandbox, try await create(sandbox, ["invoice_number": "P-0"]), "failed")
                let cancelled = try await answer(
                    sandbox, try await create(sandbox, ["invoice_number": "P-00"]), "canceled")
                #expect(cancelled == "https://shop.example/back?status=Canceled&invoice_number=P-00")
                _ = try await answer(sandbox, try await create(sandbox), "successful")
                let received = try await receiver.wait(for: 3)
                #expect(received.allSatisfy { $0.json["invoice_number"] == "P-1" })
                #expect(received.first?.json["trx_amount"] == 120)
                #expect(received.first?.headers.keys.allSatisfy { !$0.contains("sign") } == true)
                try await Task.sleep(for: .milliseconds(300))
                #expect(receiver.all.count == 3)
            }
        }
    }

    @Test("A forged notification arrives for an invoice that nobody knows")
    func forged() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                try await sandbox.control("paystation/notices", #"{"invoice_number":"P-none","trx_amount":7}"#)
                #expect(try await receiver.wait(for: 1).first?.json["trx_status"] == "Success")
                #expect(try await status(sandbox, "P-none")["status_code"] == "2001")
            }
        }
    }

    @Test("Errors of the machinery are HTML, and payment_url can be relative")
    func htmlErrors() async throws {
        try await withSandbox { sandbox in
            try await sandbox.control(
                "paystation/next", #"{"request":"POST /initiate-payment","fault":"error_before"}"#)
            let broken = try await sandbox.form("/paystation/initiate-payment", Self.request)
            #expect(broken.status == 500)
            #expect(broken.text.hasPrefix("<!DOCTYPE html>"))
            try await sandbox.control("paystation/settings", #"{"relative_url":true}"#)
            let created = try await create(sandbox)
            let path = try #require(created["payment_url"]?.stringValue)
            #expect(path.hasPrefix("/paystation/checkout/"))
            let page = try await sandbox.get(path)
            #expect(page.text.contains("120.00 BDT"))
            #expect(!page.text.contains("<script"))
        }
    }

    @Test("The older API asks for a token, and has a code of its own for unknown transactions")
    func olderAPI() async throws {
        try await withSandbox { sandbox in
            let refused = try await sandbox.form("/paystation/create-payment", Self.request)
            #expect(refused.json["status_code"] == "2001")
            let granted = try await sandbox.send(
                .post, "/paystation/grant-token",
                headers: ["merchantId": "104-1653730183", "password": "gamecoderstorepass"], body: "")
            let token = try #require(granted.json["token"]?.stringValue)
            let headers = ["token": token, "Content-Type": "application/x-www-form-urlencoded"]
            let created = try await sandbox.send(
                .post, "/paystation/create-payment", headers: headers, body: Harness.encode(Self.request))
            #expect(created.json["status_code"] == "200")
            let found = try await sandbox.send(
                .post, "/paystation/retrive-transaction", headers: headers, body: "invoice_number=P-1&trx_id=x")
            #expect(found.json["data"]?["trx_status"] == "processing")
            let unknown = try await sandbox.send(
                .post, "/paystation/retrive-transaction", headers: headers, body: "invoice_number=none")
            #expect(unknown.json["status_code"] == "1006")
        }
    }
}
