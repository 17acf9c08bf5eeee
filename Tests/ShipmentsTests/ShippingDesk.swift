import Catalog
import CommerceTestSupport
import Configuration
import Core
import Documents
import Foundation
import Identity
import Jobs
import Logging
import Orders
import Outbound
import Payments
import Postgres
import Testing
import Vendors
import Webhooks

@testable import Shipments

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A vendor's desk from which parcels go: paid orders, and the use cases of shipments over couriers that the test names.
struct ShippingDesk: Sendable {
    let market: Marketplace
    let vendor: Vendor
    let couriers: CourierRegistry
    let accounts: [WebhookAccount]
    let turns: CourierTurns
    let book: ShipmentBook
    let report: ReportCash

    var client: PostgresClient { market.client }
    var owner: PostgresClient { market.owner }
    var services: ShipmentServices {
        ShipmentServices(couriers: couriers, turns: turns, book: book, report: report, postgres: client)
    }
    var seller: Principal {
        Principal(
            .vendorMember(vendor.id.uuid), permissions: Set(Permission.allCases), visibility: .vendor(vendor.id.uuid))
    }

    /// - Parameter settings: of couriers, as the environment names them.
    static func open<R: Sendable>(
        _ settings: [String: String] = [:], transport: (any OutboundTransport)? = nil,
        _ body: @Sendable (ShippingDesk) async throws -> R
    ) async throws -> R {
        try await Marketplace.open { market in
            try await body(
                try ShippingDesk(
                    market: market, vendor: try await market.vendor(named: "Rahim Foods"), settings, transport))
        }
    }

