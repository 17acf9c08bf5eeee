import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Testing

@testable import Payments

@Suite("Starting a checkout")
struct CheckoutTests {
    @Test("A second click finds the first checkout, and so do sixteen at once")
    func repeated() async throws {
        try await Till.open(connections: 12) { till in
            let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
            let started = try await withThrowingTaskGroup(of: StartedCheckout.self) { group in
                for _ in 0..<16 { group.addTask { try await till.checkout(order.id) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(started).count == 1)
            #expect(try await till.checkout(order.id) == started[0])
            #expect(try await till.count("payments") == 1)
            #expect(Set(till.gateway.opened.map { "\($0.paymentID)/\($0.attempt)" }).count == 1)
        }
    }

    @Test("A gateway is told who pays, where the goods go, and a page of ours to come back to")
    func customer() async throws {
        try await Till.open { till in
            let variant = try await till.market.licence(keys: 1)
            let placed = try await till.market.place(
                NewOrder(
                    email: "buyer@example.com", customerName: "Karim Uddin", phone: "+8801712345678",
                    lines: [NewOrder.Line(variant: variant.id, quantity: 1)], shippingAddress: Marketplace.dhaka))
            let started = try await till.checkout(placed.order.id)
            let request = try #require(till.gateway.opened.first)
            #expect(request.customer == placed.order.customer)
            #expect(request.customer.name == "Karim Uddin" && request.customer.phone?.rawValue == "+8801712345678")
            #expect(request.shippingAddress == Marketplace.dhaka)
            #expect(request.callbackURL == "https://haat.test/payments/\(started.paymentID)/return")
        }
    }

    @Test("Who begins to pay is held the units for as long as paying may take")
    func reservation() async throws {
        try await Till.open { till in
            let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
            #expect(order.reservationExpiresAt == order.placedAt + 600)
            till.market.clock.advance(by: 500)
            _ = try await till.checkout(order.id)
            let after = try await till.market.order(order.id)
            #expect(after.reservationExpiresAt == order.placedAt + 500 + 1800)
            let held = try await till.client.queryValue("SELECT expires_at FROM reservations", as: Date.self)
            #expect(held == after.reservationExpiresAt)
            #expect(try #require(till.gateway.opened.first).expiresAt >= after.reservationExpiresAt)
            till.market.clock.advance(by: 1000)
            _ = try await till.checkout(order.id)
            #expect(try await till.market.order(order.id).reservationExpiresAt == after.reservationExpiresAt)
        }
    }

    @Test("A crash between the call and its record is healed by the same call under the same key")
    func crash() async throws {
        try await Till.open { till in
            let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
            till.gateway.set { $0.opening = [.failure(.unknown("cut"))] }
            await #expect(throws: (any Error).self) { try await till.checkout(order.id) }
            till.market.clock.advance(by: 60)
            _ = try await till.checkout(order.id)
            let requests = till.gateway.opened
            #expect(requests.count == 2)
            #expect(requests[0].paymentID == requests[1].paymentID)
            #expect(requests[0].attempt == requests[1].attempt)
            // The same parameters too: a key with others is refused by the gateway.
            #expect(requests[0].expiresAt == requests[1].expiresAt)
        }
    }

    @Test("An answered failure is stored under its key, so the next attempt has another one")
    func storedFailure() async throws {
        try await Till.open { till in
            let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
            till.gateway.set { $0.opening = [.failure(.keySpent("status 500"))] }
            let started = try await till.checkout(order.id)
            #expect(till.gateway.opened.map(\.attempt) == [1, 2])
            #expect(try await till.payment(started.paymentID).attempt == 2)
        }
    }

    @Test("A refusal ends the payment, and the customer may try again with a new one")
    func refusal() async throws {
        try await Till.open { till in
            let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
            till.gateway.set {
                $0.opening = [.failure(.refused(code: "amount_too_small", message: "too small", evidence: nil))]
            }
            let problem = await #expect(throws: Problem.self) { try await till.checkout(order.id) }
            #expect(problem?.status == 422)
            _ = try await till.checkout(order.id)
            #expect(try await till.count("payments WHERE state = 'failed'") == 1)
            #expect(try await till.count("payments WHERE state = 'pending'") == 1)
        }
    }

    @Test("Refused credentials end no payment: once they are right, the same checkout is opened")
    func refusedCredentials() async throws {
        try await Till.open { till in
            let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
            till.gateway.set { $0.opening = [.failure(.credentialsRefused("status 403"))] }
            let problem = await #expect(throws: Problem.self) { try await till.checkout(order.id) }
            #expect(problem?.status == 503)
            _ = try await till.checkout(order.id)
            #expect(try await till.count("payments") == 1)
            #expect(Set(till.gateway.opened.map(\.attempt)) == [1])
        }
    }

    @Test("A session that is not the one asked for is held for an operator")
    func integrity() async throws {
        try await Till.open { till in
            let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
            till.gateway.set { $0.opening = [.failure(.integrity("session is for another amount"))] }
            let problem = await #expect(throws: Problem.self) { try await till.checkout(order.id) }
            #expect(problem?.status == 502)
            #expect(try await till.count("payments WHERE state = 'conflicted' AND conflict IS NOT NULL") == 1)
        }
    }

    @Test("A session whose time is over is asked about before a second one is opened")
    func expiredSession() async throws {
        try await Till.open { till in
            let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
            let first = try await till.checkout(order.id)
            till.market.clock.advance(by: 7_200)
            till.gateway.set { $0.truth = { Till.truth($0, .expired) } }
            let second = try await till.checkout(order.id)
            #expect(second.paymentID != first.paymentID)
            #expect(try await till.payment(first.paymentID).state == .expired)
        }
    }

    @Test("A session that was paid meanwhile pays the order instead of being opened again")
    func paidMeanwhile() async throws {
        try await Till.open { till in
            let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
            _ = try await till.checkout(order.id)
            till.market.clock.advance(by: 7_200)
            till.gateway.set { $0.truth = { Till.truth($0, .captured) } }
            let problem = await #expect(throws: Problem.self) { try await till.checkout(order.id) }
            #expect(problem?.type == "order-not-payable")
            #expect(try await till.market.order(order.id).status == .paid)
        }
    }

    @Test("Nobody begins to pay an order that is being closed at this moment")
    func closing() async throws {
        try await Till.open { till in
            let order = try await till.market.place((till.market.licence(keys: 1), 1)).order.id
            let isLocked = AsyncStream<Void>.makeStream()
            async let closed: Void = till.market.queue.withUnitOfWork { work in
                _ = try await OrderLocks().lockWithLines(order, in: work)
                isLocked.continuation.finish()
                try await Task.sleep(for: .milliseconds(200))
                try await work.execute("UPDATE orders SET state = 'cancelled', closed_at = now() WHERE id = \(order)")
            }
            for await _ in isLocked.stream {}
            let problem = await #expect(throws: Problem.self) { try await till.checkout(order) }
            #expect(problem?.type == "order-not-payable")
            try await closed
        }
    }

    @Test("The session ends with the reservation, but no sooner than the gateway allows")
    func lifetime() {
        let now = Date(timeIntervalSince1970: 1_800_000_000.5)
        let gateway = StubGateway()
        func seconds(_ reservation: TimeInterval) -> TimeInterval {
            StartCheckout.sessionEnd(reservationEnd: now + reservation, now: now, gateway: gateway)
                .timeIntervalSince1970
                - 1_800_000_000
        }
        #expect(seconds(60) == 1_860)
        #expect(seconds(3_600) == 3_600)
        #expect(seconds(1_000_000) == 82_800)
    }

    @Test(
        "An address that does not lead back to the shop, however it is written, is named",
        arguments: [
            "javascript:alert(1)", "shop.test/ok", "", "https://", "//shop.test/ok", "https:/shop.test/ok",
            "https:///shop.test/ok", "https://evil.example/ok", "https://shop.test.evil.example/ok",
            "https://evilshop.test/ok", "https://shop.test@evil.example/ok", "https://user@shop.test/ok",
            "https://user:word@shop.test/ok", "https://shop.test:443@evil.example/ok",
            #"https://evil.example\@shop.test/ok"#,
            #"https://evil.example\.shop.test/ok"#, #"https:\\shop.test/ok"#, #"https://shop.test\ok"#,
            "https://shop.test/\u{9}ok", "https://shop.test/ok\n", "https://shop.test /ok", "https://shop.test/<ok>",
            "https://shop.test:99999/ok", "https://shop.test:x/ok", "https://sh\u{F6}p.test/ok",
            "https://shop.test/\u{E9}",
            "https://shop.test./ok", "ftp://shop.test/ok", " https://shop.test/ok",
        ])
    func urls(url: String) async throws {
        try await Till.open { till in
            let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
            let problem = await #expect(throws: Problem.self) {
                try await till.checkout(
                    CheckoutOrder(
                        orderID: order.id, gateway: GatewayName(rawValue: "stripe"), successURL: url, cancelURL: url))
            }
            #expect(problem?.fields.map(\.pointer) == ["/success_url", "/cancel_url"])
            #expect(try await till.count("payments") == 0)
        }
    }

    @Test(
        "An address of the shop is taken as it is",
        arguments: [
            "https://shop.test", "http://SHOP.test:8080/ok?x=1&y=%20#z",
            "HTTPS://shop.test/thanks?id={CHECKOUT_SESSION_ID}",
        ])
    func ownAddresses(url: String) async throws {
        try await Till.open { till in
            let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
            let started = try await till.checkout(
                CheckoutOrder(
                    orderID: order.id, gateway: GatewayName(rawValue: "stripe"), successURL: url, cancelURL: url))
            #expect(try await till.payment(started.paymentID).successURL == url)
        }
    }

    @Test("An unknown gateway and an order that is closed are refused")
    func refusals() async throws {
        try await Till.open { till in
            let order = try await till.market.place((till.market.licence(keys: 1), 1)).order
            let problem = await #expect(throws: Problem.self) {
                try await till.checkout(
                    CheckoutOrder(
                        orderID: order.id, gateway: GatewayName(rawValue: "acme"), successURL: "https://shop.test",
                        cancelURL: "https://shop.test"))
            }
            #expect(problem?.fields.first?.message == "must be one of: stripe")
            till.market.clock.advance(by: 3_600)
            try await till.market.expire(order.id)
            let closed = await #expect(throws: Problem.self) { try await till.checkout(order.id) }
            #expect(closed?.status == 409)
        }
    }
}

extension Till {
    /// What a gateway says that is asked about exactly this payment.
    static func truth(_ payment: Payment, _ status: ReportStatus, amount: Money? = nil) -> Report {
        Report(
            gateway: .stripe, paymentID: payment.id, sessionReference: payment.sessionReference,
            reference: reference(of: payment), status: status, amount: amount ?? payment.amount,
            merchantAccount: "test",
            source: .read(.system), statement: "truth")
    }
}
