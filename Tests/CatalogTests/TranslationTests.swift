import Catalog
import CommerceTestSupport
import Core
import Identity
import Postgres
import Testing
import Vendors

@Suite("Texts in further languages")
struct TranslationTests {
    private let key = NewVariant(sku: "S", kind: .licenceKey, price: Money(minorUnits: 1, currency: .bdt))

    private func locale(_ text: String) throws -> ContentLocale { try #require(ContentLocale(rawValue: text)) }

    private func tell(_ product: Product, in tag: String, _ title: String, _ market: Marketplace) async throws {
        let text = ProductTranslation(locale: try locale(tag), title: title, description: "…")
        _ = try await market.work {
            try await TranslateCatalogue(audit: market.audit, clock: market.clock).set(
                text, of: product.id, by: .system, in: $0)
        }
    }

    @Test("A product is told in the first language that is wanted, or that this one falls back to, in which it is told")
    func fallback() async throws {
        try await Marketplace.open { market in
            let product = try await market.product(of: market.vendor(), title: "Rice", key)
            try await tell(product, in: "bn", "চাল", market)
            try await tell(product, in: "hi", "चावल", market)
            let storefront = StorefrontStore(clock: market.clock)
            for (wanted, title, told) in [
                ([], "Rice", "en"), (["en"], "Rice", "en"), (["bn"], "চাল", "bn"), (["bn-BD"], "চাল", "bn"),
                (["mr-IN"], "चावल", "hi"), (["ta-IN"], "Rice", "en"), (["fr", "hi"], "चावल", "hi"),
                (["en-BD"], "Rice", "en"), (["en", "bn"], "Rice", "en"),
            ] {
                let locales = try wanted.map(locale)
                let page = try await storefront.page(
                    of: product.id, in: locales, visibleTo: .nothing, from: market.client)
                #expect(page?.product.title == title && page?.locale.rawValue == told, "\(wanted)")
                let list = try await storefront.products(
                    .onSale(vendor: nil), page: PageRequest(), in: locales, visibleTo: .nothing, from: market.client)
                #expect(list.items.map(\.title) == [title] && list.items.map(\.locale.rawValue) == [told], "\(wanted)")
            }
        }
    }

    @Test("What a language falls back to is said by the marketplace")
    func chains() async throws {
        try await Marketplace.open { market in
            let product = try await market.product(of: market.vendor(), title: "Rice", key)
            try await tell(product, in: "hi", "चावल", market)
            let translate = TranslateCatalogue(audit: market.audit, clock: market.clock)
            let (tamil, hindi) = (try locale("ta-IN"), try locale("hi"))
            try await market.work { try await translate.setFallbacks([hindi], of: tamil, by: .system, in: $0) }
            #expect(try await TranslationStore().fallbacks(of: tamil, in: market.client) == [hindi])
            let page = try await StorefrontStore(clock: market.clock).page(
                of: product.id, in: [tamil], visibleTo: .nothing, from: market.client)
            #expect(page?.product.title == "चावल")
            await #expect(throws: Problem.self) {
                try await market.work { try await translate.setFallbacks([tamil], of: tamil, by: .system, in: $0) }
            }
        }
    }

    @Test("Each translation is an edit of its product, replaced as a whole and taken away again")
    func edits() async throws {
        try await Marketplace.open { market in
            let product = try await market.product(of: market.vendor(), key)
            try await tell(product, in: "bn", "এক", market)
            try await tell(product, in: "bn", "দুই", market)
            let translations = try await TranslationStore().translations(of: product.id, in: market.client)
            #expect(translations.map(\.title) == ["দুই"])
            let (translate, bengali) = (TranslateCatalogue(audit: market.audit, clock: market.clock), try locale("bn"))
            let removed = try await market.work {
                try await translate.remove(bengali, of: product.id, by: .system, in: $0)
            }
            #expect(removed.version == 4)
            await #expect(throws: Problem.notFound("translation")) {
                try await market.work { try await translate.remove(bengali, of: product.id, by: .system, in: $0) }
            }
        }
    }

    @Test("A choice without a name in a language falls back by itself")
    func attributes() async throws {
        try await Marketplace.open { market in
            let attribute = try await market.work {
                try await ManageAttributes(audit: market.audit, ids: market.ids, clock: market.clock).create(
                    NewAttribute(
                        code: "colour", kind: .choices, name: "Colour",
                        choices: [
                            AttributeChoice(code: "red", name: "Red"), AttributeChoice(code: "blue", name: "Blue"),
                        ]),
                    by: .system, in: $0)
            }
            let bengali = try locale("bn")
            let translate = TranslateCatalogue(audit: market.audit, clock: market.clock)
            try await market.work {
                try await translate.set(
                    AttributeTranslation(locale: bengali, name: "রঙ", choices: ["red": "লাল"]), of: attribute.id,
                    by: .system, in: $0)
            }
            let told = try await AttributeStore().attribute(attribute.id, in: [bengali], from: market.client)
            #expect(told?.name == "রঙ" && told?.choices.map(\.name) == ["লাল", "Blue"])
            let problem = await #expect(throws: Problem.self) {
                try await market.work {
                    try await translate.set(
                        AttributeTranslation(locale: bengali, name: "রঙ", choices: ["green": "সবুজ"]), of: attribute.id,
                        by: .system, in: $0)
                }
            }
            #expect(problem?.fields.map(\.pointer) == ["/choices/green"])
        }
    }
}
