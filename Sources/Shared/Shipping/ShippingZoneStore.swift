package import Core
import Foundation
package import Identity
package import Postgres
package import Vendors

/// All SQL about zones.
package struct ShippingZoneStore: Sendable {
    package init() {}

    /// A zone, or nil where there is none within reach or it was removed.
    package func zone(
        _ id: ID<ShippingZone>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ShippingZone? {
        try await executor.queryOne(ZoneSQL.one(id, visibleTo: visibility), as: ShippingZone.self)
    }

    /// A zone with its methods, or nil.
    package func details(
        _ id: ID<ShippingZone>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ShippingZoneDetails? {
        guard let zone = try await zone(id, visibleTo: visibility, in: executor) else { return nil }
        return ShippingZoneDetails(
            zone: zone, methods: try await ShippingMethodStore().methods(of: id, in: executor))
    }

    /// A page of zones, the newest first.
    package func zones(
        of vendor: ID<Vendor>? = nil, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<ShippingZone> {
        try await page.newestFirst("shipping_zones", by: \.id) { before, limit in
            try await executor.query(
                ZoneSQL.list(of: vendor, visibleTo: visibility, before: before, limit: limit), as: ShippingZone.self)
        }
    }

    /// The zone for an edit; others wait until the transaction is over.
    func lock(
        _ id: ID<ShippingZone>, visibleTo visibility: Visibility, in transaction: some PostgresExecutor
    ) async throws -> ShippingZone {
        let statement = ZoneSQL.one(id, visibleTo: visibility, isLocking: true)
        guard let zone = try await transaction.queryOne(statement, as: ShippingZone.self) else {
            throw Problem.notFound("shipping zone")
        }
        return zone
    }

    /// How many there are of one owner; nil for the marketplace's.
    func count(of vendor: ID<Vendor>?, in executor: some PostgresExecutor) async throws(PostgresError) -> Int64 {
        try await executor.queryValue(
            """
            SELECT count(*) FROM shipping_zones WHERE removed_at IS NULL AND vendor_id IS NOT DISTINCT FROM \(vendor)
            """, as: Int64.self) ?? 0
    }

    /// Waits for the answer, which may be that there is no such vendor.
    func insert(_ zone: ShippingZone, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(ZoneSQL.insert(zone))
    }

    /// Replaces what may change of a locked zone.
    func update(_ zone: ShippingZone, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.pipeline(ZoneSQL.update(zone))
    }

    func remove(
        _ id: ID<ShippingZone>, at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("UPDATE shipping_zones SET removed_at = \(time) WHERE id = \(id)")
    }
}

extension ShippingZone: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), name: try row.decode("name"),
            areas: try ShippingArea.all(row: row), version: try row.decode("version"),
            createdAt: try row.decode("created_at"))
    }
}

extension ShippingArea {
    /// Those of a zone's row.
    static func all(row: borrowing PostgresRow) throws(PostgresError) -> [ShippingArea] {
        let countries: [String] = try row.decode("countries")
        let regions: [String] = try row.decode("regions")
        let from: [String] = try row.decode("postal_from")
        let through: [String] = try row.decode("postal_through")
        return zip(zip(countries, regions), zip(from, through)).map { place, codes in
            ShippingArea(
                country: place.0, region: place.1.isEmpty ? nil : place.1,
                postalCodes: codes.0.isEmpty ? nil : PostalRange(from: codes.0, through: codes.1))
        }
    }
}

private enum ZoneSQL {
    static let columns = "id, vendor_id, name, countries, regions, postal_from, postal_through, version, created_at"

    static func one(
        _ id: ID<ShippingZone>, visibleTo visibility: Visibility, isLocking: Bool = false
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM shipping_zones WHERE id = $1 AND removed_at IS NULL
                    AND \(visibility.condition("$2", vendor: "vendor_id = $2")) \(isLocking ? "FOR UPDATE" : "")
                """,
            parameters: [id, visibility.subject])
    }

    static func list(
        of vendor: ID<Vendor>?, visibleTo visibility: Visibility, before: ID<ShippingZone>?, limit: Int
    ) -> PostgresStatement {
        let ofVendor = OptionalFilter.condition("vendor_id = $4", "$4::uuid", isSet: vendor != nil)
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM shipping_zones WHERE removed_at IS NULL AND \(fromCursor) AND \(ofVendor)
                    AND \(visibility.condition("$3", vendor: "vendor_id = $3"))
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject, vendor])
    }

    static func insert(_ zone: ShippingZone) -> PostgresStatement {
        """
        INSERT INTO shipping_zones (id, vendor_id, name, countries, regions, postal_from, postal_through, created_at)
        VALUES (\(zone.id), \(zone.vendor), \(zone.name), \(zone.areas.map(\.country)),
            \(zone.areas.map { $0.region ?? "" }), \(zone.areas.map { $0.postalCodes?.from ?? "" }),
            \(zone.areas.map { $0.postalCodes?.through ?? "" }), \(zone.createdAt))
        """
    }

    static func update(_ zone: ShippingZone) -> PostgresStatement {
        """
        UPDATE shipping_zones SET name = \(zone.name), countries = \(zone.areas.map(\.country)),
            regions = \(zone.areas.map { $0.region ?? "" }), postal_from = \(zone.areas.map { $0.postalCodes?.from ?? "" }),
            postal_through = \(zone.areas.map { $0.postalCodes?.through ?? "" }), version = \(zone.version)
        WHERE id = \(zone.id)
        """
    }
}
