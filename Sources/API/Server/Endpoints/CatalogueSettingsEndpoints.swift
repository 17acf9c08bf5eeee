import Catalog
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres

/// How the marketplace runs its catalogue.
enum CatalogueSettingsEndpoints {
    static let all: [Endpoint] = [read, update, taxClasses, fallbacks, setFallbacks]

    static let read = Endpoint(
        .get, "/catalogue_settings", tag: .catalogue, summary: "Read how the catalogue is run",
        policy: .require(.catalogueManage), returns: .ok(CatalogueSettingsView.self, version: \.settings.version)
    ) { request, services in
        CatalogueSettingsView(
            settings: try await services.commerce.catalogue.settings.settings(in: services.postgres))
    }

    static let update = Endpoint(
        .patch, "/catalogue_settings", tag: .catalogue, summary: "Say how the catalogue is run",
        description: """
            What is on sale stays on sale. The texts that stand with the things themselves are in `locale`; to say another one \
            translates nothing.
            """,
        policy: .require(.catalogueManage), edit: .ifMatch, body: CatalogueSettingsUpdateInput.self,
        returns: .ok(CatalogueSettingsView.self, version: \.settings.version)
    ) { request, work, services in
        CatalogueSettingsView(
            settings: try await services.commerce.catalogue.updateSettings(
                request.body.changes, version: request.expectedVersion, by: request.principal, in: work))
    }

    static let taxClasses = Endpoint(
        .get, "/tax_classes", tag: .catalogue, summary: "List how goods may be taxed", policy: .anyone(.storefront),
        returns: .ok(TaxClassesView.self)
    ) { request, services in
        TaxClassesView(
            classes: try await services.commerce.catalogue.settings.taxClasses(in: services.postgres))
    }

    static let fallbacks = Endpoint(
        .get, "/locales/{locale}", ContentLocale.self, tag: .catalogue, summary: "Read what a language falls back to",
        policy: .require(.catalogueManage), returns: .ok(LocaleView.self)
    ) { request, services in
        LocaleView(
            locale: request.path,
            fallbacks: try await services.commerce.catalogue.translations.fallbacks(
                of: request.path, in: services.postgres))
    }

    static let setFallbacks = Endpoint(
        .put, "/locales/{locale}", ContentLocale.self, tag: .catalogue, summary: "Say what a language falls back to",
        description: "None, for its language without the country. The catalogue’s own always comes last.",
        policy: .require(.catalogueManage), body: LocaleInput.self, returns: .ok(LocaleView.self)
    ) { request, work, services in
        try await services.commerce.catalogue.translate.setFallbacks(
            request.body.fallbacks, of: request.path, by: request.principal, in: work)
        return LocaleView(locale: request.path, fallbacks: request.body.fallbacks)
    }
}

struct CatalogueSettingsUpdateInput: APIInput {
    let changes: CatalogueSettingsChanges

    init(_ fields: inout Fields) {
        changes = CatalogueSettingsChanges(
            moderation: fields.change(
                "moderation", .oneOf(Moderation.self), "When what vendors publish is looked at: see /docs",
                example: Moderation.none
            ).value,
            countries: fields.change(
                "countries", .array(of: .text(Declarations.country), count: CatalogueSettings.countryCount),
                "Where it sells: whose duties listings have"
            ).value,
            locale: fields.change("locale", .locale, "The language of the texts that stand with the things").value)
    }
}

struct LocaleInput: APIInput {
    let fallbacks: [ContentLocale]

    init(_ fields: inout Fields) {
        fallbacks = fields.required(
            "fallbacks", .array(of: .locale, count: TranslateCatalogue.fallbackCount), "The first first",
            example: [.english])
    }
}

struct CatalogueSettingsView: APIOutput {
    let settings: CatalogueSettings

    static let example = CatalogueSettingsView(
        settings: CatalogueSettings(moderation: .publication, countries: ["BD"], locale: .english, version: 1))

    func write(to out: inout ObjectWriter) {
        out.field(
            "moderation", settings.moderation,
            "Whether the marketplace looks at what vendors publish: never, before publication, or after edits as well")
        out.field("countries", settings.countries, "Where it sells: whose duties listings have")
        out.field("locale", settings.locale.rawValue, "The language of the texts that stand with the things")
        out.field("version", settings.version, "Grows with every edit; also the ETag")
    }
}

struct TaxClassesView: APIOutput {
    let classes: [TaxClass]

    static let example = TaxClassesView(classes: [TaxClassView.example.taxClass])

    func write(to out: inout ObjectWriter) { out.field("data", classes.map(TaxClassView.init), "By country") }
}

struct TaxClassView: APIOutput {
    let taxClass: TaxClass

    static let example = TaxClassView(
        taxClass: TaxClass(
            code: "in_standard", country: "IN", name: "Standard rate", validFrom: "2025-09-22", validTo: nil))

    func write(to out: inout ObjectWriter) {
        out.field("code", taxClass.code)
        out.field("country", taxClass.country, "ISO 3166-1 alpha-2")
        out.field("name", taxClass.name)
        out.field("valid_from", taxClass.validFrom, "The first day; null for always")
        out.field("valid_to", taxClass.validTo, "The first day on which it is not given any more; null for never")
    }
}

struct LocaleView: APIOutput {
    let locale: ContentLocale
    let fallbacks: [ContentLocale]

    static let schemaName = "LocaleFallbacks"
    static let example = LocaleView(locale: .english, fallbacks: [])

    func write(to out: inout ObjectWriter) {
        out.field("locale", locale.rawValue)
        out.field("fallbacks", fallbacks.map(\.rawValue), "The first first")
    }
}
