package import Core
package import Documents
import Foundation
package import Identity
package import Orders
package import Postgres

/// All SQL that reads shipments.
package struct ShipmentStore: Sendable {
    /// An order has few; a list for its customer is not paged.
    package static let mostPerOrder = 200
    /// What a list of the events of one shipment has at most, the latest.
    private static let mostEvents = 500

    package init() {}

    package func shipment(
        _ id: ID<Shipment>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Shipment? {
        try await executor.queryOne(ShipmentSQL.one(id, visibleTo: visibility), as: Shipment.self)
    }

    /// A page of them, the newest first.
    package func shipments(
        _ filter: ShipmentFilter, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<Shipment> {
        try await page.newestFirst("shipments", by: \.id) { before, limit in
            try await executor.query(
                ShipmentSQL.list(filter, visibleTo: visibility, before: before, limit: limit), as: Shipment.self)
        }
    }

    /// Those of an order, the oldest first.
    package func shipments(
        of order: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Shipment] {
        try await executor.query(
            """
            SELECT \(unescaped: Shipment.columns) FROM shipments WHERE order_id = \(order) ORDER BY id
            LIMIT \(Int64(Self.mostPerOrder))
            """, as: Shipment.self)
    }

    /// A shipment with all that belongs to it.
    package func details(
        _ id: ID<Shipment>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ShipmentDetails? {
        guard let shipment = try await shipment(id, visibleTo: visibility, in: executor) else { return nil }
        return ShipmentDetails(
            shipment: shipment, lines: try await lines(of: id, in: executor),
            parcels: try await parcels(of: id, in: executor), events: try await events(of: id, in: executor))
    }

    func lines(of id: ID<Shipment>, in executor: some PostgresExecutor) async throws(PostgresError) -> [ShipmentLine] {
        let rows = try await executor.query(
            """
            SELECT line_id, first_unit, quantity FROM shipment_lines WHERE shipment_id = \(id)
            ORDER BY line_id, first_unit
            """, as: ShipmentLineRow.self)
        return Dictionary(grouping: rows, by: \.line).sorted { $0.key < $1.key }.map { line, rows in
            ShipmentLine(line: line, units: UnitRanges(rows.map(\.units)))
        }
    }

    func parcels(of id: ID<Shipment>, in executor: some PostgresExecutor) async throws(PostgresError) -> [Parcel] {
        try await executor.query(
            """
            SELECT weight_grams, length_mm, width_mm, height_mm FROM shipment_parcels WHERE shipment_id = \(id)
            ORDER BY number
            """, as: Parcel.self)
    }

    package func events(
        of id: ID<Shipment>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ShipmentEvent] {
        try await executor.query(
            """
            SELECT \(unescaped: ShipmentEvent.columns) FROM shipment_events WHERE shipment_id = \(id)
            ORDER BY occurred_at DESC, id DESC LIMIT \(Int64(Self.mostEvents))
            """, as: ShipmentEvent.self
        ).reversed()
    }

    /// The shipment that a courier means; nil where it is none of ours. By our reference, then by each of the courier's names.
    func shipment(
        of courier: CourierName, _ reference: String?, _ names: CourierNames, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ID<Shipment>? {
        if let reference {
            let found = try await executor.queryValue(
                """
                SELECT shipment_id FROM shipment_bookings WHERE courier = \(courier.rawValue) AND reference = \(reference)
                """, as: ID<Shipment>.self)
            if let found { return found }
        }
        return try await executor.queryValue(
            """
            SELECT id FROM shipments WHERE courier = \(courier.rawValue)
                AND (consignment = \(names.consignment) OR courier_order = \(names.order)
                    OR tracking_code = \(names.trackingCode))
            ORDER BY id LIMIT 1
            """, as: ID<Shipment>.self)
    }

    /// Whether a document's goods were handed to a shipment, which was not called off.
    package func isShipped(
        _ document: ID<IssuedDocument>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            """
            SELECT EXISTS (SELECT FROM shipments WHERE document_id = \(document) AND state <> 'cancelled')
            """, as: Bool.self) ?? false
    }

    /// How far the units of an order's lines have come, of every line that was ever in a shipment.
    func progress(
        of order: ID<Order>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<OrderLine>: LineProgress] {
        let rows = try await executor.query(
            """
            SELECT line_id, state, handed_over_at IS NOT NULL AS has_left, sum(quantity)::int8 AS quantity
            FROM shipment_lines JOIN shipments ON shipments.id = shipment_id WHERE order_id = \(order)
            GROUP BY line_id, state, has_left
            """, as: ShippedUnitsRow.self)
        return rows.reduce(into: [:]) { progress, row in
            progress[row.line, default: LineProgress()].add(row)
        }
    }

    /// Those of which nothing was heard since, the longest silent first.
    func silent(
        since moment: Date, limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<Shipment>] {
        try await executor.queryValues(
            """
            SELECT id FROM shipments WHERE courier <> 'own_delivery' AND state IN ('created', 'awb_assigned', 'pickup_scheduled',
                    'picked_up', 'in_transit', 'out_for_delivery', 'undelivered', 'held', 'rto_initiated', 'return_initiated')
                AND heard_at < \(moment) ORDER BY heard_at LIMIT \(Int64(limit))
            """, as: ID<Shipment>.self)
    }
}

extension LineProgress {
    fileprivate mutating func add(_ row: ShippedUnitsRow) {
        guard row.hasLeft, !row.state.isBack else { return }
        handedOver &+= row.quantity
        switch row.state {
        case .delivered, .returnInitiated: delivered &+= row.quantity
        case .returned:
            delivered &+= row.quantity
            returned &+= row.quantity
        case .partiallyDelivered: isPartlyDelivered = true
        default: break
        }
    }
}

/// Which shipments a list has.
package struct ShipmentFilter: Hashable, Sendable {
    package let order: ID<Order>?
    package let vendorOrder: ID<VendorOrder>?
    package let state: ShipmentState?
    package let courier: CourierName?
    /// An AWB, or our own number.
    package let code: String?
    package let isInTrouble: Bool

    package init(
        order: ID<Order>? = nil, vendorOrder: ID<VendorOrder>? = nil, state: ShipmentState? = nil,
        courier: CourierName? = nil, code: String? = nil, isInTrouble: Bool = false
    ) {
        self.order = order
        self.vendorOrder = vendorOrder
        self.state = state
        self.courier = courier
        self.code = code
        self.isInTrouble = isInTrouble
    }
}

enum ShipmentSQL {
    static func isVisible(to visibility: Visibility, _ parameter: String) -> String {
        visibility.condition(parameter, vendor: "shipments.vendor_id = \(parameter)")
    }

    static func one(_ id: ID<Shipment>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql:
                "SELECT \(Shipment.columns) FROM shipments WHERE shipments.id = $1 AND \(isVisible(to: visibility, "$2"))",
            parameters: [id, visibility.subject])
    }

    static func list(
        _ filter: ShipmentFilter, visibleTo visibility: Visibility, before: ID<Shipment>?, limit: Int
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("shipments.id < $1", "$1::uuid", isSet: before != nil)
        let ofOrder = OptionalFilter.condition("order_id = $4", "$4::uuid", isSet: filter.order != nil)
        let ofPart = OptionalFilter.condition("vendor_order_id = $5", "$5::uuid", isSet: filter.vendorOrder != nil)
        let atCourier = OptionalFilter.condition("courier = $6", "$6::text", isSet: filter.courier != nil)
        let withCode = OptionalFilter.condition(
            "(tracking_code = $7 OR number = $7)", "$7::text", isSet: filter.code != nil)
        return PostgresStatement(
            sql: """
                SELECT \(Shipment.columns) FROM shipments WHERE \(fromCursor) AND \(ofOrder) AND \(ofPart) AND \(atCourier)
                    AND \(withCode) AND \(OptionalFilter.equals("state", filter.state))
                    AND \(filter.isInTrouble ? "trouble IS NOT NULL" : "TRUE") AND \(isVisible(to: visibility, "$3"))
                ORDER BY shipments.id DESC LIMIT $2
                """,
            parameters: [
                before, limit, visibility.subject, filter.order, filter.vendorOrder, filter.courier?.rawValue,
                filter.code,
            ])
    }
}
