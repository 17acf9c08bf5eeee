import Testing

@testable import SandboxRuntime

@Suite("Stripe's API")
struct StripeAPITests {
    @Test("A request without a key, or with a wrong one, gets 401 and an invalid_request_error")
    func authentication() async throws {
        try await withSandbox {
            $0.stripeSecretKey = "sk_test_key"
        } _: { sandbox in
            let none = try await sandbox.get("/stripe/v1/charges")
            #expect(none.status == 401)
            #expect(none.json["error"]?["type"] == "invalid_request_error")
            #expect(none.headers["www-authenticate"] == "Basic realm=\"Stripe\"")
            let wrong = try await sandbox.stripe(
                .get, "charges", headers: ["Authorization": "Bearer sk_test_other_key"])
            #expect(wrong.status == 401)
            #expect(
                wrong.json["error"]?["message"]?.stringValue?.hasPrefix("Invalid API Key provided: sk_test_") == true)
            #expect(try await sandbox.stripe(.get, "charges").status == 200)
        }
    }

    @Test("Basic authentication carries the key as the user name")
    func basicAuthentication() async throws {
        try await withSandbox {
            $0.stripeSecretKey = "sk_test_key"
        } _: { sandbox async throws in
            let basic = ["Authorization": "Basic c2tfdGVzdF9rZXk6"]
            #expect(try await sandbox.stripe(.get, "charges", headers: basic).status == 200)
        }
    }

    @Test("Every answer has a Request-Id, and echoes the Stripe-Version")
    func headers() async throws {
        try await withSandbox { sandbox in
            let plain = try await sandbox.stripe(.get, "charges")
            #expect(plain.headers["request-id"]?.hasPrefix("req_") == true)
            #expect(plain.headers["stripe-version"] == "2026-10-28.endive")
            let dated = try await sandbox.stripe(.get, "charges", headers: ["Stripe-Version": "2024-06-20"])
            #expect(dated.headers["stripe-version"] == "2024-06-20")
            #expect(try await sandbox.stripe(.get, "charges", headers: ["Stripe-Version": "newest"]).status == 400)
        }
    }

    @Test("An unknown path is an invalid_request_error with 404, an unknown id a resource_missing")
    func notFound() async throws {
        try await withSandbox { sandbox in
            let path = try await sandbox.stripe(.get, "nothing")
            #expect(path.status == 404)
            #expect(path.json["error"]?["message"]?.stringValue?.contains("(GET: /v1/nothing)") == true)
            let id = try await sandbox.stripe(.get, "payment_intents/pi_none")
            #expect(id.status == 404)
            #expect(id.json["error"]?["code"] == "resource_missing")
            #expect(id.json["error"]?["message"] == "No such payment_intent: 'pi_none'")
        }
    }

    @Test(
        "A wrong amount or currency is refused with its parameter",
        arguments: [
            ("amount", "49", "amount_too_small"), ("amount", "ten", "parameter_invalid_integer"),
            ("amount", "100000000", "amount_too_large"), ("currency", "xyz", nil),
            ("colour", "red", "parameter_unknown"), ("payment_method", "card", "resource_missing"),
        ] as [(String, String, String?)])
    func refusedParameters(name: String, value: String, code: String?) async throws {
        try await withSandbox { sandbox in
            let reply = try await sandbox.createIntent([name: value])
            #expect(reply.status == (code == "resource_missing" ? 404 : 400))
            #expect(reply.json["error"]?["param"]?.stringValue == name)
            #expect(reply.json["error"]?["code"]?.stringValue == code)
            #expect(reply.json["error"]?["type"] == "invalid_request_error")
        }
    }

    @Test("A missing parameter is named")
    func missingParameter() async throws {
        try await withSandbox { sandbox in
            let reply = try await sandbox.stripe(.post, "payment_intents", ["currency": "usd"])
            #expect(reply.json["error"]?["code"] == "parameter_missing")
            #expect(reply.json["error"]?["param"] == "amount")
            let nested = try await sandbox.stripe(
                .post, "checkout/sessions",
                ["mode": "payment", "success_url": "https://a.example/", "line_items[0][quantity]": "1"])
            #expect(nested.json["error"]?["param"] == "line_items[0][price_data]")
        }
    }

    @Test("A payment intent is created, confirmed and paid, and its charge hangs off it")
    func paymentIntent() async throws {
        try await withSandbox { sandbox in
            let created = try await sandbox.createIntent(["metadata[order_id]": "ord_42"]).json
            #expect(created["status"] == "requires_payment_method")
            #expect(created["latest_charge"] == .null)
            #expect(created["metadata"]?["order_id"] == "ord_42")
            let id = try #require(created["id"]?.stringValue)
            let paid = try await sandbox.stripe(
                .post, "payment_intents/\(id)/confirm", ["payment_method": "pm_card_visa", "expand[]": "latest_charge"]
            ).json
            #expect(paid["status"] == "succeeded")
            #expect(paid["amount_received"] == 2000)
            #expect(paid["latest_charge"]?["status"] == "succeeded")
            #expect(paid["latest_charge"]?["metadata"]?["order_id"] == "ord_42")
            let again = try await sandbox.stripe(
                .post, "payment_intents/\(id)/confirm", ["payment_method": "pm_card_visa"])
            #expect(again.status == 400)
            #expect(again.json["error"]?["code"] == "payment_intent_unexpected_state")
            #expect(again.json["error"]?["payment_intent"]?["id"]?.stringValue == id)
        }
    }

    @Test("A declined card is a card_error with 402, and the same intent can be paid afterwards")
    func decline() async throws {
        try await withSandbox { sandbox in
            let refused = try await sandbox.createIntent([
                "payment_method": "pm_card_chargeDeclinedInsufficientFunds", "confirm": "true",
            ])
            #expect(refused.status == 402)
            let error = try #require(refused.json["error"])
            #expect(error["type"] == "card_error")
            #expect(error["code"] == "card_declined")
            #expect(error["decline_code"] == "insufficient_funds")
            #expect(error["payment_intent"]?["status"] == "requires_payment_method")
            #expect(error["payment_intent"]?["last_payment_error"]?["decline_code"] == "insufficient_funds")
            let id = try #require(error["payment_intent"]?["id"]?.stringValue)
            let paid = try await sandbox.stripe(
                .post, "payment_intents/\(id)/confirm", ["payment_method": "pm_card_visa"])
            #expect(paid.json["status"] == "succeeded")
            #expect(paid.json["last_payment_error"] == .null)
            let charges = try await sandbox.stripe(.get, "charges", ["payment_intent": id]).json
            #expect(charges["data"]?.elements?.map { $0["status"] } == ["succeeded", "failed"])
        }
    }

    @Test("A manual capture takes a part of what was authorised, once")
    func manualCapture() async throws {
        try await withSandbox { sandbox in
            let authorised = try await sandbox.payIntent(["capture_method": "manual"])
            #expect(authorised["status"] == "requires_capture")
            #expect(authorised["amount_capturable"] == 2000)
            let id = try #require(authorised["id"]?.stringValue)
            let tooMuch = try await sandbox.stripe(
                .post, "payment_intents/\(id)/capture", ["amount_to_capture": "2001"])
            #expect(tooMuch.status == 400)
            let captured = try await sandbox.stripe(
                .post, "payment_intents/\(id)/capture", ["amount_to_capture": "1500"])
            #expect(captured.json["status"] == "succeeded")
            #expect(captured.json["amount_received"] == 1500)
            #expect(try await sandbox.stripe(.post, "payment_intents/\(id)/capture").status == 400)
        }
    }

    @Test("A canceled intent keeps its reason and can't be paid")
    func cancel() async throws {
        try await withSandbox { sandbox in
            let id = try #require(try await sandbox.createIntent().json["id"]?.stringValue)
            let canceled = try await sandbox.stripe(
                .post, "payment_intents/\(id)/cancel", ["cancellation_reason": "abandoned"])
            #expect(canceled.json["status"] == "canceled")
            #expect(canceled.json["cancellation_reason"] == "abandoned")
            let confirmed = try await sandbox.stripe(
                .post, "payment_intents/\(id)/confirm", ["payment_method": "pm_card_visa"])
            #expect(confirmed.status == 400)
        }
    }

    @Test("Refunds add up to what was captured and not further; amount_refunded is cumulative")
    func refunds() async throws {
        try await withSandbox { sandbox in
            let intent = try await sandbox.payIntent()
            let id = try #require(intent["id"]?.stringValue)
            let first = try await sandbox.stripe(
                .post, "refunds", ["payment_intent": id, "amount": "500", "metadata[ref]": "r1"])
            #expect(first.json["status"] == "succeeded")
            #expect(first.json["metadata"]?["ref"] == "r1")
            let tooMuch = try await sandbox.stripe(.post, "refunds", ["payment_intent": id, "amount": "1501"])
            #expect(tooMuch.status == 400)
            #expect(tooMuch.json["error"]?["param"] == "amount")
            let rest = try await sandbox.stripe(.post, "refunds", ["payment_intent": id, "expand[]": "charge"])
            #expect(rest.json["amount"] == 1500)
            #expect(rest.json["charge"]?["amount_refunded"] == 2000)
            #expect(rest.json["charge"]?["refunded"] == true)
            let more = try await sandbox.stripe(.post, "refunds", ["payment_intent": id])
            #expect(more.json["error"]?["code"] == "charge_already_refunded")
        }
    }

    @Test("A succeeded refund can fail later, and the money returns to the balance")
    func refundFails() async throws {
        try await withSandbox { sandbox in
            let id = try #require(try await sandbox.payIntent()["id"]?.stringValue)
            let refund = try await sandbox.stripe(.post, "refunds", ["payment_intent": id]).json
            let refundID = try #require(refund["id"]?.stringValue)
            #expect(try await sandbox.control("stripe/refunds/fail", #"{"refund":"\#(refundID)"}"#).status == 200)
            let failed = try await sandbox.stripe(.get, "refunds/\(refundID)").json
            #expect(failed["status"] == "failed")
            #expect(failed["failure_reason"] == "expired_or_canceled_card")
            let transactions = try await sandbox.stripe(.get, "balance_transactions", ["source": refundID]).json
            #expect(transactions["data"]?.elements?.map { $0["amount"] } == [2000, -2000])
        }
    }

    @Test("Only known properties can be expanded")
    func expansion() async throws {
        try await withSandbox { sandbox in
            let id = try #require(try await sandbox.payIntent()["id"]?.stringValue)
            let unknown = try await sandbox.stripe(.get, "payment_intents/\(id)", ["expand[]": "weather"])
            #expect(unknown.status == 400)
            let list = try await sandbox.stripe(.get, "payment_intents", ["expand[]": "data.latest_charge"]).json
            #expect(list["data"]?.elements?.first?["latest_charge"]?["object"] == "charge")
        }
    }

    @Test("A payout takes what is on the balance, and its transactions are found by it")
    func payout() async throws {
        try await withSandbox { sandbox in
            _ = try await sandbox.payIntent()
            let payout = try await sandbox.control("stripe/payouts", #"{"currency":"usd"}"#).json
            // 2000 less 2.9 % and 30.
            #expect(payout["amount"] == 1912)
            let id = try #require(payout["id"]?.stringValue)
            let transactions = try await sandbox.stripe(.get, "balance_transactions", ["payout": id]).json
            #expect(transactions["data"]?.elements?.map { $0["type"] } == ["payout", "charge"])
        }
    }
}
