import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Jobs
import Logging
import OrderService
import Orders
import Payments
import Postgres
import Testing
import Vendors

@Suite("Cancelling units of a paid order")
struct CancellationTests {
    @Test("They stand on the shelf again, their money goes back, and the rest is still to be sent")
    func some() async throws {
        try await Shop.open { shop in
            let goods = try await shop.market.goods(units: 5)
            let order = try await shop.paid((goods, 3))
            let line = try await shop.lines(of: order)[0]
            let created = try await shop.cancel([(line.id, 2)], of: .order(order))
            #expect(created.refund.total.minorUnits == 100_000)
            #expect(created.refund.units[line.id] == UnitRanges([1..<3]))
            #expect(try await shop.market.level(of: goods).onHand == 4)
            let after = try await shop.lines(of: order)[0]
            #expect(after.cancelled == 2 && !after.isCancelled)
            #expect(try await shop.market.order(order).fulfilmentState == .unfulfilled)
            #expect(try await shop.market.told("order.units_cancelled").count == 1)
            let last = try await shop.cancel(nil, of: .order(order))
            #expect(last.refund.total.minorUnits == 50_000)
            #expect(try await shop.market.order(order).fulfilmentState == .cancelled)
            #expect(try await shop.market.level(of: goods).onHand == 5)
            let none = await #expect(throws: Problem.self) { try await shop.cancel(nil, of: .order(order)) }
            #expect(none?.type == "nothing-to-cancel")
        }
    }

    @Test("A vendor cancels what is its own, and nothing of another's")
    func vendors() async throws {
        try await Shop.open { shop in
            let (mine, other) = (
                try await shop.market.vendor(named: "Mine"), try await shop.market.vendor(named: "Other")
            )
            let ghee = try await shop.market.goods(units: 5, sku: "GHEE", vendor: mine)
            let honey = try await shop.market.goods(units: 5, sku: "HONEY", vendor: other)
            let order = try await shop.paid((ghee, 1), (honey, 1))
            let lines = try await shop.lines(of: order)
            let (own, foreign) = (lines.first { $0.vendor == mine.id }!, lines.first { $0.vendor == other.id }!)
            let owner = Principal(
                .vendorMember(mine.id.uuid), permissions: Role.vendorManager.permissions,
                visibility: .vendor(mine.id.uuid))
            let denied = await #expect(throws: Problem.self) {
                try await shop.cancel(nil, of: .vendorOrder(foreign.vendorOrder), by: owner)
            }
            #expect(denied?.status == 404)
            let wrong = await #expect(throws: Problem.self) {
                try await shop.cancel([(foreign.id, 1)], of: .vendorOrder(own.vendorOrder), by: owner)
            }
            #expect(wrong?.status == 422)
            let created = try await shop.cancel(nil, of: .vendorOrder(own.vendorOrder), by: owner)
            #expect(created.refund.units.keys.map(\.self) == [own.id])
            let states = try await shop.market.client.query(
                "SELECT vendor_id, fulfilment_state FROM vendor_orders WHERE order_id = \(order)",
                columns: (ID<Vendor>, String).self)
            #expect(states.first { $0.0 == mine.id }?.1 == "cancelled")
            #expect(states.first { $0.0 == other.id }?.1 == "unfulfilled")
        }
    }

    @Test("Licence keys of a line go together, are not delivered afterwards, and can be sold again")
    func keys() async throws {
        try await Shop.open { shop in
            let licence = try await shop.market.licence(keys: 3)
            let goods = try await shop.market.goods(units: 5)
            let order = try await shop.paid((licence, 2), (goods, 1))
            let line = try await shop.lines(of: order).first { $0.kind == .licenceKey }!
            let half = await #expect(throws: Problem.self) { try await shop.cancel([(line.id, 1)], of: .order(order)) }
            #expect(half?.status == 422)
            _ = try await shop.cancel([(line.id, 2)], of: .order(order))
            try await shop.market.deliver(order)
            #expect(try await shop.market.reveal(order).isEmpty)
            #expect(try await shop.market.level(of: licence).onHand == 3)
        }
    }

    @Test("What is handed over or packed stays, and an order that is not paid is cancelled as a whole")
    func late() async throws {
        try await Shop.open { shop in
            let licence = try await shop.market.licence(keys: 2)
            let order = try await shop.paid((licence, 1))
            try await shop.market.deliver(order)
            let delivered = await #expect(throws: Problem.self) { try await shop.cancel(nil, of: .order(order)) }
            #expect(delivered?.type == "order-not-cancellable")
            let unpaid = try await shop.market.place((licence, 1)).order.id
            let refused = await #expect(throws: Problem.self) { try await shop.cancel(nil, of: .order(unpaid)) }
            #expect(refused?.type == "order-not-cancellable")
            #expect(refused?.extensions["status"] == "pending_payment")
        }
    }
}

