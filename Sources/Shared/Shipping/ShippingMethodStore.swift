package import Core
import Foundation
import Identity
package import Postgres
import Vendors

/// All SQL about methods of shipping, but for what a destination's tariff is made of.
package struct ShippingMethodStore: Sendable {
    package init() {}

    /// A zone's methods, the oldest first.
    package func methods(
        of zone: ID<ShippingZone>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ShippingMethod] {
        try await executor.query(MethodSQL.all(of: zone), as: ShippingMethod.self)
    }

    /// The zone of a method, or nil where there is none within reach or it was removed.
    func zone(
        of method: ID<ShippingMethod>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ID<ShippingZone>? {
        try await executor.queryValue(MethodSQL.zone(of: method, visibleTo: visibility), as: ID<ShippingZone>.self)
    }

    /// Waits for the answer, which may be that there is no such place.
    func insert(_ method: ShippingMethod, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(MethodSQL.insert(method))
    }

    /// Replaces what may change of a method whose zone is locked; the same.
    func update(_ method: ShippingMethod, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(MethodSQL.update(method))
    }

    func remove(
        _ id: ID<ShippingMethod>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("UPDATE shipping_methods SET removed_at = \(time) WHERE id = \(id)")
    }
}

extension ShippingMethod: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), zone: try row.decode("zone_id"), terms: try ShippingTerms(row: row),
            version: try row.decode("version"), createdAt: try row.decode("created_at"))
    }
}

extension ShippingTerms {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        let location: ID<PickupLocation>? = try row.decode("pickup_location_id")
        let unit: String = try row.decode("charged_per")
        guard let unit = Unit(rawValue: unit) else { throw .decoding("a shipping method is charged per \(unit)") }
        self.init(
            name: try row.decode("name"), way: location.map(Way.pickup) ?? .delivery, unit: unit,
            charge: try ShippingCharge(row: row), largestGrams: try row.decode("largest_grams"),
            promise: try DeliveryPromise(row: row), cashOnDelivery: try CashOnDeliveryTerms(row: row),
            isActive: try row.decode("is_active"), validFrom: try row.decode("valid_from"),
            validUntil: try row.decode("valid_until"))
    }
}

extension ShippingCharge {
    fileprivate init(row: borrowing PostgresRow) throws(PostgresError) {
        let basis: String = try row.decode("basis")
        guard let basis = Basis(rawValue: basis) else { throw .decoding("a shipping charge goes by \(basis)") }
        let bounds: [Int64] = try row.decode("bounds")
        let amounts: [Int64] = try row.decode("amounts_minor")
        let grams: Int64? = try row.decode("step_grams")
        let amount: Int64? = try row.decode("step_minor")
        self.init(
            currency: try row.decode("currency"), basis: basis, bands: zip(bounds, amounts).map(Band.init),
            step: grams.flatMap { grams in amount.map { Step(grams: grams, amount: $0) } })
    }
}

extension DeliveryPromise {
    fileprivate init?(row: borrowing PostgresRow) throws(PostgresError) {
        let earliest: Int32? = try row.decode("earliest_days")
        let latest: Int32? = try row.decode("latest_days")
        guard let earliest, let latest else { return nil }
        self.init(earliest: Int(earliest), latest: Int(latest))
    }
}

extension CashOnDeliveryTerms {
    fileprivate init?(row: borrowing PostgresRow) throws(PostgresError) {
        guard try row.decode("cod_is_offered", as: Bool.self) else { return nil }
        let currency: Currency = try row.decode("currency")
        let limit: Int64? = try row.decode("cod_limit_minor")
        self.init(
            fee: Money(minorUnits: try row.decode("cod_fee_minor"), currency: currency),
            feeRate: try row.decode("cod_fee_ppm"), limit: limit.map { Money(minorUnits: $0, currency: currency) })
    }
}

enum MethodSQL {
    private static let terms = """
        name, kind, pickup_location_id, charged_per, basis, currency, bounds, amounts_minor, step_grams, step_minor, \
        largest_grams, earliest_days, latest_days, cod_is_offered, cod_fee_minor, cod_fee_ppm, cod_limit_minor, is_active, \
        valid_from, valid_until
        """

    static let columns = "id, zone_id, \(terms), version, created_at"

    static func all(of zone: ID<ShippingZone>) -> PostgresStatement {
        PostgresStatement(
            sql: "SELECT \(columns) FROM shipping_methods WHERE zone_id = $1 AND removed_at IS NULL ORDER BY id",
            parameters: [zone])
    }

    static func zone(of method: ID<ShippingMethod>, visibleTo visibility: Visibility) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT zone.id FROM shipping_methods AS method JOIN shipping_zones AS zone ON zone.id = method.zone_id
                WHERE method.id = $1 AND method.removed_at IS NULL AND zone.removed_at IS NULL
                    AND \(visibility.condition("$2", vendor: "zone.vendor_id = $2"))
                """,
            parameters: [method, visibility.subject])
    }

    static func insert(_ method: ShippingMethod) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO shipping_methods (id, zone_id, created_at, \(terms))
                VALUES ($1, $2, $3, \((4...23).map { "$\($0)" }.joined(separator: ", ")))
                """,
            parameters: [method.id, method.zone, method.createdAt] + values(method.terms))
    }

    static func update(_ method: ShippingMethod) -> PostgresStatement {
        PostgresStatement(
            sql: """
                UPDATE shipping_methods SET version = $2,
                    (\(terms)) = ROW (\((3...22).map { "$\($0)" }.joined(separator: ", "))) WHERE id = $1
                """,
            parameters: [method.id, method.version] + values(method.terms))
    }

    private static func values(_ terms: ShippingTerms) -> [any PostgresEncodable] {
        let (charge, cash) = (terms.charge, terms.cashOnDelivery)
        return [
            terms.name, terms.way.location == nil ? "delivery" : "pickup", terms.way.location, terms.unit.rawValue,
            charge.basis.rawValue, charge.currency, charge.bands.map(\.bound), charge.bands.map(\.amount),
            charge.step?.grams, charge.step?.amount, terms.largestGrams, terms.promise.map { Int32($0.earliest) },
            terms.promise.map { Int32($0.latest) }, cash != nil, cash?.fee.minorUnits ?? 0,
            cash?.feeRate ?? Rate(partsPerMillion: 0), cash?.limit?.minorUnits, terms.isActive, terms.validFrom,
            terms.validUntil,
        ]
    }
}
