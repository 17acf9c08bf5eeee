import Addresses
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Logging
import Orders
import Postgres
import Testing
import Webhooks

@testable import Payments

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A marketplace with payments through a gateway that the test plays.
struct Till: Sendable {
    let market: Marketplace
    let gateway = StubGateway()
    let book: PaymentBook
    let logger = silent

    static func open<R: Sendable>(
        connections: Int = 8, _ body: @Sendable (Till) async throws -> R
    ) async throws -> R {
        try await Marketplace.open(connections: connections) { try await body(Till(market: $0)) }
    }

    /// One where a person decides what becomes of money that was paid twice.
    static func openReviewing<R: Sendable>(_ body: @Sendable (Till) async throws -> R) async throws -> R {
        try await Marketplace.open { try await body(Till(market: $0, refundsPaidTwice: false)) }
    }

    init(market: Marketplace, refundsPaidTwice: Bool = true) {
        self.market = market
        book = PaymentBook(
            orders: OrderSettlement(audit: market.audit), ledger: LedgerStore(ids: market.ids), audit: market.audit,
            ids: market.ids, clock: market.clock, refundsPaidTwice: refundsPaidTwice, logger: logger)
    }

    var client: PostgresClient { market.client }
    var owner: PostgresClient { market.owner }
    /// What the processes of an installation remember together.
    var memory: GatewayMemory { GatewayMemory(postgres: client, vault: market.vault) }
    var registry: GatewayRegistry { GatewayRegistry([gateway]) }

    /// - Parameter gateways: instead of the stub.
    func checkout(
        _ order: ID<Order>, through gateways: GatewayRegistry? = nil, at gateway: GatewayName = .stripe
    ) async throws -> StartedCheckout {
        let wish = CheckoutOrder(
            orderID: order, gateway: gateway, successURL: "https://shop.test/ok", cancelURL: "https://shop.test/no")
        return try await checkout(wish, through: gateways)
    }

    func checkout(_ wish: CheckoutOrder, through gateways: GatewayRegistry? = nil) async throws -> StartedCheckout {
        let start = startCheckout(through: gateways ?? registry)
        let opened = try await start.open(wish, by: .system, in: market.queue)
        return try await market.queue.withUnitOfWork { try await start.record(opened, by: .system, in: $0) }
    }

    private func startCheckout(through gateways: GatewayRegistry) -> StartCheckout {
        StartCheckout(
            postgres: client, gateways: gateways, book: book, options: options(of: gateways),
            publicURL: "https://haat.test", returnHosts: ReturnHosts(["shop.test"]),
            reservations: ReservationSettings(), logger: logger)
    }

    func options(of gateways: GatewayRegistry) -> OfferPaymentOptions {
        OfferPaymentOptions(
            gateways: gateways,
            destinations: OrderDestinations(known: KnownPlaces(clock: market.clock), clock: market.clock),
            clock: market.clock)
    }

    /// An order of one licence key and its opened payment.
    func pendingPayment(keys: Int = 1) async throws -> Payment {
        let order = try await market.place((market.licence(keys: keys), 1)).order
        return try await payment(try await checkout(order.id).paymentID)
    }

    func payment(_ id: ID<Payment>) async throws -> Payment {
        try #require(try await PaymentStore().payment(id, visibleTo: .everything, in: client))
    }

    /// What the gateway would push about this payment.
    func report(
        _ payment: Payment, _ status: ReportStatus, amount: Money? = nil,
        source: ReportSource = .webhook(eventID: "evt_1")
    ) -> Report {
        Report(
            gateway: payment.gateway, paymentID: payment.id, sessionReference: payment.sessionReference,
            reference: Self.reference(of: payment), status: status, amount: amount ?? payment.amount,
            merchantAccount: "test", source: source, statement: "test")
    }

    static func reference(of payment: Payment) -> String { payment.reference ?? "pi_\(payment.id)" }

    @discardableResult
    func apply(_ report: Report, to id: ID<Payment>) async throws -> ReportOutcome {
        try await market.queue.withUnitOfWork { try await book.apply(report, to: id, in: $0) }
    }

    @discardableResult
    func apply(_ report: RefundReport, to id: ID<Payment>) async throws -> ReportOutcome {
        try await market.queue.withUnitOfWork { try await book.apply(report, to: id, in: $0) }
    }

    func captured() async throws -> Payment {
        let payment = try await pendingPayment()
        try await apply(report(payment, .captured), to: payment.id)
        return try await self.payment(payment.id)
    }

    func runRefunds() async throws {
        let handler = RefundPayment(postgres: client, gateways: registry, book: book)
        for id in try await client.queryValues("SELECT id FROM refunds WHERE state = 'requested'", as: ID<Refund>.self)
        {
            try await handler(RefundPayment.Job(refundID: id), in: market.queue, logger: logger)
        }
    }

    /// Stores an event as the receiver does and processes it as the worker does.
    func process(_ type: String, _ object: String, id: String = UUID().uuidString) async throws {
        try await process(StripeEventTests.event(type, object), type: type, id: id)
    }

    func process(
        _ body: [UInt8], type: String, id: String, account: GatewayName = .stripe, headers: [String: String] = [:],
        receivedAt: Date? = nil, gateways: GatewayRegistry? = nil
    ) async throws {
        let headers = JSONValue.object(
            headers.reduce(into: [:]) { $0[UTF8Text($1.key)] = .string($1.value) })
        let stored = market.ids.next()
        if let receivedAt {
            try await owner.execute(
                """
                INSERT INTO webhook_events (id, account, event_id, event_type, headers, body, received_at)
                VALUES (\(stored), \(account.rawValue), \(id), \(type), \(headers), \(body), \(receivedAt))
                """)
        } else {
            try await client.execute(
                """
                INSERT INTO webhook_events (id, account, event_id, event_type, headers, body)
                VALUES (\(stored), \(account.rawValue), \(id), \(type), \(headers), \(body))
                """)
        }
        let use = ProcessGatewayEvent(postgres: client, gateways: gateways ?? registry, book: book)
        try await use(ProcessWebhookEvent(eventID: stored, account: account.rawValue), in: market.queue, logger: logger)
    }

    func lastOutcome() async throws -> String? {
        try await client.queryValue(
            "SELECT outcome FROM webhook_outcomes ORDER BY webhook_event_id DESC LIMIT 1", as: String.self)
    }

    func balance(_ account: LedgerAccount) async throws -> Int64 {
        try await book.ledger.balance(of: account, in: .bdt, from: client)
    }

    func count(_ table: String) async throws -> Int64 {
        try await client.queryValue("SELECT count(*) FROM \(unescaped: table)", as: Int64.self) ?? 0
    }

    /// The actions on record about a payment, in their order.
    func actions(of payment: Payment) async throws -> [String] {
        try await client.queryValues(
            "SELECT action FROM audit_events WHERE subject = \("\(payment.id)") ORDER BY id", as: String.self)
    }

    /// The sum over the whole ledger, which has to be zero.
    func imbalance() async throws -> Int64 {
        try await client.queryValue("SELECT coalesce(sum(amount_minor), 0)::int8 FROM ledger_entries", as: Int64.self)
            ?? -1
    }
}
