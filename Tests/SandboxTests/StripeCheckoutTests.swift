import Testing

@testable import SandboxRuntime

@Suite("Stripe's Checkout")
struct StripeCheckoutTests {
    @Test("A session is paid at its page, and the browser is led to the success_url with the session's id")
    func pay() async throws {
        try await withSandbox { sandbox in
            let session = try await sandbox.createSession([
                "metadata[a]": "1", "payment_intent_data[metadata][b]": "2", "client_reference_id": "ord_1",
            ])
            let id = try #require(session["id"]?.stringValue)
            #expect(session["url"]?.stringValue == "\(sandbox.addresses.base)/stripe/checkout/\(id)")
            #expect(session["payment_intent"] == .null)
            #expect(session["amount_total"] == 2000)
            let paid = try await sandbox.form("/stripe/checkout/\(id)/pay", ["email": "buyer@example.com"])
            #expect(paid.status == 303)
            #expect(paid.headers["location"] == "https://shop.example/thanks?session=\(id)")
            let read = try await sandbox.stripe(
                .get, "checkout/sessions/\(id)", ["expand[]": "payment_intent.latest_charge"]
            ).json
            #expect(read["status"] == "complete")
            #expect(read["payment_status"] == "paid")
            #expect(read["metadata"] == ["a": "1"])
            #expect(read["url"] == .null)
            #expect(read["customer_details"]?["email"] == "buyer@example.com")
            #expect(read["payment_intent"]?["metadata"] == ["b": "2"])
            #expect(read["payment_intent"]?["latest_charge"]?["amount_captured"] == 2000)
        }
    }

    @Test("A second click on Pay leads on without charging again")
    func payTwice() async throws {
        try await withSandbox { sandbox in
            let id = try #require(try await sandbox.createSession()["id"]?.stringValue)
            _ = try await sandbox.form("/stripe/checkout/\(id)/pay")
            #expect(try await sandbox.form("/stripe/checkout/\(id)/pay").status == 303)
            let charges = try await sandbox.stripe(.get, "charges").json
            #expect(charges["data"]?.elements?.count == 1)
        }
    }

