import CommerceTestSupport
import Core
import Foundation
import Jobs
import Orders
import Postgres
import Testing
import Webhooks

@testable import Payments

/// What scenarios do with one purchase, and what has to be the case afterwards.
extension ConformanceBench {
    /// A scenario that this gateway can't have, with the reason; told in the test's output.
    func leaveOut(_ scenario: String, because reason: String) {
        #expect(!reason.isEmpty)
        print("conformance: \(name): \(scenario): left out: \(reason)")
    }

    /// Every push that there is cause for, in some order.
    func receiveAll(_ pushes: [SentPush]? = nil) async throws {
        let told = if let pushes { pushes } else { try await stage.pushes() }
        for push in told.shuffled() { try await receive(push) }
    }

    /// What the worker does before an order is given up.
    func verifyOpen(_ order: ID<Order>) async throws {
        try await VerifyOpenPayments(postgres: till.client, gateways: gateways, book: till.book)(
            order, in: till.market.queue)
    }

    @discardableResult
    func verify(_ payment: Payment, through registry: GatewayRegistry? = nil) async throws -> Payment {
        try await VerifyPayment(postgres: till.client, gateways: registry ?? gateways, book: till.book)(
            payment.id, for: .system, in: till.market.queue)
    }

    func reconcile(_ parts: Set<ReconciliationPart> = ReconciliationPart.all) async throws -> ReconciliationReport {
        // The providers stand still at the moment where the tests' clocks begin.
        let start = Date(timeIntervalSince1970: TimeInterval(SandboxStripe.start - 3_600))
        let end = max(start.addingTimeInterval(86_400), till.market.clock.now)
        return try await Reconcile(
            postgres: till.client, gateways: gateways, audit: till.market.audit,
            ids: till.market.ids, clock: till.market.clock, logger: silent)(
                name, parts, in: GatewayPeriod(start: start, end: end), by: .system, in: till.market.queue)
    }

    /// Longer than any gateway's call may be under way.
    private static let pause: TimeInterval = 100

    /// Repeats what a disturbed call may make fail, as the queue or the customer does.
    /// - Returns: nil where it failed each time.
    func persist<Result: Sendable>(
        times: Int = 5, _ body: () async throws -> Result
    ) async throws -> Result? {
        for _ in 0..<times {
            do {
                return try await body()
            } catch is GatewayError {
                till.market.clock.advance(by: Self.pause)
            } catch is RetryLater {
                till.market.clock.advance(by: Self.pause)
            } catch let problem as Problem where problem.status == 503 || problem.type == "payment-refused" {
                till.market.clock.advance(by: Self.pause)
            }
        }
        return nil
    }

    /// A payment of the order that can be paid now, whatever came of those before.
    func payable(_ order: ID<Order>) async throws -> Payment {
        let started = try #require(
            try await persist { try await till.checkout(order, through: gateways, at: name) },
            "no checkout could be opened")
        return try await till.payment(started.paymentID)
    }

    /// The same after a payment that came to nothing, once its page is no longer in the way.
    func payable(_ order: ID<Order>, after payment: Payment, _ end: CheckoutEnd) async throws -> Payment {
        let next = try await payable(order)
        guard stage.isUsedUp(by: end), next.id == payment.id else { return next }
        till.market.clock.advance(by: payment.sessionExpiresAt.timeIntervalSince(till.market.clock.now) + 1)
        let later = try await payable(order)
        #expect(later.id != payment.id)
        return later
    }

    /// The customer pays and comes back, and the gateway's pushes arrive.
    func complete(_ payment: Payment) async throws {
        let fields = try await stage.pay(payment)
        _ = try await comeBack(to: payment, with: fields)
        try await receiveAll()
        if try await till.payment(payment.id).state.isOpen { _ = try await persist { try await verify(payment) } }
    }

    /// Nothing of what happened has brought any money.
    func expectUnpaid(_ payment: Payment, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let after = try await till.payment(payment.id)
        #expect(!after.state.isCaptured, "\(after.state)", sourceLocation: sourceLocation)
        #expect(try await !till.market.order(payment.orderID).isPaid, sourceLocation: sourceLocation)
        #expect(try await till.count("ledger_entries") == 0, sourceLocation: sourceLocation)
    }

    /// How often the gateway says that it has sent money back.
    func refundsThere(_ payment: Payment) async throws -> Int? {
        guard try gateway.can(.listRefunds) else { return nil }
        return try await gateway.knownRefunds(of: try await till.payment(payment.id), for: .system)
            .filter { $0.status != .failed && $0.status != .cancelled }.count
    }
}
