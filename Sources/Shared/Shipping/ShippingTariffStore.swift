package import Core
package import Foundation
package import Postgres
package import Vendors

/// All SQL that reads what shipping to a destination costs.
package struct ShippingTariffStore: Sendable {
    package init() {}

    /// What vendors' parcels to a destination can cost: zones and methods of theirs and of the marketplace. One statement.
    package func tariff(
        for vendors: [ID<Vendor>], to destination: ShippingDestination, at time: Date,
        in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ShippingTariff {
        let rows = try await executor.query(
            TariffSQL.candidates(vendors, destination, at: time), as: TariffRow.self)
        var zones: [ID<ShippingZone>: (zone: ShippingZone, methods: [ShippingMethod])] = [:]
        for row in rows {
            guard let zone = row.zone else { continue }
            zones[zone.id, default: (zone, [])].methods += row.method.map { [$0] } ?? []
        }
        return ShippingTariff(
            destination: destination, at: time, owners: Set(rows.map(\.owner)),
            zones: zones.values.map { ShippingTariff.Zone(zone: $0.zone, methods: $0.methods) })
    }

    /// The rules on cash on delivery that may hold for a destination.
    package func cashOnDelivery(
        for destination: ShippingDestination, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> CashOnDeliveryRules {
        CashOnDeliveryRules(try await executor.query(RuleSQL.candidates(destination), as: CashOnDeliveryRule.self))
    }
}

/// One owner of zones, with one of the zones that may fit and one of its methods, where there are any.
private struct TariffRow: PostgresRowDecodable, Sendable {
    let owner: ID<Vendor>?
    let zone: ShippingZone?
    let method: ShippingMethod?

    init(row: borrowing PostgresRow) throws(PostgresError) {
        owner = try row.decode("owner_id")
        let id: ID<ShippingZone>? = try row.decode("matching_zone_id")
        guard let id else {
            zone = nil
            method = nil
            return
        }
        zone = ShippingZone(
            id: id, vendor: owner, name: try row.decode("zone_name"), areas: try ShippingArea.all(row: row),
            version: try row.decode("zone_version"), createdAt: try row.decode("zone_created_at"))
        let methodID: ID<ShippingMethod>? = try row.decode("id")
        method = methodID == nil ? nil : try ShippingMethod(row: row)
    }
}

private enum TariffSQL {
    /// Of each zone only the areas that fit come back.
    static func candidates(
        _ vendors: [ID<Vendor>], _ destination: ShippingDestination, at time: Date
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH own AS (
                    SELECT * FROM shipping_zones WHERE removed_at IS NULL AND (vendor_id IS NULL OR vendor_id = ANY ($1::uuid[]))
                ), matching AS (
                    SELECT own.id AS matching_zone_id, own.vendor_id, own.name AS zone_name, own.version AS zone_version,
                        own.created_at AS zone_created_at, fitting.*
                    FROM own CROSS JOIN LATERAL (
                        SELECT array_agg(area.country) AS countries, array_agg(area.region) AS regions,
                            array_agg(area.postal_from) AS postal_from, array_agg(area.postal_through) AS postal_through
                        FROM unnest(own.countries, own.regions, own.postal_from, own.postal_through)
                            AS area (country, region, postal_from, postal_through)
                        WHERE area.country = $2 AND (area.region = '' OR area.region = ANY ($3::text[]))
                            AND (area.postal_from = '' OR (length(area.postal_from) = length($4)
                                AND area.postal_from COLLATE "C" <= $4 AND $4 <= area.postal_through COLLATE "C"))
                    ) AS fitting
                    WHERE fitting.countries IS NOT NULL
                )
                SELECT owner.vendor_id AS owner_id, matching.*, method.*
                FROM (SELECT DISTINCT vendor_id FROM own) AS owner
                LEFT JOIN matching ON matching.vendor_id IS NOT DISTINCT FROM owner.vendor_id
                LEFT JOIN LATERAL (
                    SELECT \(MethodSQL.columns) FROM shipping_methods
                    WHERE zone_id = matching.matching_zone_id AND removed_at IS NULL AND is_active
                        AND coalesce(valid_from <= $5, true) AND coalesce($5 < valid_until, true)
                ) AS method ON true
                ORDER BY matching.matching_zone_id, method.id
                """,
            parameters: [vendors, destination.country, destination.regions, destination.postalCode, time])
    }
}
