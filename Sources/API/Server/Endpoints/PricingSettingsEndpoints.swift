import Addresses
import Catalog
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Pricing
import Vendors

/// How the marketplace prices.
enum PricingSettingsEndpoints {
    static let all: [Endpoint] = [read, update]

    static let read = Endpoint(
        .get, "/pricing_settings", tag: .pricing, summary: "Read how prices are made",
        policy: .require(.taxesManage), returns: .ok(PricingSettingsView.self, version: \.settings.version)
    ) { request, services in
        PricingSettingsView(settings: try await services.commerce.pricing.settings.settings(in: services.postgres))
    }

    static let update = Endpoint(
        .patch, "/pricing_settings", tag: .pricing, summary: "Say how prices are made",
        description: "What was ordered keeps its price. Changes count within seconds.",
        policy: .require(.taxesManage), edit: .ifMatch, body: PricingSettingsUpdateInput.self,
        returns: .ok(PricingSettingsView.self, version: \.settings.version)
    ) { request, work, services in
        PricingSettingsView(
            settings: try await services.commerce.pricing.updateSettings(
                request.body.changes, version: request.expectedVersion, by: request.principal, in: work))
    }
}

struct PricingSettingsUpdateInput: APIInput {
    let changes: PricingSettingsChanges

    init(_ fields: inout Fields) {
        var changes = PricingSettingsChanges()
        changes.timeZone =
            fields.change(
                "time_zone", .text(PricingSettingsChanges.timeZone), "By whose clocks promotions have their hours",
                example: "Asia/Dhaka"
            ).value
        changes.compositeCharges =
            fields.change(
                "composite_charges", .oneOf(PricingSettings.CompositeCharges.self),
                "How a vendor’s delivery is taxed where its goods have several rates"
            ).value
        changes.taxableDiscounts =
            fields.change(
                "taxable_discounts", .oneOf(PricingSettings.TaxableDiscounts.self),
                "Which discounts make the taxable value smaller"
            ).value
        changes.pricesIncludeTax =
            fields.change(
                "prices_include_tax", .boolean, "Whether prices of the catalogue contain the taxes on them"
            ).value
        changes.totalsMultipleOf =
            fields.change(
                "totals_multiple_of", .nullable(.integer(PricingSettingsChanges.multiple)),
                "What totals are whole multiples of, in minor units: 100 for whole rupees; null for none"
            ).value
        changes.seller =
            fields.change(
                "seller", .object(ServiceSellerUpdateInput.self), "As what the marketplace sells its own services"
            ).value?.seller
        self.changes = changes
    }
}

struct ServiceSellerUpdateInput: APIInput {
    let seller: ServiceSeller

    init(_ fields: inout Fields) {
        let country = fields.optional("country", .text(Declarations.country), "ISO 3166-1 alpha-2")
        let region = fields.optional(
            "region", .text(NewPostalAddress.region), "An Indian State’s code of GSTINs, a Bangladeshi district’s")
        let kind = fields.optional(
            "registration_kind", .oneOf(RegistrationKind.self), "gstin or bin; without one no tax is charged")
        let number = fields.optional("registration_number", .text(NewRegistration.number), "Its number")
        fields.check(
            (kind == nil) == (number == nil), "registration_number", code: "required",
            "is given together with registration_kind")
        var registration: ServiceSeller.Registration?
        if let kind, let number { registration = ServiceSeller.Registration(kind: kind, number: number) }
        seller = ServiceSeller(country: country, region: region, registration: registration)
    }
}

struct PricingSettingsView: APIOutput {
    let settings: PricingSettings

    static let example = PricingSettingsView(settings: PricingSettings(timeZone: .gmt))

    func write(to out: inout ObjectWriter) {
        out.field("time_zone", settings.timeZone.identifier, "By whose clocks promotions have their hours")
        out.field(
            "composite_charges", settings.compositeCharges,
            "How a vendor’s delivery is taxed where its goods have several rates: in proportion, or all at the highest")
        out.field(
            "taxable_discounts", settings.taxableDiscounts,
            "Which discounts make the taxable value smaller: those that the supplier gives himself, or all")
        out.field(
            "prices_include_tax", settings.pricesIncludeTax, "Whether prices of the catalogue contain the taxes on them"
        )
        out.field(
            "totals_multiple_of", settings.totalsMultipleOf,
            "What totals are whole multiples of, in minor units; null where they are not rounded")
        out.field(
            "seller", ServiceSellerView(seller: settings.seller), "As what the marketplace sells its own services")
        out.field("version", settings.version, "Grows with every edit; also the ETag")
    }
}

struct ServiceSellerView: APIOutput {
    let seller: ServiceSeller

    static let example = ServiceSellerView(seller: ServiceSeller(country: "BD", region: "BD-13"))

    func write(to out: inout ObjectWriter) {
        out.field("country", seller.country, "Null where it is not said: its services are not taxed")
        out.field("region", seller.region)
        out.field("registration_kind", seller.registration?.kind, "Null: it charges no tax")
        out.field("registration_number", seller.registration?.number)
    }
}
