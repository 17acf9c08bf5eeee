import Core
import Foundation
package import Postgres
import Vendors

/// All SQL about how the marketplace prices.
package struct PricingSettingsStore: Sendable {
    package init() {}

    package func settings(in executor: some PostgresExecutor) async throws(PostgresError) -> PricingSettings {
        let settings = try await executor.queryOne(
            "SELECT \(unescaped: Self.columns) FROM pricing_settings", as: PricingSettings.self)
        guard let settings else { throw .decoding("there are no pricing settings") }
        return settings
    }

    /// Writes the settings over those of a version; nil where their version is another one.
    func update(
        _ settings: PricingSettings, over version: Int64, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> PricingSettings? {
        try await transaction.queryOne(
            """
            UPDATE pricing_settings SET time_zone = \(settings.timeZone.identifier),
                composite_charges = \(settings.compositeCharges),
                taxable_discounts = \(settings.taxableDiscounts), prices_include_tax = \(settings.pricesIncludeTax),
                totals_multiple_of_minor = \(settings.totalsMultipleOf), country = \(settings.seller.country),
                region = \(settings.seller.region), registration_kind = \(settings.seller.registration?.kind),
                registration_number = \(settings.seller.registration?.number), version = version + 1
            WHERE version = \(version) RETURNING \(unescaped: Self.columns)
            """, as: PricingSettings.self)
    }

    private static let columns = """
        time_zone, composite_charges, taxable_discounts, prices_include_tax, totals_multiple_of_minor, country, region, \
        registration_kind, registration_number, version
        """
}

extension PricingSettings: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let kind: RegistrationKind? = try row.decode("registration_kind")
        let number: String? = try row.decode("registration_number")
        let registration: ServiceSeller.Registration? =
            if let kind, let number { ServiceSeller.Registration(kind: kind, number: number) } else { nil }
        self.init(
            timeZone: try TimeZone(decoding: row.decode("time_zone")),
            seller: ServiceSeller(
                country: try row.decode("country"), region: try row.decode("region"), registration: registration),
            compositeCharges: try row.decode("composite_charges"),
            taxableDiscounts: try row.decode("taxable_discounts"),
            pricesIncludeTax: try row.decode("prices_include_tax"),
            totalsMultipleOf: try row.decode("totals_multiple_of_minor"), version: try row.decode("version"))
    }
}
