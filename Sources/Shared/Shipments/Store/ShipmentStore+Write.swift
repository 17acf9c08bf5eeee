import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Values

extension ShipmentStore {
    /// Locks a shipment until the transaction ends; the caller has locked its order before.
    func lock(_ id: ID<Shipment>, in transaction: some PostgresExecutor) async throws(PostgresError) -> Shipment? {
        try await transaction.queryOne(
            """
            SELECT \(unescaped: Shipment.columns) FROM shipments WHERE shipments.id = \(id) FOR UPDATE
            """, as: Shipment.self)
    }

    /// The place of the next shipment of a vendor order whose order is locked, from 1.
    func nextSequence(
        of vendorOrder: ID<VendorOrder>, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Int {
        let last = try await transaction.queryValue(
            "SELECT coalesce(max(sequence), 0) FROM shipments WHERE vendor_order_id = \(vendorOrder)", as: Int32.self)
        return Int(last ?? 0) + 1
    }

    func insert(
        _ new: Shipment, sequence: Int, lines: [ShipmentLine], parcels: [Parcel], by actor: AuditActor,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO shipments (id, order_id, vendor_order_id, vendor_id, document_id, sequence, number, courier,
                pickup_location_id, state_since, reference, currency, declared_minor, cod_minor, promised_from, promised_until,
                heard_at, created_by, created_at)
            VALUES (\(new.id), \(new.order), \(new.vendorOrder), \(new.vendor), \(new.document), \(Int32(clamping: sequence)),
                \(new.number), \(new.courier.rawValue), \(new.location), \(new.stateSince), \(new.reference),
                \(new.declared.currency), \(new.declared.minorUnits), \(new.cod.minorUnits), \(new.promise?.from.iso8601)::text::date,
                \(new.promise?.until.iso8601)::text::date, \(new.heardAt), \(actor.rawValue), \(new.createdAt))
            """)
        let units = lines.flatMap { line in line.units.ranges.map { (line.line, $0) } }
        try await transaction.pipeline(
            """
            INSERT INTO shipment_lines (shipment_id, vendor_order_id, line_id, first_unit, quantity)
            SELECT \(new.id)::uuid, \(new.vendorOrder)::uuid, * FROM unnest(\(units.map(\.0))::uuid[],
                \(units.map(\.1.lowerBound))::int8[], \(units.map { Int64($0.1.count) })::int8[])
            """)
        try await transaction.pipeline(
            """
            INSERT INTO shipment_parcels (shipment_id, number, weight_grams, length_mm, width_mm, height_mm)
            SELECT \(new.id)::uuid, number::int4, weight, length, width, height
            FROM unnest(\(parcels.map { Int32(clamping: $0.weightGrams) })::int4[],
                \(parcels.map { $0.size.map { Int32(clamping: $0.lengthMillimetres) } })::int4[],
                \(parcels.map { $0.size.map { Int32(clamping: $0.widthMillimetres) } })::int4[],
                \(parcels.map { $0.size.map { Int32(clamping: $0.heightMillimetres) } })::int4[])
                WITH ORDINALITY AS parcel (weight, length, width, height, number)
            """)
    }

    /// Replaces what may change of a locked shipment.
    func update(_ one: Shipment, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE shipments SET state = \(one.state), state_since = \(one.stateSince), booking = \(Int32(clamping: one.booking)),
                reference = \(one.reference), courier_order = \(one.names.order), consignment = \(one.names.consignment),
                tracking_code = \(one.names.trackingCode), service = \(one.service), service_name = \(one.serviceName),
                cod_collected_minor = \(one.collected?.minorUnits), courier_charge_minor = \(one.charge?.minorUnits),
                cod_fee_minor = \(one.codFee?.minorUnits), expected_at = \(one.expectedAt), trouble = \(one.trouble?.kind),
                trouble_detail = \(one.trouble?.detail), attempts = \(Int32(clamping: one.attempts)),
                next_attempt_at = \(one.nextAttemptAt), handed_over_at = \(one.handedOverAt), delivered_at = \(one.deliveredAt),
                closed_at = \(one.closedAt), heard_at = \(one.heardAt)
            WHERE id = \(one.id)
            """)
    }

    /// Adds what was said of a shipment.
    /// - Returns: false where it was said before.
    func append(
        _ event: ShipmentEvent, to id: ID<Shipment>, as eventID: UUID, key: String, by actor: AuditActor,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        try await transaction.execute(
            """
            INSERT INTO shipment_events (id, shipment_id, source, key, state, moved, raw_status, message, place, occurred_at,
                recorded_by, recorded_at)
            VALUES (\(eventID), \(id), \(event.source), \(key), \(event.state), \(event.moved), \(event.rawStatus),
                \(event.message), \(event.place), \(event.occurredAt), \(actor.rawValue), \(event.recordedAt))
            ON CONFLICT (shipment_id, key) DO NOTHING
            """) == 1
    }
}

/// All SQL about what couriers were asked to carry.
struct BookingStore: Sendable {
    struct Booking: Sendable, PostgresRowDecodable {
        let state: String
        /// How often it was asked for with an end that leaves it possible that something is there.
        let asked: Int
        let askedAt: Date
        let askingUntil: Date?

        init(row: borrowing PostgresRow) throws(PostgresError) {
            state = try row.decode("state")
            let asked: Int32 = try row.decode("asked")
            self.asked = Int(asked)
            askedAt = try row.decode("asked_at")
            askingUntil = try row.decode("asking_until")
        }
    }

    func open(
        _ shipment: Shipment, at now: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO shipment_bookings (shipment_id, booking, courier, reference, asked_at)
            VALUES (\(shipment.id), \(Int32(clamping: shipment.booking)), \(shipment.courier.rawValue), \(shipment.reference), \(now))
            """)
    }

    /// The present booking of a locked shipment; nil where nobody is asked to carry it.
    func booking(
        of shipment: Shipment, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Booking? {
        try await executor.queryOne(
            """
            SELECT state, asked, asked_at, asking_until FROM shipment_bookings
            WHERE shipment_id = \(shipment.id) AND booking = \(Int32(clamping: shipment.booking))
            """, as: Booking.self)
    }

    /// Notes that somebody asks now.
    func begin(
        _ shipment: Shipment, until: Date, at now: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE shipment_bookings SET asked = asked + 1, asked_at = \(now), asking_until = \(until)
            WHERE shipment_id = \(shipment.id) AND booking = \(Int32(clamping: shipment.booking))
            """)
    }

    /// Notes that nobody asks any more.
    /// - Parameter withoutEffect: whether what was asked for did not happen for sure.
    func end(
        _ shipment: Shipment, withoutEffect: Bool, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            UPDATE shipment_bookings SET asked = greatest(asked - \(Int32(withoutEffect ? 1 : 0))::int4, 0), asking_until = NULL
            WHERE shipment_id = \(shipment.id) AND booking = \(Int32(clamping: shipment.booking))
            """)
    }

    /// - Parameter state: "open" to have it asked for again.
    func settle(
        _ shipment: Shipment, as state: String, detail: String? = nil, at now: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        let endedAt: Date? = state == "open" ? nil : now
        try await transaction.pipeline(
            """
            UPDATE shipment_bookings SET state = \(state), detail = \(detail), ended_at = \(endedAt)
            WHERE shipment_id = \(shipment.id) AND booking = \(Int32(clamping: shipment.booking))
            """)
    }
}