    init(
        market: Marketplace, vendor: Vendor, _ settings: [String: String], _ transport: (any OutboundTransport)?
    ) throws {
        self.market = market
        self.vendor = vendor
        turns = CourierTurns(postgres: market.client)
        book = ShipmentBook(audit: market.audit, ids: market.ids, clock: market.clock, logger: silent)
        var reader = SettingsReader(
            ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: settings)))
        let read = CourierSettings(&reader, of: CourierCatalog.product)
        try reader.finish()
        accounts = read.webhookAccounts
        let clock = market.clock
        couriers = read.registry(
            transport: transport ?? NoTransport(),
            timing: OutboundTiming(
                elapsed: OutboundTiming.system.elapsed, now: { clock.now }, sleep: { _ in }, random: { 0 }),
            calls: GatewayCallLog(postgres: market.client, ids: market.ids, clock: market.clock, logger: silent),
            memory: GatewayMemory(postgres: market.client, vault: market.vault), turns: turns, logger: silent)
        let orders = OrderSettlement(audit: market.audit)
        report = ReportCash(
            book: PaymentBook(
                orders: orders, ledger: LedgerStore(ids: market.ids), audit: market.audit, ids: market.ids,
                clock: market.clock, refundsPaidTwice: true, logger: silent), publicURL: "https://haat.test")
    }

    /// The same desk with other couriers.
    func with(_ settings: [String: String], transport: any OutboundTransport) throws -> ShippingDesk {
        try ShippingDesk(market: market, vendor: vendor, settings, transport)
    }

    /// A paid order of so many units of goods for each number, and the part of it that is the vendor's.
    func order(
        units: [Int64] = [3], price: Int64 = 50_000, address: ShippingAddress? = ShippingDesk.banani
    ) async throws -> (order: ID<Order>, part: ID<VendorOrder>, lines: [OrderLine]) {
        try await self.order(units: units, price: price, address: address, isCash: false)
    }

    /// The same, to be paid on delivery.
    func cashOrder(
        units: [Int64] = [2], price: Int64 = 50_000
    ) async throws -> (order: ID<Order>, part: ID<VendorOrder>, lines: [OrderLine]) {
        try await order(units: units, price: price, address: Self.banani, isCash: true)
    }

    private func order(
        units: [Int64], price: Int64, address: ShippingAddress?, isCash: Bool
    ) async throws -> (order: ID<Order>, part: ID<VendorOrder>, lines: [OrderLine]) {
        try await name(nil)
        let product = try await market.work { work in
            try await CreateProduct(audit: market.audit, ids: market.ids, clock: market.clock)(
                NewProduct(
                    vendor: vendor.id, title: "Honey", isSubmitted: true,
                    variants: units.indices.map { index in
                        NewVariant(
                            sku: "H-\(UUID().uuidString.prefix(8))-\(index)", kind: .physical,
                            price: Money(minorUnits: price, currency: .bdt), weightGrams: 400)
                    }), by: .system, in: work)
        }
        for (variant, count) in zip(product.variants, units) { _ = try await market.adjust(variant, by: count) }
        let placed = try await market.place(
            NewOrder(
                email: "karim@example.com", customerName: "Karim Uddin",
                lines: zip(product.variants, units).map { NewOrder.Line(variant: $0.id, quantity: $1) },
                shippingAddress: address))
        let order = placed.order.id
        try await owner.execute("UPDATE vendor_orders SET document_due = 'bill' WHERE order_id = \(order)")
        if isCash {
            try await owner.execute(
                """
                UPDATE orders SET payment_method = 'cash_on_delivery', cash_confirmation = 'pending' WHERE id = \(order)
                """)
            let confirm = ConfirmOrder(audit: market.audit, clock: market.clock)
            _ = try await market.work { try await confirm(order, .confirmed, by: .system, in: $0) }
        } else {
            _ = try await market.pay(order)
        }
        try await name("BD")
        _ = try await location()
        return (order, placed.details.contents.vendorOrders[0].id, placed.lines)
    }

    /// - Parameter country: nil while orders are placed, so that nothing taxes them.
    private func name(_ country: String?) async throws {
        try await owner.execute(
            """
            UPDATE vendors SET legal_name = \(country.map { _ in "Rahim Foods Limited" }), country = \(country),
                kind = \(country.map { _ in "company" })
            WHERE id = \(vendor.id)
            """)
    }

    private func location() async throws -> ID<PickupLocation> {
        let known = try await PickupLocationStore().locations(
            of: vendor.id, visibleTo: .everything, in: client
        ).first
        if let known { return known.id }
        return try await market.location(of: vendor.id)
    }

    @discardableResult
    func ship(
        _ part: ID<VendorOrder>, _ lines: [ChosenLine]? = nil, by courier: CourierName? = .ownDelivery,
        parcels: [Parcel]? = nil
    ) async throws -> Shipment {
        let new = NewShipment(goods: .lines(lines), courier: courier, parcels: parcels)
        return try await market.work { work in
            try await services.createShipment(new, of: part, by: seller, in: work)
        }.shipment
    }

    func shipAgain(
        _ document: ID<IssuedDocument>, of part: ID<VendorOrder>, by courier: CourierName?
    ) async throws
        -> Shipment
    {
        let new = NewShipment(goods: .document(document), courier: courier)
        return try await market.work { work in
            try await services.createShipment(new, of: part, by: seller, in: work)
        }.shipment
    }

    @discardableResult
    func tell(
        _ state: ShipmentState, of id: ID<Shipment>, after seconds: TimeInterval = 0, collected: Int64? = nil
    ) async throws -> Shipment {
        market.clock.advance(by: 60)
        let event = NewShipmentEvent(
            state: state, occurredAt: market.clock.now.addingTimeInterval(seconds), collected: collected)
        return try await market.work { work in
            try await services.reportOwnDelivery(event, of: id, by: seller, in: work)
        }
    }

    @discardableResult
    func callOff(_ id: ID<Shipment>) async throws -> Shipment {
        let clearance = try await services.callOff.clear(id, by: seller, in: market.queue)
        return try await market.work { try await services.callOff(id, with: clearance, by: seller, in: $0) }
    }

    func shipment(_ id: ID<Shipment>) async throws -> Shipment {
        try #require(try await ShipmentStore().shipment(id, visibleTo: .everything, in: client))
    }

    func events(of id: ID<Shipment>) async throws -> [ShipmentEvent] {
        try await ShipmentStore().events(of: id, in: client)
    }

    /// Has the courier asked, as the worker does.
    func advance(_ id: ID<Shipment>) async throws {
        try await services.advance(AdvanceShipment.Job(shipmentID: id), in: market.queue, logger: silent)
    }

    /// Carries out what is written down about cash, as the worker does.
    func collectCash(of order: ID<Order>) async throws -> Payment? {
        try await market.work { work in
            try await services.collectCash(CollectShipmentCash.Job(orderID: order), logger: silent, in: work)
        }
    }

    /// Stores a push as the receiver does and processes it as the worker does.
    /// - Throws: `WebhookRejection`
    func receive(_ push: SentPush, for courier: CourierName = .steadfast) async throws {
        let account = try #require(accounts.first { $0.name == courier.rawValue })
        let event = try Self.verify(push, by: account.verifier)
        let stored = market.ids.next()
        try await client.execute(
            """
            INSERT INTO webhook_events (id, account, event_id, event_type, headers, body)
            VALUES (\(stored), \(courier.rawValue), \("\(event.id)_\(UUID())"), \(event.type), '{}', \(push.body))
            """)
        try await services.processEvent(
            ProcessWebhookEvent(eventID: stored, account: courier.rawValue), in: market.queue, logger: silent)
    }

    static func verify(_ push: SentPush, by verifier: some WebhookVerifier) throws -> VerifiedEvent {
        try verifier.verify(try verifier.claim(header: { push.headers[$0] }, now: Date()), body: push.body)
    }

    func lastOutcome() async throws -> String? {
        try await client.queryValue(
            "SELECT outcome FROM webhook_outcomes ORDER BY webhook_event_id DESC LIMIT 1", as: String.self)
    }

    func part(_ id: ID<VendorOrder>) async throws -> FulfilmentState {
        try #require(
            try await client.queryValue(
                "SELECT fulfilment_state FROM vendor_orders WHERE id = \(id)", as: FulfilmentState.self))
    }

    static let banani = ShippingAddress(
        name: "করিম উদ্দিন", latinName: "Karim Uddin", line1: "12 Lake Road", city: "Dhaka", postalCode: "1213",
        country: "BD", phone: "+8801712345678")
}

extension CourierName {
    static let steadfast = CourierName(rawValue: "steadfast")
}

/// Nobody is there.
struct NoTransport: OutboundTransport {
    func send(
        method: String, url: String, headers: [OutboundHeader], body: [UInt8], timeout: Duration
    ) async throws(TransportFailure) -> OutboundResponse {
        throw .notSent("connection refused")
    }
}