/// A marketplace whose orders are paid through a gateway that is never asked.
private struct Shop: Sendable {
    let market: Marketplace

    static func open(_ body: @Sendable (Shop) async throws -> Void) async throws {
        try await Marketplace.open { try await body(Shop(market: $0)) }
    }

    private var refund: RefundOrder {
        RefundOrder(
            gateways: GatewayRegistry([SilentGateway()]),
            book: PaymentBook(
                orders: OrderSettlement(audit: market.audit), ledger: LedgerStore(ids: market.ids), audit: market.audit,
                ids: market.ids, clock: market.clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    }

    func paid(_ lines: (Variant, Int64)...) async throws -> ID<Order> {
        let new = NewOrder(
            email: "buyer@example.com", lines: lines.map { NewOrder.Line(variant: $0.0.id, quantity: $0.1) },
            shippingAddress: Marketplace.dhaka)
        let order = try await market.place(new).order
        _ = try await market.pay(order.id)
        try await market.owner.execute(
            """
            INSERT INTO payments (id, order_id, demand_id, gateway, merchant_account, state, amount_minor, currency, settlement,
                success_url, cancel_url, session_expires_at, created_at, updated_at, captured_at)
            SELECT \(market.ids.next()), order_id, id, 'silent', 'test', 'captured', amount_minor, currency, 'order',
                'https://shop.test', 'https://shop.test', now(), now(), now(), now()
            FROM payment_demands WHERE order_id = \(order.id)
            """)
        return order.id
    }

    func lines(of order: ID<Order>) async throws -> [OrderLine] {
        try await OrderStore().orderWithLines(order, visibleTo: .everything, in: market.client)?.lines ?? []
    }

    func cancel(
        _ lines: [(ID<OrderLine>, Int64)]?, of scope: CancellationScope, by principal: Principal = .system
    ) async throws -> CreatedOrderRefund {
        let new = NewCancellation(
            lines: lines?.map { ChosenLine(line: $0.0, quantity: $0.1) }, reason: "Out of stock after all")
        return try await market.work {
            try await CancelOrderLines(audit: market.audit, clock: market.clock, refund: refund)(
                new, of: scope, by: principal, in: $0)
        }
    }
}

private struct SilentGateway: RefundingGateway {
    let name = GatewayName(rawValue: "silent")
    let merchantAccount = "test"
    let sessionLifetime: ClosedRange<TimeInterval> = 60...3_600
    let lacking: [GatewayCapability: String] = [:]

    func open(_ request: CheckoutRequest) async throws(GatewayError) -> CheckoutSession { throw .unavailable("silent") }
    func read(_ payment: Payment, for actor: AuditActor) async throws(GatewayError) -> Report? {
        throw .unavailable("silent")
    }
    func interpret(_ push: GatewayPush) throws(MalformedEvent) -> PushMeaning { .authentic([]) }
    func refund(_ refund: Refund, of payment: Payment) async throws(GatewayError) -> RefundReport {
        throw .unavailable("silent")
    }
}