    @Test("Fail returns to the page with the decline, and the same session can be paid then")
    func fail() async throws {
        try await withSandbox { sandbox in
            let id = try #require(try await sandbox.createSession()["id"]?.stringValue)
            let failed = try await sandbox.form("/stripe/checkout/\(id)/fail", ["reason": "insufficient_funds"])
            #expect(failed.status == 303)
            let location = try #require(failed.headers["location"])
            let page = try await sandbox.get(location)
            #expect(page.text.contains("Your card has insufficient funds."))
            #expect(page.text.contains("role=\"alert\""))
            #expect(try await sandbox.stripe(.get, "checkout/sessions/\(id)").json["status"] == "open")
            #expect(
                try await sandbox.form("/stripe/checkout/\(id)/pay").headers["location"]?.contains("thanks") == true)
            let intents = try await sandbox.stripe(.get, "payment_intents").json
            #expect(intents["data"]?.elements?.count == 1)
        }
    }

    @Test("Cancel leads to the cancel_url and changes nothing")
    func cancel() async throws {
        try await withSandbox { sandbox in
            let id = try #require(try await sandbox.createSession()["id"]?.stringValue)
            let canceled = try await sandbox.form("/stripe/checkout/\(id)/cancel")
            #expect(canceled.headers["location"] == "https://shop.example/cart")
            #expect(try await sandbox.stripe(.get, "checkout/sessions/\(id)").json["status"] == "open")
        }
    }

    @Test("The page shows merchant, lines and total, escapes them, and needs no script")
    func page() async throws {
        try await withSandbox { sandbox in
            try await sandbox.control("stripe/settings", #"{"merchant":"Tea & Co"}"#)
            let session = try await sandbox.createSession([
                "line_items[0][price_data][product_data][name]": "<b>Tea</b>"
            ])
            let id = try #require(session["id"]?.stringValue)
            let page = try await sandbox.get("/stripe/checkout/\(id)")
            #expect(page.text.contains("Tea &amp; Co"))
            #expect(page.text.contains("&lt;b&gt;Tea&lt;/b&gt;"))
            #expect(page.text.contains("20.00 USD"))
            #expect(!page.text.contains("<script"))
            #expect(page.text.contains("<html lang=\"en\">"))
            #expect(page.headers["content-security-policy"]?.contains("form-action http: https:") == true)
            let sheet = try #require(page.text.firstMatch(of: /rel="stylesheet" href="([^"]*)"/)?.1)
            let style = try await sandbox.get(String(sheet))
            #expect(style.headers["content-type"] == "text/css; charset=utf-8" && style.text.contains(".brand-stripe"))
            #expect(style.headers["cache-control"]?.contains("immutable") == true)
            #expect(try await sandbox.get("/stripe/checkout/cs_none").status == 404)
        }
    }

    @Test("A delayed method completes the session unpaid, and settles later")
    func delayed() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                let id = try #require(try await sandbox.createSession()["id"]?.stringValue)
                _ = try await sandbox.form("/stripe/checkout/\(id)/pay", ["method": "bank_debit"])
                let unpaid = try await sandbox.stripe(.get, "checkout/sessions/\(id)", ["expand[]": "payment_intent"])
                    .json
                #expect(unpaid["status"] == "complete")
                #expect(unpaid["payment_status"] == "unpaid")
                #expect(unpaid["payment_intent"]?["status"] == "processing")
                _ = try await receiver.wait(for: 4)
                try await sandbox.control("stripe/settle", #"{"session":"\#(id)"}"#)
                let paid = try await sandbox.stripe(.get, "checkout/sessions/\(id)").json
                #expect(paid["payment_status"] == "paid")
                _ = try await receiver.wait(for: 7)
                #expect(
                    receiver.types == [
                        "payment_intent.created", "charge.pending", "payment_intent.processing",
                        "checkout.session.completed", "charge.succeeded", "payment_intent.succeeded",
                        "checkout.session.async_payment_succeeded",
                    ])
                #expect(receiver.all[3].json["data"]?["object"]?["payment_status"] == "unpaid")
            }
        }
    }

    @Test("A delayed method can fail after the session is complete")
    func delayedFailure() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                try await sandbox.control("stripe/outcomes", #"{"payment":"delayed"}"#)
                let id = try #require(try await sandbox.createSession()["id"]?.stringValue)
                _ = try await sandbox.form("/stripe/checkout/\(id)/pay")
                _ = try await receiver.wait(for: 4)
                try await sandbox.control("stripe/settle", #"{"session":"\#(id)","outcome":"failed"}"#)
                let received = try await receiver.wait(for: 7)
                #expect(received.last?.type == "checkout.session.async_payment_failed")
                #expect(try await sandbox.stripe(.get, "checkout/sessions/\(id)").json["payment_status"] == "unpaid")
            }
        }
    }

    @Test("A session expires by time, or when it is told to, and can't be paid then")
    func expiry() async throws {
        try await withReceiver { receiver in
            try await withSandbox(receiver: receiver) { sandbox in
                let id = try #require(try await sandbox.createSession()["id"]?.stringValue)
                try await sandbox.control("stripe/advance", #"{"seconds":86401}"#)
                #expect(try await sandbox.stripe(.get, "checkout/sessions/\(id)").json["status"] == "expired")
                let late = try await sandbox.form("/stripe/checkout/\(id)/pay")
                #expect(late.headers["location"] == "/stripe/checkout/\(id)")
                #expect(try await sandbox.get("/stripe/checkout/\(id)").text.contains("has expired"))
                let other = try #require(try await sandbox.createSession()["id"]?.stringValue)
                #expect(
                    try await sandbox.stripe(.post, "checkout/sessions/\(other)/expire").json["status"] == "expired")
                #expect(try await sandbox.stripe(.post, "checkout/sessions/\(other)/expire").status == 400)
                #expect(
                    try await receiver.wait(for: 2).map(\.type)
                        == Array(repeating: "checkout.session.expired", count: 2))
            }
        }
    }

    @Test("expires_at lies between half an hour and a day ahead")
    func expiresAt() async throws {
        try await withSandbox { sandbox in
            try await sandbox.control("stripe/clock", #"{"freeze":1700000000}"#)
            for (offset, status) in [(1799, 400), (1800, 200), (86_400, 200), (86_401, 400)] {
                let fields = Harness.sessionFields.merging(["expires_at": "\(1_700_000_000 + offset)"]) { $1 }
                #expect(try await sandbox.stripe(.post, "checkout/sessions", fields).status == status)
            }
        }
    }
}
