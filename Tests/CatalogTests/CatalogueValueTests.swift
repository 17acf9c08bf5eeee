import Catalog
import Core
import Foundation
import Testing

@Suite("Values of the catalogue")
struct CatalogueValueTests {
    @Test(
        "A GTIN has 8, 12, 13 or 14 digits of which the last checks the others",
        arguments: ["4006381333931", "96385074", "036000291452", "10012345678902", "00000000000000"])
    func goodGTINs(text: String) {
        #expect(GTIN(rawValue: text)?.rawValue == text)
    }

    @Test(
        "What is no GTIN is none",
        arguments: [
            "4006381333932", "4006381339331", "400638133393", "40063813339310", "", "9638507", "96385074 ", "9638507A",
            "৪০০৬৩৮১৩৩৩৯৩১", "-0638507",
        ])
    func badGTINs(text: String) {
        #expect(GTIN(rawValue: text) == nil)
    }

    @Test("A slug is small letters, digits and single hyphens between them")
    func slugs() {
        for good in ["a", "1", "lekha-antivirus-2", String(repeating: "a", count: 120)] {
            #expect(Slug(rawValue: good)?.rawValue == good)
        }
        for bad in ["", "-a", "a-", "a--b", "A", "a b", "ä", "a/b", String(repeating: "a", count: 121)] {
            #expect(Slug(rawValue: bad) == nil, "\(bad)")
        }
    }

    @Test(
        "A slug that is made of a title is one, whatever the title, and tells it apart by the id",
        arguments: [
            ("Lekha Antivirus, 1 year!", "lekha-antivirus-1-year-"), ("A&B 24/7", "a-b-24-7-"),
            ("  --Ünïcode ", "unicode-"), ("লেখা", ""),
            (String(repeating: "Long ", count: 100), "long-long-long-"),
        ])
    func madeSlugs(title: String, beginning: String) {
        let ids = UUIDv7Generator()
        let (first, second) = (ID<Product>(uuid: ids.next()), ID<Product>(uuid: ids.next()))
        let slug = Slug(from: title, of: first)
        #expect(Slug(rawValue: slug.rawValue) == slug)
        #expect(slug.rawValue.hasPrefix(beginning))
        #expect(slug != Slug(from: title, of: second))
    }

    @Test(
        "Less than a kilogram, litre or metre is priced by its small unit, more by the large one, rounded half up",
        arguments: [
            (500, NetUnit.gram, 10_000, 20, NetUnit.gram), (1_500, .gram, 10_000, 6_667, .kilogram),
            (2, .kilogram, 10_001, 5_001, .kilogram), (1_000, .millilitre, 900, 900, .litre),
            (3, .millilitre, 100, 33, .millilitre), (50, .centimetre, 75, 2, .centimetre), (3, .metre, 100, 33, .metre),
            (6, .piece, 4_500, 750, .piece), (1, .gram, 0, 0, .gram),
        ])
    func unitPrices(amount: Int, unit: NetUnit, price: Int64, expected: Int64, per: NetUnit) {
        let variant = Variant(
            id: ID(uuid: UUID()), product: ID(uuid: UUID()), vendor: ID(uuid: UUID()), kind: .physical,
            details: VariantDetails(sku: "S", weightGrams: 1, netQuantity: NetQuantity(amount: amount, unit: unit)),
            currentPrice: CurrentPrice(amount: Money(minorUnits: price, currency: .inr)))
        #expect(variant.unitPrice == UnitPrice(amount: Money(minorUnits: expected, currency: .inr), per: per))
    }

    @Test("A unit price that is out of range is none, and nothing traps")
    func hugeUnitPrice() {
        let variant = Variant(
            id: ID(uuid: UUID()), product: ID(uuid: UUID()), vendor: ID(uuid: UUID()), kind: .physical,
            details: VariantDetails(sku: "S", netQuantity: NetQuantity(amount: .max, unit: .kilogram)),
            currentPrice: CurrentPrice(amount: Money(minorUnits: .max, currency: .inr)))
        #expect(variant.unitPrice == nil)
    }

    @Test(
        "The languages of a header come in the order in which they are wanted",
        arguments: [
            ("bn-BD,bn;q=0.9,en;q=0.8", ["bn-BD", "bn", "en"]), ("en;q=0.5, BN-bd", ["bn-BD", "en"]),
            ("*, xx-verylong, de;q=0, sr-latn-rs", ["sr-Latn-RS"]), ("", []), (",,;q=1", []),
            ("en;q=nonsense, hi", ["hi"]), ("en, en;q=0.1", ["en"]),
        ])
    func languages(header: String, expected: [String]) {
        #expect(ContentLocale.accepted(by: UTF8Text(header)).map(\.rawValue) == expected)
    }

    @Test("A language is written in one way")
    func locales() {
        for good in ["bn", "bn-BD", "sr-Latn-RS", "fil"] { #expect(ContentLocale(rawValue: good)?.rawValue == good) }
        for bad in ["", "b", "bn-bd", "BN", "bn_BD", "bn-BDX", "sr-latn", "english", "bn-BD-x"] {
            #expect(ContentLocale(rawValue: bad) == nil, "\(bad)")
        }
    }

    @Test("A sale price holds from its start until just before its end")
    func salePrices() {
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        let price = Price(
            amount: Money(minorUnits: 100, currency: .bdt), maximumRetail: Money(minorUnits: 150, currency: .bdt),
            sales: [
                SalePrice(amount: Money(minorUnits: 80, currency: .bdt), startsAt: start, endsAt: start + 10),
                SalePrice(amount: Money(minorUnits: 70, currency: .bdt), startsAt: start + 10, endsAt: start + 20),
            ])
        let amounts = [-1, 0, 9.5, 10, 19.5, 20].map { price.current(at: start + $0) }
        #expect(amounts.map(\.amount.minorUnits) == [100, 80, 80, 70, 70, 100])
        #expect(amounts.map(\.compareAt?.minorUnits) == [nil, 100, 100, 100, 100, nil])
        #expect(amounts.allSatisfy { $0.maximumRetail?.minorUnits == 150 })
    }
}
