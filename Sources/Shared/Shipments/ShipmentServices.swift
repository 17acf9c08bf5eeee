package import Core
package import Documents
package import Jobs
import Logging
import Outbound
package import Payments
package import Platform
package import Postgres
import Webhooks

/// The use cases of shipments of a process over one registry of couriers and one book. Every process composes them here, so that none
/// can weigh reports differently from another.
package struct ShipmentServices: Sendable {
    package let couriers: CourierRegistry
    package let store = ShipmentStore()
    package let accounts = CourierAccountStore()
    package let createShipment: CreateShipment
    package let callOff: CallOffShipment
    package let retry: RetryShipment
    package let reportOwnDelivery: ReportOwnDelivery
    package let advance: AdvanceShipment
    package let track: TrackShipment
    package let processEvent: ProcessCourierEvent
    package let collectCash: CollectShipmentCash
    package let followCancelledUnits: FollowCancelledUnits
    package let readBalances: ReadCourierBalances
    package let drawLabel: DrawShipmentLabel

    /// - Parameter couriers: those that are switched on.
    package init(on platform: Platform, couriers: CourierSettings, payments: PaymentServices) {
        let turns = CourierTurns(postgres: platform.postgres)
        let registry = couriers.registry(
            transport: HTTPTransport(client: platform.http),
            calls: GatewayCallLog(
                postgres: platform.postgres, ids: platform.ids, clock: platform.clock, logger: platform.logger),
            memory: GatewayMemory(postgres: platform.postgres, vault: platform.vault), turns: turns,
            logger: platform.logger)
        let book = ShipmentBook(
            audit: platform.audit, ids: platform.ids, clock: platform.clock, logger: platform.logger)
        self.init(
            couriers: registry, turns: turns, book: book, report: payments.reportCash, postgres: platform.postgres,
            titles: Dictionary(couriers.accounts.map { ($0.name, $0.title) }, uniquingKeysWith: { first, _ in first }))
    }

    /// - Throws: a 409 `Problem` where a document's goods are in a shipment that was not called off.
    package func checkNotShipped(_ document: ID<IssuedDocument>, in work: UnitOfWork) async throws {
        guard try await store.isShipped(document, in: work) else { return }
        throw Problem.conflict(
            "document-not-cancellable", title: "The document can't be cancelled",
            detail: "Its goods are in a shipment: call that off first, or take the document back by a credit note")
    }

    package init(
        couriers: CourierRegistry, turns: CourierTurns, book: ShipmentBook, report: ReportCash,
        postgres: PostgresClient, titles: [CourierName: String] = [:]
    ) {
        self.couriers = couriers
        createShipment = CreateShipment(couriers: couriers, book: book)
        callOff = CallOffShipment(postgres: postgres, couriers: couriers, book: book)
        retry = RetryShipment(couriers: couriers, turns: turns, book: book)
        reportOwnDelivery = ReportOwnDelivery(book: book)
        advance = AdvanceShipment(postgres: postgres, couriers: couriers, turns: turns, book: book)
        track = TrackShipment(postgres: postgres, couriers: couriers, turns: turns, book: book)
        processEvent = ProcessCourierEvent(
            events: WebhookEventStore(postgres: postgres), couriers: couriers, book: book)
        collectCash = CollectShipmentCash(report: report)
        followCancelledUnits = FollowCancelledUnits(book: book)
        drawLabel = DrawShipmentLabel(postgres: postgres, titles: titles)
        readBalances = ReadCourierBalances(couriers: couriers, turns: turns, clock: book.clock)
    }
}
