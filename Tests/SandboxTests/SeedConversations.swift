import Foundation
import Testing

@testable import SandboxRuntime

/// A client's whole business with one provider, from a payment or parcel to its end.
struct Conversation: Sendable, CustomTestStringConvertible {
    /// The name on the control plane.
    let provider: String
    /// How many pushes it causes.
    let pushes: Int
    /// Whether ids are drawn; some providers only count.
    var hasRandomIDs = true
    let body: @Sendable (Harness) async throws -> Void

    var testDescription: String { provider }

    static let all = [
        stripe, razorpay, sslcommerz, bkash, aamarpay, paystation, steadfast, shiprocket, telegram, discord, sms, mail,
    ]

    static let pushing = all.filter { $0.pushes > 0 }

    private static let stripe = Conversation(provider: "stripe", pushes: 8) { sandbox in
        let session = try await sandbox.createSession(key: "first")
        let id = session["id"]?.stringValue ?? ""
        _ = try await sandbox.get("/stripe/checkout/\(id)")
        _ = try await sandbox.form("/stripe/checkout/\(id)/pay", ["email": "a@b.example"])
        let paid = try await sandbox.stripe(.get, "checkout/sessions/\(id)").json
        let intent = paid["payment_intent"]?.stringValue ?? ""
        _ = try await sandbox.stripe(.post, "refunds", ["payment_intent": intent, "amount": "500"])
        _ = try await sandbox.stripe(.get, "balance_transactions")
        _ = try await sandbox.stripe(.post, "payment_intents", ["amount": "x"])
    }

