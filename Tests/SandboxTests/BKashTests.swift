import Foundation
import Testing

@testable import SandboxRuntime

@Suite("bKash's API")
struct BKashTests {
    @Test("User name and password must be headers")
    func credentialHeaders() async throws {
        try await withSandbox { sandbox in
            let refused = try await sandbox.send(
                .post, "\(Harness.bkashCheckout)/token/grant",
                body: #"{"username":"haat_sandbox","password":"x",\#(Harness.bkashApp)}"#)
            #expect(refused.status == 400)
            #expect(refused.json["message"] == "Missing required request parameters: [password, username]")
            let granted = try await sandbox.bkashGrant().json
            #expect(granted["statusCode"] == "0000")
            #expect(granted["token_type"] == "Bearer")
            #expect(granted["expires_in"] == 3600)
        }
    }

    @Test("The third grant or refresh within an hour blocks the merchant for one hour")
    func tokenBlock() async throws {
        try await withSandbox { sandbox in
            let granted = try await sandbox.bkashGrant().json
            let refresh = granted["refresh_token"]?.stringValue ?? ""
            let refreshed = try await sandbox.send(
                .post, "\(Harness.bkashCheckout)/token/refresh", headers: Harness.bkashCredentials,
                body: #"{\#(Harness.bkashApp),"refresh_token":"\#(refresh)"}"#)
            let token = try #require(refreshed.json["id_token"]?.stringValue)
            #expect(try await sandbox.bkashGrant().status == 429)
            // Tokens granted before go on working.
            #expect(try await sandbox.bkashCreate(token)["statusCode"] == "0000")
            try await sandbox.control("bkash/advance", #"{"seconds":3500}"#)
            #expect(try await sandbox.bkashGrant().status == 429)
            try await sandbox.control("bkash/advance", #"{"seconds":101}"#)
            #expect(try await sandbox.bkashGrant().status == 200)
        }
    }

    @Test("The token is sent raw: Bearer is rejected, and so are expired tokens and other app keys")
    func rawToken() async throws {
        try await withSandbox { sandbox in
            let token = try await sandbox.bkashToken()
            #expect(try await sandbox.bkash("Bearer \(token)", "create", "{}").status == 401)
            #expect(try await sandbox.bkash(token, "create", "{}").status == 200)
            let other = try await sandbox.send(
                .post, "\(Harness.bkashCheckout)/create", headers: ["Authorization": token, "X-App-Key": "x"],
                body: "{}")
            #expect(other.status == 401)
            try await sandbox.control("bkash/tokens/expire")
            #expect(try await sandbox.bkash(token, "create", "{}").status == 401)
        }
    }

    @Test("Business errors are HTTP 200, with statusCode, errorCode or both")
    func errorsAreOK() async throws {
        try await withSandbox { sandbox in
            let token = try await sandbox.bkashToken()
            for (field, value, code) in [
                ("amount", "1.234", "2006"), ("amount", "-1", "2006"), ("currency", "USD", "2007"),
                ("intent", "gift", "2008"), ("merchantInvoiceNumber", "a<b", "2031"), ("callbackURL", "x", "2049"),
                ("payerReference", "a&b", "2048"), ("mode", "", "2065"),
            ] {
                var fields = [
                    "mode": "0011", "payerReference": "p", "callbackURL": "https://s/", "amount": "10",
                    "currency": "BDT", "intent": "sale", "merchantInvoiceNumber": "i",
                ]
                fields[field] = value
                let refused = try await sandbox.bkash(
                    token, "create", String(decoding: JSON.strings(fields).compact, as: UTF8.self))
                #expect(refused.status == 200)
                #expect(refused.json["statusCode"] == .string(code), "\(field)")
            }
            try await sandbox.control("bkash/settings", #"{"error_shape":"error"}"#)
            let shaped = try await sandbox.bkash(token, "execute", #"{"paymentID":"none"}"#).json
            #expect(shaped["errorCode"] == "2002")
            #expect(shaped["statusCode"] == nil)
        }
    }

    @Test("A payment is created, agreed to at the page, and moves money only when it is executed")
    func flow() async throws {
        try await withSandbox { sandbox in
            let token = try await sandbox.bkashToken()
            let created = try await sandbox.bkashCreate(token)
            let id = try #require(created["paymentID"]?.stringValue)
            #expect(created["transactionStatus"] == "Initiated")
            #expect(created["amount"] == "100.50")
            let time = created["paymentCreateTime"]?.stringValue ?? ""
            #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d:\d{3} GMT\+0600/) != nil)
            #expect(
                created["successCallbackURL"]
                    == .string("https://shop.example/back?paymentID=\(id)&status=success"))
            // Execution before the customer has finished.
            #expect(try await sandbox.bkashExecute(token, id)["statusCode"] == "2054")
            let address = created["bkashURL"]?.stringValue?.dropFirst(sandbox.addresses.base.count) ?? ""
            let page = try await sandbox.get(String(address))
            #expect(page.text.contains("100.50 BDT"))
            #expect(!page.text.contains("<script"))
            let agreed = try await sandbox.form("/bkash/redirect/tokenized/\(id)/success", ["wallet": "01711111111"])
            #expect(agreed.headers["location"] == "https://shop.example/back?paymentID=\(id)&status=success")
            let before = try await sandbox.bkash(token, "payment/status", #"{"paymentID":"\#(id)"}"#).json
            #expect(before["transactionStatus"] == "Initiated")
            let executed = try await sandbox.bkashExecute(token, id)
            #expect(executed["transactionStatus"] == "Completed")
            #expect(executed["customerMsisdn"] == "01711111111")
            let transaction = try #require(executed["trxID"]?.stringValue)
            for path in ["general/searchTransaction", "general/searchTran"] {
                let found = try await sandbox.bkash(token, path, #"{"trxID":"\#(transaction)"}"#).json
                #expect(found["maxRefundableAmount"] == "100.50")
                #expect(found["payerAccount"] == "01711111111")
            }
        }
    }

    @Test("An amount may be a JSON number, as some clients send it, and is echoed as a text")
    func numericAmount() async throws {
        try await withSandbox { sandbox in
            let token = try await sandbox.bkashToken()
            let cases: [(sent: String, echoed: JSON?)] = [
                ("150.25", "150.25"), ("10", "10"), ("10.5", "10.50"), ("1.005", nil),
            ]
            for (index, (sent, echoed)) in cases.enumerated() {
                let created = try await sandbox.bkash(
                    token, "create",
                    #"{"mode":"0011","payerReference":"1","callbackURL":"https://shop.example/back","amount":\#(sent),"currency":"BDT","intent":"sale","merchantInvoiceNumber":"N-\#(index)"}"#
                ).json
                #expect(created["statusCode"] == (echoed == nil ? "2006" : "0000"))
                #expect(created["amount"] == echoed)
            }
        }
    }

    @Test("The query is put behind a question mark even where callbackURL has one")
    func callbackWithQuery() async throws {
        try await withSandbox { sandbox in
            let token = try await sandbox.bkashToken()
            let created = try await sandbox.bkash(
                token, "create",
                #"{"mode":"0011","payerReference":"p","callbackURL":"https://s/b?o=1","amount":"10","currency":"BDT","intent":"sale","merchantInvoiceNumber":"Q-1"}"#
            ).json
            let id = try #require(created["paymentID"]?.stringValue)
            let agreed = try await sandbox.form("/bkash/redirect/tokenized/\(id)/success")
            #expect(agreed.headers["location"] == "https://s/b?o=1?paymentID=\(id)&status=success")
        }
    }

    @Test("A second execution is 2062, and so is the first one's query that counts as needless")
    func secondExecution() async throws {
        try await withSandbox { sandbox in
            let token = try await sandbox.bkashToken()
            let id = try await sandbox.bkashAgreed(token)
            _ = try await sandbox.bkashExecute(token, id)
            #expect(try await sandbox.bkashExecute(token, id)["statusCode"] == "2062")
            _ = try await sandbox.bkash(token, "payment/status", #"{"paymentID":"\#(id)"}"#)
            let ledger = try await sandbox.get("/_control/bkash/ledger?only=payments").json
            #expect(ledger["payments"]?.elements?.first?["needless_queries"] == 1)
            #expect(try await sandbox.bkashCreate(token)["statusCode"] == "2029")
        }
    }

    @Test("Failure and cancel lead back with their status, and can't be executed")
    func notAgreed() async throws {
        try await withSandbox { sandbox in
            let token = try await sandbox.bkashToken()
            for answer in ["failure", "cancel"] {
                let id = try await sandbox.bkashCreate(token)["paymentID"]?.stringValue ?? ""
                let back = try await sandbox.form("/bkash/redirect/tokenized/\(id)/\(answer)")
                #expect(back.headers["location"]?.hasSuffix("status=\(answer)") == true)
                #expect(try await sandbox.bkashExecute(token, id)["statusCode"] == "2056")
            }
        }
    }

    @Test("A paymentID is good for 24 hours")
    func expiry() async throws {
        try await withSandbox { sandbox in
            let id = try await sandbox.bkashAgreed(try await sandbox.bkashToken())
            try await sandbox.control("bkash/advance", #"{"seconds":86401}"#)
            #expect(try await sandbox.bkashExecute(try await sandbox.bkashToken(), id)["statusCode"] == "2056")
        }
    }

    @Test("An execution that hangs has completed before its caller gives up")
    func hang() async throws {
        try await withSandbox { sandbox in
            let token = try await sandbox.bkashToken()
            let id = try await sandbox.bkashAgreed(token)
            try await sandbox.control("bkash/settings", #"{"hang_ms":1000}"#)
            try await sandbox.control("bkash/outcomes", #"{"execute":"hang"}"#)
            let clock = ContinuousClock()
            let started = clock.now
            async let slow = sandbox.bkashExecute(token, id)
            let isCompleted = try await sandbox.eventually {
                try await sandbox.bkash(token, "payment/status", #"{"paymentID":"\#(id)"}"#).json["transactionStatus"]
                    == "Completed"
            }
            #expect(isCompleted)
            #expect(try await slow["transactionStatus"] == "Completed")
            #expect(clock.now - started >= .seconds(1))
            let second = try await sandbox.bkashAgreed(token, invoice: "INV-2")
            try await sandbox.control("bkash/outcomes", #"{"execute":"2023"}"#)
            #expect(try await sandbox.bkashExecute(token, second)["statusMessage"] == "Insufficient Balance")
        }
    }

    @Test("An authorisation is captured or voided afterwards")
    func authorization() async throws {
        try await withSandbox { sandbox in
            let token = try await sandbox.bkashToken()
            let created = try await sandbox.bkash(
                token, "create",
                #"{"mode":"0011","payerReference":"p","callbackURL":"https://s/","amount":"10","currency":"BDT","intent":"authorization","merchantInvoiceNumber":"A-1"}"#
            ).json
            let id = created["paymentID"]?.stringValue ?? ""
            try await sandbox.control("bkash/payments/answer", #"{"paymentID":"\#(id)"}"#)
            #expect(try await sandbox.bkashExecute(token, id)["transactionStatus"] == "Authorized")
            let captured = try await sandbox.bkash(token, "payment/confirm/capture", #"{"paymentID":"\#(id)"}"#).json
            #expect(captured["transactionStatus"] == "Completed")
        }
    }

    @Test("The first refund API gives back once and answers its state without an amount")
    func firstRefund() async throws {
        try await withSandbox { sandbox in
            let token = try await sandbox.bkashToken()
            let id = try await sandbox.bkashAgreed(token)
            let transaction = try await sandbox.bkashExecute(token, id)["trxID"]?.stringValue ?? ""
            let ids = #""paymentID":"\#(id)","trxID":"\#(transaction)""#
            let path = "payment/refund"
            #expect(try await sandbox.bkash(token, path, "{\(ids)}").json["statusCode"] == "2033")
            let refused = try await sandbox.bkash(token, path, #"{\#(ids),"amount":"100.51"}"#).json
            #expect(refused["statusCode"] == "2026")
            let refund = try await sandbox.bkash(token, path, #"{\#(ids),"amount":"50","sku":"s","reason":"r"}"#).json
            #expect(refund["transactionStatus"] == "Completed")
            #expect(refund["originalTrxID"] == .string(transaction))
            #expect(try await sandbox.bkash(token, path, "{\(ids)}").json["refundTrxID"] == refund["refundTrxID"])
            let again = try await sandbox.bkash(token, path, #"{\#(ids),"amount":"1"}"#).json
            #expect(again["statusCode"] == "2034")
        }
    }

    @Test("The second refund API takes up to ten, in lower-case ids, with errors of its own")
    func secondRefund() async throws {
        try await withSandbox { sandbox in
            let token = try await sandbox.bkashToken()
            let id = try await sandbox.bkashAgreed(token)
            let transaction = try await sandbox.bkashExecute(token, id)["trxID"]?.stringValue ?? ""
            let ids = #""paymentId":"\#(id)","trxId":"\#(transaction)""#
            let path = "v2/tokenized-checkout/refund/payment/transaction"
            for _ in 0..<10 {
                let refund = try await sandbox.bkash(
                    token, path, #"{\#(ids),"refundAmount":"1.00","sku":"s","reason":"r"}"#)
                #expect(refund.json["refundTransactionStatus"] == "Completed")
            }
            let eleventh = try await sandbox.bkash(token, path, #"{\#(ids),"refundAmount":"1.00"}"#).json
            #expect(eleventh["externalCode"] == "2076")
            #expect(eleventh["errorMessageEn"]?.stringValue?.isEmpty == false)
            let status = try await sandbox.bkash(token, "v2/tokenized-checkout/refund/payment/status", "{\(ids)}").json
            #expect(status["refundTransactions"]?.elements?.count == 10)
            #expect(status["originalTrxAmount"] == "100.50")
        }
    }
}
