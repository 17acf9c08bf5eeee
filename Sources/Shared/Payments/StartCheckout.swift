package import Core
import Faults
import Foundation
package import Identity
package import Jobs
package import Logging
import Orders
import Outbound
package import Postgres

/// Opens a checkout for an order. Safe to repeat at any point: an open checkout is returned again, and one whose answer was lost is
/// asked for again under the same idempotency key.
package struct StartCheckout: Sendable {
    private let gateways: GatewayRegistry
    private let book: PaymentBook
    private let verify: VerifyPayment
    private let options: OfferPaymentOptions
    private let health: GatewayHealth
    private let publicURL: String
    private let returnHosts: ReturnHosts
    private let reservations: ReservationSettings
    private let logger: Logger

    /// - Parameters:
    ///   - options: through whom an order can be paid.
    ///   - publicURL: how customers reach the API, without a final slash.
    ///   - returnHosts: where customers may be sent afterwards.
    package init(
        postgres: any PostgresExecutor, gateways: GatewayRegistry, book: PaymentBook, options: OfferPaymentOptions,
        publicURL: String, returnHosts: ReturnHosts, reservations: ReservationSettings, logger: Logger
    ) {
        self.gateways = gateways
        self.book = book
        self.options = options
        verify = VerifyPayment(postgres: postgres, gateways: gateways, book: book)
        health = GatewayHealth(postgres: postgres, clock: book.clock, logger: logger)
        self.publicURL = publicURL
        self.returnHosts = returnHosts
        self.reservations = reservations
        self.logger = logger
    }

    /// Up to the page where the customer pays: what is asked of the gateway is asked here.
    /// - Throws: ``Problem``: 404, 409 where the order can't be paid (any more), 422, 502 or 503 with the gateway's trouble.
    package func open(
        _ wish: CheckoutOrder, by principal: Principal, in scope: some WorkScope
    ) async throws -> OpenedCheckout {
        try wish.checked(against: returnHosts)
        let gateway = try gateways.gateway(wish.gateway)
        var attempt = try await attempt(wish, gateway, by: principal, in: scope)
        if attempt.payment.sessionExpiresAt <= book.clock.now {
            // Whatever it came to has to be known before the customer may pay a second time.
            let payment = try await verify(attempt.payment.id, for: .system, in: scope)
            if payment.state.isOpen, payment.sessionReference == nil { try await abandon(payment, in: scope) }
            attempt = try await self.attempt(wish, gateway, by: principal, in: scope)
        }
        if let before = attempt.before { return before }
        return try await openSession(for: attempt, at: gateway, by: principal.actor, in: scope)
    }

    /// Records what was opened, in the transaction that ends the request.
    package func record(
        _ opened: OpenedCheckout, by principal: Principal, in work: UnitOfWork
    ) async throws -> StartedCheckout {
        if opened.hasRivals {
            // First, so that rows are locked in one order by all.
            try await PaymentStore().supersede(rivalsOf: opened.payment, at: book.clock.now, in: work)
            try work.enqueue(CloseCheckouts.SupersededJob(demandID: opened.payment.demandID))
        }
        switch opened.page {
        case .before(let started): return started
        case .now(let session, let evidence):
            let started = try await record(session, for: opened.payment, by: principal.actor, in: work)
            try await evidence.record(in: work)
            return started
        }
    }

    /// One try of the customer to pay.
    private struct Attempt: Sendable {
        var payment: Payment
        let order: OrderWithLines
        /// Whether others are open at other gateways.
        let hasRivals: Bool

        /// The page where it can be paid, where that is known.
        var before: OpenedCheckout? {
            payment.started.map { OpenedCheckout(page: .before($0), payment: payment, hasRivals: hasRivals) }
        }
    }

    /// The order's open payment, or a new one.
    private func attempt(
        _ wish: CheckoutOrder, _ gateway: any PaymentGateway, by principal: Principal, in scope: some WorkScope
    ) async throws -> Attempt {
        try await scope.withUnitOfWork { work in
            guard
                let found = try await OrderLocks().hold(wish.orderID, visibleTo: principal.visibility, in: work)
            else {
                throw Problem.notFound("order")
            }
            let order = found.order
            guard order.state == .open,
                let demand = try await PaymentDemandStore().demands(of: order.id, in: work).first(where: \.isOpen)
            else { throw Self.notPayable(order) }
            try await options.require(gateway.name, for: demand, of: order, in: work)
            let payment = draft(wish, order, demand, gateway)
            guard let hasRivals = try await PaymentStore().insert(payment, in: work) else {
                guard let open = try await PaymentStore().findOpen(demandID: demand.id, gateway: gateway.name, in: work)
                else {
                    throw Problem(
                        type: "payment-in-progress", title: "A payment is being made", status: 409,
                        detail: "Repeat the request in a moment", retryAfter: .seconds(1))
                }
                return Attempt(
                    payment: open, order: found,
                    hasRivals: try await PaymentStore().hasRivals(open, in: work) || open.supersededAt != nil)
            }
            try await book.audit.append(
                book.entry(
                    "payment.created", on: payment, actor: principal.actor,
                    payload: [
                        "gateway": .string("\(gateway.name)"), "amount": .integer(payment.amount.minorUnits),
                        "currency": .string(payment.amount.currency.code),
                    ]), in: work)
            return Attempt(payment: payment, order: found, hasRivals: hasRivals)
        }
    }

    private func draft(
        _ wish: CheckoutOrder, _ order: Order, _ demand: PaymentDemand, _ gateway: any PaymentGateway
    ) -> Payment {
        let now = book.clock.now.roundedToMicroseconds
        return Payment(
            id: ID(uuid: book.ids.next()), orderID: order.id, demandID: demand.id, gateway: gateway.name,
            merchantAccount: gateway.merchantAccount, state: .created, amount: demand.amount,
            refunded: .zero(demand.amount.currency), attempt: 1, successURL: wish.successURL, cancelURL: wish.cancelURL,
            sessionExpiresAt: Self.sessionEnd(
                reservationEnd: reservationEnd(of: order, now: now), now: now, gateway: gateway),
            version: 1, createdAt: now, updatedAt: now)
    }

    /// As it will be once the checkout is on record.
    private func reservationEnd(of order: Order, now: Date) -> Date {
        let wanted = max(order.reservationExpiresAt, now.addingTimeInterval(reservations.paymentTime))
        // What was paid in part, or is shipped before it is paid, holds its units for good.
        if !order.captured.isZero || order.confirmedAt != nil { return wanted }
        return min(wanted, order.placedAt.addingTimeInterval(reservations.longestTime))
    }

    /// With the reservation where the gateway allows it; whole seconds, because that is what gateways store.
    static func sessionEnd(reservationEnd: Date, now: Date, gateway: any PaymentGateway) -> Date {
        let wanted = reservationEnd.timeIntervalSince(now)
        let allowed = min(max(wanted, gateway.sessionLifetime.lowerBound), gateway.sessionLifetime.upperBound)
        return Date(timeIntervalSince1970: (now.timeIntervalSince1970 + allowed).rounded(.down))
    }

    private func openSession(
        for attempt: Attempt, at gateway: any PaymentGateway, by actor: AuditActor, in scope: some WorkScope
    ) async throws -> OpenedCheckout {
        do {
            return try await askForSession(for: attempt, at: gateway)
        } catch GatewayError.keySpent(let reason) {
            // The gateway will repeat this non-answer for the key. A session that it may have made has no visitor and expires.
            logger.warning(
                "opening the checkout once more under a new key",
                metadata: ["payment_id": "\(attempt.payment.id)", "reason": "\(reason)"])
            var again = attempt
            again.payment = try await nextKey(for: attempt.payment, at: gateway, in: scope)
            return try await openAgain(for: again, at: gateway, by: actor, in: scope)
        } catch let error as GatewayError {
            throw try await given(up: attempt.payment, because: error, by: actor, in: scope)
        }
    }

    private func openAgain(
        for attempt: Attempt, at gateway: any PaymentGateway, by actor: AuditActor, in scope: some WorkScope
    ) async throws -> OpenedCheckout {
        if let before = attempt.before { return before }
        do {
            return try await askForSession(for: attempt, at: gateway)
        } catch let error as GatewayError {
            throw try await given(up: attempt.payment, because: error, by: actor, in: scope)
        }
    }

    private func askForSession(
        for attempt: Attempt, at gateway: any PaymentGateway
    ) async throws -> OpenedCheckout {
        let request = try request(for: attempt.payment, of: attempt.order)
        let (session, evidence) = try await health.watching(gateway.name) {
            try await GatewayEvidence.collecting { try await gateway.open(request) }
        }
        faultPoint("checkout.session_opened")
        return OpenedCheckout(
            page: .now(session, evidence), payment: attempt.payment, hasRivals: attempt.hasRivals)
    }

    private func request(for payment: Payment, of found: OrderWithLines) throws -> CheckoutRequest {
        CheckoutRequest(
            paymentID: payment.id, orderID: payment.orderID, attempt: payment.attempt, amount: payment.amount,
            lines: try Self.lines(of: found, comingTo: payment.amount),
            customer: found.order.customer, shippingAddress: found.order.shippingAddress,
            callbackURL: CheckoutHandover.callbackURL(of: payment.id, at: publicURL),
            handoverURL: "\(publicURL)/payments/\(payment.id)/checkout", successURL: payment.successURL,
            cancelURL: payment.cancelURL, expiresAt: payment.sessionExpiresAt)
    }

    /// The order's own lines, or a single one where a part is paid or adjustments make another sum of them.
    private static func lines(
        of found: OrderWithLines, comingTo amount: Money
    ) throws -> [CheckoutRequest.Line] {
        guard try found.lines.map(\.total).total(in: amount.currency) == amount else {
            return [CheckoutRequest.Line(name: "Order \(found.order.number)", unitPrice: amount, quantity: 1)]
        }
        return found.lines.map {
            CheckoutRequest.Line(name: $0.title, unitPrice: $0.unitPrice, quantity: Int(clamping: $0.quantity))
        }
    }

    private func record(
        _ session: CheckoutSession, for payment: Payment, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> StartedCheckout {
        guard var current = try await PaymentStore().lock(payment.id, in: work) else {
            throw Problem.notFound("payment")
        }
        // Somebody else may have made the same call at the same time, or the money may have been faster than we are.
        if let started = current.started { return started }
        current.sessionReference = current.sessionReference ?? session.sessionReference
        current.reference = current.reference ?? session.reference
        current.redirectURL = session.redirectURL
        current.state = current.state.joined(with: .pending)
        current.updatedAt = book.clock.now
        try await PaymentStore().update(current, in: work)
        try await book.orders.noteCheckout(on: payment, at: book.clock.now, holding: reservations, in: work)
        try await book.record(
            "payment.checkout_opened", on: payment, actor: actor,
            payload: ["session_reference": .string(session.sessionReference)], in: work)
        return StartedCheckout(
            paymentID: payment.id, redirectURL: session.redirectURL, expiresAt: current.sessionExpiresAt)
    }

    private func nextKey(
        for payment: Payment, at gateway: any PaymentGateway, in scope: some WorkScope
    ) async throws -> Payment {
        try await scope.withUnitOfWork { work in
            guard var current = try await PaymentStore().lock(payment.id, in: work) else {
                throw Problem.notFound("payment")
            }
            guard current.attempt == payment.attempt, current.sessionReference == nil else { return current }
            let now = book.clock.now
            current.attempt += 1
            current.sessionExpiresAt = Self.sessionEnd(
                reservationEnd: current.sessionExpiresAt, now: now, gateway: gateway)
            current.updatedAt = now
            try await PaymentStore().update(current, in: work)
            return current
        }
    }

    /// A refusal ends the payment, an answer that can't be right holds it for an operator; silence leaves it to be asked again.
    private func given(
        up payment: Payment, because error: GatewayError, by actor: AuditActor, in scope: some WorkScope
    ) async throws -> any Error {
        logger.error(
            "the checkout could not be opened", metadata: ["payment_id": "\(payment.id)", "reason": "\(error)"])
        switch error {
        case .refused: try await end(payment, as: .failed, note: "\(error)", by: actor, in: scope)
        case .integrity: try await end(payment, as: .conflicted, note: "\(error)", by: actor, in: scope)
        case .credentialsRefused, .unavailable, .unknown, .keySpent: break
        }
        return error.problem
    }

    /// A payment whose session nobody ever heard of and whose time is over.
    private func abandon(_ payment: Payment, in scope: some WorkScope) async throws {
        try await end(payment, as: .expired, note: "no session was ever opened", by: .system, in: scope)
    }

    private func end(
        _ payment: Payment, as state: PaymentState, note: String, by actor: AuditActor, in scope: some WorkScope
    ) async throws {
        try await scope.withUnitOfWork { work in
            guard var current = try await PaymentStore().lock(payment.id, in: work), current.state == .created else {
                return
            }
            current.state = state
            current.conflict = state == .conflicted ? note : nil
            current.updatedAt = book.clock.now
            try await PaymentStore().update(current, in: work)
            try current.publishEnding(as: state, in: work)
            try await book.record(
                "payment.\(state.rawValue)", on: current, actor: actor, payload: [:], note: note, in: work)
        }
    }

    private static func notPayable(_ order: Order) -> Problem {
        .conflict(
            "order-not-payable", title: "The order can't be paid",
            detail: order.total.isZero ? "There is nothing to pay" : "The order is \(order.status.rawValue)")
    }
}

extension Payment {
    /// The page that a customer can be sent to, while the payment is open.
    fileprivate var started: StartedCheckout? {
        guard state.isOpen, let redirectURL else { return nil }
        return StartedCheckout(paymentID: id, redirectURL: redirectURL, expiresAt: sessionExpiresAt)
    }
}
