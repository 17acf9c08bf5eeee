import Addresses
package import Core
import Foundation
package import Identity
package import Jobs
import Postgres
import Registrations
import Values
import Vendors

/// An edit of how the marketplace prices; nil leaves a setting as it is.
package struct PricingSettingsChanges: Hashable, Sendable {
    /// Of names such as Asia/Dhaka.
    package static let timeZone = TextRule(1...60, .only("A-Za-z0-9_/+-"))
    /// In minor units.
    package static let multiple: ClosedRange<Int64> = 2...100_000

    package var timeZone: String?
    package var compositeCharges: PricingSettings.CompositeCharges?
    package var taxableDiscounts: PricingSettings.TaxableDiscounts?
    package var pricesIncludeTax: Bool?
    package var totalsMultipleOf: Int64??
    package var seller: ServiceSeller?

    package init() {}
}

/// Changes how the marketplace prices. What was sold keeps its price.
package struct UpdatePricingSettings: Sendable {
    private let store = PricingSettingsStore()
    private let regions = RegionStore()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// - Throws: `Problem`: 412 ("version-mismatch"), 422; `PostgresError`.
    package func callAsFunction(
        _ changes: PricingSettingsChanges, version: Int64?, by principal: Principal, in work: UnitOfWork
    ) async throws -> PricingSettings {
        let old = try await store.settings(in: work)
        if let version, version != old.version { throw Problem.versionMismatch(current: old.version) }
        var check = InputCheck()
        if changes == PricingSettingsChanges() { check.fail("", "empty", "at least one setting must be given") }
        let zone = changes.timeZone.map { TimeZone(identifier: $0) } ?? old.timeZone
        if zone == nil { check.fail("/time_zone", "unknown", "is no time zone that is known here") }
        if let multiple = changes.totalsMultipleOf ?? nil {
            check.number("/totals_multiple_of", multiple, in: PricingSettingsChanges.multiple)
        }
        var seller = old.seller
        if let new = changes.seller { seller = try await checked(new, &check, in: work) }
        try check.finish()
        let new = PricingSettings(
            timeZone: zone ?? old.timeZone, seller: seller,
            compositeCharges: changes.compositeCharges ?? old.compositeCharges,
            taxableDiscounts: changes.taxableDiscounts ?? old.taxableDiscounts,
            pricesIncludeTax: changes.pricesIncludeTax ?? old.pricesIncludeTax,
            totalsMultipleOf: changes.totalsMultipleOf ?? old.totalsMultipleOf)
        guard let settings = try await store.update(new, over: old.version, in: work) else {
            throw Problem.versionMismatch(current: try await store.settings(in: work).version)
        }
        try await record(settings, by: principal, in: work)
        return settings
    }

    /// The seller with its number in the one form that it has.
    private func checked(
        _ seller: ServiceSeller, _ check: inout InputCheck, in work: UnitOfWork
    ) async throws -> ServiceSeller {
        guard let country = seller.country else {
            if seller != .unknown { check.fail("/seller/country", "required", "is required") }
            return seller
        }
        guard let market = Market(rawValue: country) else {
            check.fail("/seller/country", "unknown", "is no country whose registrations are known")
            return seller
        }
        let known = try await regions.regions(of: market, in: work)
        if let region = seller.region, !known.all.contains(where: { UTF8Text($0.code) == UTF8Text(region) }) {
            check.fail("/seller/region", "unknown", "is no State or district of \(country)")
        }
        guard let registration = seller.registration else { return seller }
        var number = registration.number
        do throws(IdentifierFault) {
            switch (market, registration.kind) {
            case (.india, .gstin):
                let day = CivilDate(clock.now, in: market)
                let gstin = try GSTIN(number, in: known.gstStates, on: day)
                number = gstin.text
                if seller.region.map({ UTF8Text($0) != UTF8Text(gstin.state) }) ?? true {
                    check.fail("/seller/region", "other_region", "must be the State of the GSTIN")
                }
            case (.bangladesh, .bin): number = try BIN(number).text
            default: check.fail("/seller/registration_kind", "unknown", "must be gstin in India, bin in Bangladesh")
            }
        } catch {
            check.fail("/seller/registration_number", error.violation)
        }
        return ServiceSeller(
            country: country, region: seller.region,
            registration: ServiceSeller.Registration(kind: registration.kind, number: number))
    }

    private func record(
        _ settings: PricingSettings, by principal: Principal, in work: UnitOfWork
    ) async throws {
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: "pricing_settings.updated", subject: "pricing",
                payload: [
                    "time_zone": .string(settings.timeZone.identifier),
                    "composite_charges": .string(settings.compositeCharges.rawValue),
                    "taxable_discounts": .string(settings.taxableDiscounts.rawValue),
                    "prices_include_tax": .bool(settings.pricesIncludeTax),
                    "totals_multiple_of_minor": settings.totalsMultipleOf.map { .integer($0) } ?? .null,
                    "country": settings.seller.country.map { .string($0) } ?? .null,
                    "region": settings.seller.region.map { .string($0) } ?? .null,
                ]),
            in: work)
    }
}