    private static let razorpay = Conversation(provider: "razorpay", pushes: 5) { sandbox in
        let (order, payment) = try await sandbox.razorpayPaid()
        _ = try await sandbox.razorpay(.get, "orders/\(order)/payments")
        _ = try await sandbox.razorpay(
            .post, "payments/\(payment)/refund", #"{"amount":100}"#, headers: ["X-Refund-Idempotency": "0123456789"])
        _ = try await sandbox.razorpay(.get, "payments/\(payment)/refunds")
        _ = try await sandbox.razorpay(.post, "orders", "{}")
    }

    private static let sslcommerz = Conversation(provider: "sslcommerz", pushes: 2) { sandbox in
        let session = try await sandbox.sslcommerzSession()
        let form = try await sandbox.sslcommerzPay(session)
        let fields = form["fields"]
        _ = try await sandbox.sslcommerzValidate(fields?["val_id"]?.stringValue ?? "")
        _ = try await sandbox.sslcommerzAsk(["tran_id": "T-1"])
        let bank = fields?["bank_tran_id"]?.stringValue ?? ""
        _ = try await sandbox.sslcommerzAsk([
            "bank_tran_id": bank, "refund_trans_id": "R-1", "refund_amount": "50.00", "refund_remarks": "late",
        ])
        let failed = try await sandbox.sslcommerzSession(["tran_id": "T-2"])
        _ = try await sandbox.sslcommerzPay(failed, "failed")
    }

    private static let bkash = Conversation(provider: "bkash", pushes: 2) { sandbox in
        let token = try await sandbox.bkashToken()
        let payment = try await sandbox.bkashAgreed(token)
        let executed = try await sandbox.bkashExecute(token, payment)
        _ = try await sandbox.bkash(token, "payment/status", #"{"paymentID":"\#(payment)"}"#)
        _ = try await sandbox.bkashExecute(token, payment)
        let transaction = executed["trxID"]?.stringValue ?? ""
        _ = try await sandbox.bkash(
            token, "payment/refund",
            #"{"paymentID":"\#(payment)","trxID":"\#(transaction)","amount":"10","sku":"s","reason":"late"}"#)
        try await sandbox.control("bkash/payments/outside", #"{"amount":"7","invoice":"QR"}"#)
    }

    private static let aamarpay = Conversation(provider: "aamarpay", pushes: 2) { sandbox in
        let store = ["store_id": "aamarpaytest", "signature_key": "dbb74894e82415a2f7ff0ec3a97e4183", "type": "json"]
        for (number, outcome) in ["successful", "failed"].enumerated() {
            let order = JSON.strings(
                store.merging([
                    "tran_id": "A-\(number)", "amount": "10.00", "currency": "BDT", "desc": "Tea",
                    "success_url": "https://shop.example/ok", "fail_url": "https://shop.example/fail",
                    "cancel_url": "https://shop.example/cancel", "cus_name": "Rahim", "cus_email": "r@example.com",
                    "cus_phone": "01711111111",
                ]) { $1 })
            let created = try await sandbox.send(
                .post, "/aamarpay/jsonpost.php", headers: ["Content-Type": "application/json"],
                body: String(decoding: order.compact, as: UTF8.self))
            let track = created.json["payment_url"]?.stringValue?.split(separator: "=").last ?? ""
            _ = try await sandbox.send(
                .post, "/aamarpay/pay/\(track)/\(outcome)",
                headers: ["Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"], body: "")
            let query = Harness.encode(store.merging(["request_id": "A-\(number)"]) { $1 })
            _ = try await sandbox.get("/aamarpay/api/v1/trxcheck/request.php?\(query)")
        }
    }

    private static let paystation = Conversation(provider: "paystation", pushes: 1) { sandbox in
        for (invoice, outcome) in [("P-1", "successful"), ("P-2", "failed")] {
            let created = try await sandbox.form(
                "/paystation/initiate-payment",
                [
                    "merchantId": "104-1653730183", "password": "gamecoderstorepass", "invoice_number": invoice,
                    "currency": "BDT", "payment_amount": "120", "cust_name": "Rahim", "cust_phone": "01711111111",
                    "cust_email": "r@example.com", "callback_url": "https://shop.example/back",
                ])
            let page = (created.json["payment_url"]?.stringValue ?? "").dropFirst(sandbox.addresses.base.count)
            _ = try await sandbox.form("\(page)/\(outcome)")
            _ = try await sandbox.send(
                .post, "/paystation/transaction-status",
                headers: ["merchantId": "104-1653730183", "Content-Type": "application/x-www-form-urlencoded"],
                body: "invoice_number=\(invoice)")
        }
    }

    private static let steadfast = Conversation(provider: "steadfast", pushes: 14) { sandbox in
        _ = try await sandbox.bookSteadfast("ord-1")
        _ = try await sandbox.bookSteadfast("ord-2", ["cod_amount": 0])
        try await sandbox.control("steadfast/advance", #"{"seconds":3600}"#)
        _ = try await sandbox.steadfast(.get, "status_by_invoice/ord-1")
        _ = try await sandbox.steadfast(.get, "get_balance")
        _ = try await sandbox.bookSteadfast("ord-1")
    }

    private static let shiprocket = Conversation(provider: "shiprocket", pushes: 9) { sandbox in
        let login = try await sandbox.shiprocketLogin()
        let client = ShiprocketClient(sandbox: sandbox, token: login.json["token"]?.stringValue ?? "")
        let parcel = try await client.ship("ord-1")
        try await client.advance(600)
        let label = try await client.post("courier/generate/label", ["shipment_id": [parcel.shipment]])
        let page = (label["label_url"]?.stringValue ?? "").dropFirst(sandbox.addresses.base.count)
        _ = try await sandbox.get(String(page))
        _ = try await client.get("courier/track/awb/\(parcel.awb)")
        _ = try await client.get("account/details/wallet-balance")
    }

    private static let telegram = Conversation(provider: "telegram", pushes: 0, hasRandomIDs: false) { sandbox in
        for text in ["one", "two", ""] {
            _ = try await sandbox.send(
                .post, "/telegram/bot42:secret/sendMessage", headers: ["Content-Type": "application/json"],
                body: #"{"chat_id":5,"text":"\#(text)"}"#)
        }
    }

    private static let discord = Conversation(provider: "discord", pushes: 0, hasRandomIDs: false) { sandbox in
        for text in ["one", "two", ""] {
            _ = try await sandbox.send(
                .post, "/discord/api/webhooks/7/token?wait=true", headers: ["Content-Type": "application/json"],
                body: #"{"content":"\#(text)"}"#)
        }
    }

    private static let sms = Conversation(provider: "sms", pushes: 0, hasRandomIDs: false) { sandbox in
        for text in ["one", "two", ""] {
            _ = try await sandbox.send(
                .post, "/sms/send", headers: ["Content-Type": "application/json"],
                body: #"{"to":"+8801712345678","text":"\#(text)"}"#)
        }
    }

    private static let mail = Conversation(provider: "smtp", pushes: 0, hasRandomIDs: false) { sandbox in
        try await sandbox.control("smtp/rules", #"{"recipient":"*@bad.example","action":"bounce"}"#)
        for recipient in ["a@good.example", "b@bad.example"] {
            let replies = try await smtpDialogue(sandbox, SMTPTests.mail(to: recipient), lines: 14)
            sandbox.witness?(
                "SMTP", Harness.Reply(status: 0, headers: [:], body: Array(replies.joined(separator: "\n").utf8)))
        }
        _ = try await sandbox.get("/inbox.json")
        _ = try await sandbox.get("/inbox")
    }
}
