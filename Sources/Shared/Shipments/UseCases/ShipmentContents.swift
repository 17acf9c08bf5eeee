import Catalog
import Core
import Documents
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Vendors

/// What shipments are made of: what other domains know of their goods, sender and recipient.
struct ShipmentContents: Sendable {
    /// One of the vendor's places; without a choice, the oldest from which parcels are fetched. nil where it has none.
    /// - Throws: a 422 `Problem` for a place that is not there.
    func location(
        _ id: ID<PickupLocation>?, of vendor: ID<Vendor>, in executor: some PostgresExecutor
    ) async throws -> PickupLocation? {
        let all = try await PickupLocationStore().locations(of: vendor, visibleTo: .everything, in: executor)
        guard let id else { return all.first(where: \.isActive) }
        guard let place = all.first(where: { $0.id == id }) else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "/location_id", code: "unknown", message: "there is no such pickup location")
            ])
        }
        return place
    }

    /// What units weigh, in grams; nil where that is not known of one.
    func weight(
        of lines: [ShipmentLine], in order: OrderWithLines, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Int? {
        let variants = Dictionary(order.lines.map { ($0.id, $0.variant) }, uniquingKeysWith: { first, _ in first })
        let rows = try await executor.query(
            """
            SELECT id, weight_grams FROM variants WHERE id = ANY (\(lines.compactMap { variants[$0.line] })::uuid[])
            """, columns: (ID<Variant>, Int32?).self)
        let weights = Dictionary(rows.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first })
        var sum: Int64 = 0
        for line in lines {
            guard let variant = variants[line.line], let grams = weights[variant] ?? nil else { return nil }
            let (product, overflow) = Int64(grams).multipliedReportingOverflow(by: line.units.count)
            sum = overflow ? .max : Int64(clamping: Int128(sum) + Int128(product))
        }
        return sum > 0 ? Int(clamping: sum) : nil
    }

    /// Whether what was packed is in no shipment that is under way or has arrived.
    func isFree(_ document: ID<IssuedDocument>, in executor: some PostgresExecutor) async throws(PostgresError) -> Bool
    {
        try await executor.queryValue(
            """
            SELECT NOT EXISTS (
                SELECT FROM shipments WHERE document_id = \(document) AND state NOT IN ('cancelled', 'rto_delivered'))
            """, as: Bool.self) ?? false
    }

    /// What of an order is in shipments that are under way or have arrived: units of lines, and what is to be collected with them.
    func standing(
        of order: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> (units: [ID<OrderLine>: Int64], cod: Int64) {
        let units = try await executor.query(
            """
            SELECT line_id, sum(quantity)::int8 FROM shipment_lines JOIN shipments ON shipments.id = shipment_id
            WHERE order_id = \(order) AND state NOT IN ('cancelled', 'rto_delivered') GROUP BY line_id
            """, columns: (ID<OrderLine>, Int64).self)
        let cod = try await executor.queryValue(
            """
            SELECT coalesce(sum(cod_minor), 0)::int8 FROM shipments
            WHERE order_id = \(order) AND state NOT IN ('cancelled', 'rto_delivered')
            """, as: Int64.self)
        return (Dictionary(units.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first }), cod ?? 0)
    }

    /// What the courier is told of a shipment that is stored.
    /// - Returns: nil where the order has no address (any more).
    func request(
        for shipment: Shipment, in executor: some PostgresExecutor
    ) async throws -> ShipmentRequest? {
        let store = ShipmentStore()
        guard
            let order = try await OrderStore().orderWithLines(
                shipment.order, visibleTo: .everything, in: executor),
            let document = try await IssuedDocumentStore().details(
                shipment.document, visibleTo: .everything, in: executor), order.order.recipient != nil
        else { return nil }
        let place = try await PickupLocationStore().locations(
            of: shipment.vendor, visibleTo: .everything, in: executor
        ).first { $0.id == shipment.location }
        return try await request(
            for: shipment, of: order, document, try await store.lines(of: shipment.id, in: executor),
            try await store.parcels(of: shipment.id, in: executor), from: place, in: executor)
    }

    func request(
        for shipment: Shipment, of order: OrderWithLines, _ document: DocumentDetails, _ lines: [ShipmentLine],
        _ parcels: [Parcel], from location: PickupLocation?, in executor: some PostgresExecutor
    ) async throws -> ShipmentRequest {
        guard let vendor = try await VendorStore().vendor(shipment.vendor, visibleTo: .everything, in: executor) else {
            throw Problem.notFound("vendor")
        }
        guard let recipient = order.order.recipient else { throw Problem.notFound("address") }
        let sold = Dictionary(order.lines.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return ShipmentRequest(
            id: shipment.id, reference: shipment.reference, number: shipment.number, orderedAt: order.order.placedAt,
            sender: ShipmentRequest.Sender(vendor: shipment.vendor, name: vendor.name, location: location),
            recipient: recipient, email: order.order.customer.email,
            lines: lines.compactMap { line in
                sold[line.line].map { known in
                    ShipmentRequest.Line(
                        title: known.title, sku: known.sku, hsn: known.taxation.hsn, quantity: line.units.count,
                        unitPrice: known.unitPrice)
                }
            },
            parcels: parcels, documentNumber: document.document.number, declared: shipment.declared, cod: shipment.cod,
            note: order.vendorOrders.first { $0.id == shipment.vendorOrder }?.delivery.note ?? "")
    }
}
