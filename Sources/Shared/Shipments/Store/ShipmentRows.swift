import Core
import Foundation
import Orders
package import Postgres
import Values

extension Shipment: PostgresRowDecodable {
    static let columns = """
        shipments.id, shipments.order_id, shipments.vendor_order_id, shipments.vendor_id, shipments.document_id, shipments.number, \
        shipments.courier, shipments.pickup_location_id, shipments.state, shipments.state_since, shipments.booking, \
        shipments.reference, shipments.courier_order, shipments.consignment, shipments.tracking_code, shipments.service, \
        shipments.service_name, shipments.currency, shipments.declared_minor, shipments.cod_minor, shipments.cod_collected_minor, \
        shipments.courier_charge_minor, shipments.cod_fee_minor, shipments.promised_from::text AS promised_from, \
        shipments.promised_until::text AS promised_until, shipments.expected_at, shipments.trouble, shipments.trouble_detail, \
        shipments.attempts, shipments.next_attempt_at, shipments.handed_over_at, shipments.delivered_at, shipments.closed_at, \
        shipments.heard_at, shipments.created_at
        """

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let currency: Currency = try row.decode("currency")
        let courier: String = try row.decode("courier")
        let (booking, attempts): (Int32, Int32) = (try row.decode("booking"), try row.decode("attempts"))
        let kind: Trouble.Kind? = try row.decode("trouble")
        let detail: String? = try row.decode("trouble_detail")
        self.init(
            id: try row.decode("id"), order: try row.decode("order_id"), vendorOrder: try row.decode("vendor_order_id"),
            vendor: try row.decode("vendor_id"), document: try row.decode("document_id"),
            number: try row.decode("number"), courier: CourierName(rawValue: courier),
            location: try row.decode("pickup_location_id"), state: try row.decode("state"),
            stateSince: try row.decode("state_since"), booking: Int(booking), reference: try row.decode("reference"),
            names: CourierNames(
                order: try row.decode("courier_order"), consignment: try row.decode("consignment"),
                trackingCode: try row.decode("tracking_code")),
            service: try row.decode("service"), serviceName: try row.decode("service_name"),
            declared: Money(minorUnits: try row.decode("declared_minor"), currency: currency),
            cod: Money(minorUnits: try row.decode("cod_minor"), currency: currency),
            collected: try Self.money("cod_collected_minor", currency, row),
            charge: try Self.money("courier_charge_minor", currency, row),
            codFee: try Self.money("cod_fee_minor", currency, row), promise: try Promise(row: row),
            expectedAt: try row.decode("expected_at"),
            trouble: kind.map { Trouble(kind: $0, detail: detail ?? "") }, attempts: Int(attempts),
            nextAttemptAt: try row.decode("next_attempt_at"), handedOverAt: try row.decode("handed_over_at"),
            deliveredAt: try row.decode("delivered_at"), closedAt: try row.decode("closed_at"),
            heardAt: try row.decode("heard_at"), createdAt: try row.decode("created_at"))
    }

    private static func money(
        _ column: String, _ currency: Currency, _ row: borrowing PostgresRow
    ) throws(PostgresError) -> Money? {
        let amount: Int64? = try row.decode(column)
        return amount.map { Money(minorUnits: $0, currency: currency) }
    }
}

extension Shipment.Promise {
    /// nil where nothing was promised.
    fileprivate init?(row: borrowing PostgresRow) throws(PostgresError) {
        let texts: (String?, String?) = (try row.decode("promised_from"), try row.decode("promised_until"))
        guard let first = texts.0, let last = texts.1 else { return nil }
        guard let from = CivilDate(iso8601: first), let until = CivilDate(iso8601: last) else {
            throw .decoding("a shipment's promise is no date")
        }
        self.init(from: from, until: until)
    }
}

/// Units of a line in one shipment, as they are stored.
struct ShipmentLineRow: Sendable, PostgresRowDecodable {
    let line: ID<OrderLine>
    let units: Range<Int64>

    init(row: borrowing PostgresRow) throws(PostgresError) {
        line = try row.decode("line_id")
        let (first, quantity): (Int64, Int64) = (try row.decode("first_unit"), try row.decode("quantity"))
        guard first >= 0, quantity > 0, first <= .max - quantity else { throw .decoding("a shipment's units") }
        units = first..<(first + quantity)
    }
}

extension Parcel: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let weight: Int32 = try row.decode("weight_grams")
        let (length, width, height): (Int32?, Int32?, Int32?) = (
            try row.decode("length_mm"), try row.decode("width_mm"), try row.decode("height_mm")
        )
        let size: Size? =
            if let length, let width, let height {
                Size(
                    lengthMillimetres: Int(length), widthMillimetres: Int(width), heightMillimetres: Int(height))
            } else {
                nil
            }
        self.init(weightGrams: Int(weight), size: size)
    }
}

extension ShipmentEvent: PostgresRowDecodable {
    static let columns = "source, state, moved, raw_status, message, place, occurred_at, recorded_at"

    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            source: try row.decode("source"), state: try row.decode("state"), moved: try row.decode("moved"),
            rawStatus: try row.decode("raw_status"), message: try row.decode("message"),
            place: try row.decode("place"), occurredAt: try row.decode("occurred_at"),
            recordedAt: try row.decode("recorded_at"))
    }
}

/// How many units of a line are in shipments that have come equally far.
struct ShippedUnitsRow: Sendable, PostgresRowDecodable {
    let line: ID<OrderLine>
    let state: ShipmentState
    let hasLeft: Bool
    let quantity: Int64

    init(row: borrowing PostgresRow) throws(PostgresError) {
        line = try row.decode("line_id")
        state = try row.decode("state")
        hasLeft = try row.decode("has_left")
        quantity = try row.decode("quantity")
    }
}
