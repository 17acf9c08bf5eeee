import Catalog
import Core
import Endpoints
import Foundation

struct VariantView: APIOutput {
    let variant: Variant

    static let example = VariantView(variant: .example)

    func write(to out: inout ObjectWriter) { out.members(of: variant) }
}

/// A variant with what is left of it.
struct VariantOfferView: APIOutput {
    let variant: Variant
    let available: Int64

    static let example = VariantOfferView(variant: .example, available: 48)

    func write(to out: inout ObjectWriter) {
        out.members(of: variant)
        out.field("available", available, "How many units can be bought")
    }
}

/// A variant as lists show it.
struct VariantSummaryView: APIOutput {
    let variant: ProductCard.Variant

    static let example = VariantSummaryView(
        variant: ProductCard.Variant(
            id: .example, title: "1 year", sku: "AV-1Y", kind: .licenceKey, choices: ["1 year"],
            price: CurrentPrice(amount: .example), quantityPerOrder: QuantityPerOrder(), available: 48))

    func write(to out: inout ObjectWriter) {
        out.field("id", variant.id)
        out.field("title", variant.title, "What sets it apart; may be empty")
        out.field("sku", variant.sku)
        out.field("kind", variant.kind)
        out.field("choices", variant.choices, "One of each of the product’s options")
        out.members(of: variant.price)
        out.members(of: variant.quantityPerOrder)
        out.field("available", variant.available, "How many units can be bought")
    }
}

extension ObjectWriter {
    fileprivate mutating func members(of variant: Variant) {
        let details = variant.details
        field("id", variant.id)
        field("title", details.title, "What sets it apart; may be empty")
        field("sku", details.sku)
        field("kind", variant.kind)
        field("gtin", details.gtin?.rawValue)
        field("choices", details.choices, "One of each of the product’s options, in their order")
        members(of: variant.currentPrice)
        field("unit_price", variant.unitPrice.map(UnitPriceView.init), "By what the package declares as its content")
        field("weight_grams", details.weightGrams, "null for what is not shipped")
        field("dimensions", details.dimensions.map(DimensionsView.init))
        members(of: details.quantityPerOrder)
        field("net_quantity", details.netQuantity.map(NetQuantityView.init))
    }

    fileprivate mutating func members(of price: CurrentPrice) {
        field("price", price.amount, "For one unit, now")
        field("compare_at_price", price.compareAt, "What it costs or cost otherwise")
        field("maximum_retail_price", price.maximumRetail, "As printed on the package")
    }

    fileprivate mutating func members(of quantity: QuantityPerOrder) {
        field("minimum_quantity", quantity.minimum, "Of one order")
        field("maximum_quantity", quantity.maximum, "Of one order")
    }
}

struct UnitPriceView: APIOutput {
    let price: UnitPrice

    static let example = UnitPriceView(price: UnitPrice(amount: .example, per: .kilogram))

    func write(to out: inout ObjectWriter) {
        out.field("price", price.amount)
        out.field("per", price.per)
    }
}

struct DimensionsView: APIOutput {
    let value: Dimensions

    static let schemaName = "PackedSize"
    static let example = DimensionsView(value: Dimensions(length: 210, width: 148, height: 20))

    func write(to out: inout ObjectWriter) {
        out.field("length_mm", value.length)
        out.field("width_mm", value.width)
        out.field("height_mm", value.height)
    }
}

struct NetQuantityView: APIOutput {
    let value: NetQuantity

    static let schemaName = "NetQuantityDeclared"
    static let example = NetQuantityView(value: NetQuantity(amount: 500, unit: .gram))

    func write(to out: inout ObjectWriter) {
        out.field("amount", value.amount)
        out.field("unit", value.unit)
    }
}

/// A price with its sales, as those who sell set it.
struct PriceView: APIOutput {
    let price: Price

    static let example = PriceView(
        price: Price(
            amount: .example,
            sales: [
                SalePrice(
                    amount: Money(minorUnits: 99_900, currency: .bdt), startsAt: .example, endsAt: .example + 86_400)
            ]))

    func write(to out: inout ObjectWriter) {
        out.field("currency", price.amount.currency)
        out.field("price", price.amount, "For one unit, but while a sale lasts")
        out.field("compare_at_price", price.compareAt)
        out.field("maximum_retail_price", price.maximumRetail)
        out.field("sales", price.sales.map(SalePriceView.init), "In the order of time")
    }
}

struct SalePriceView: APIOutput {
    let sale: SalePrice

    static let example = SalePriceView(sale: PriceView.example.price.sales[0])

    func write(to out: inout ObjectWriter) {
        out.field("price", sale.amount)
        out.field("starts_at", sale.startsAt)
        out.field("ends_at", sale.endsAt, "When it is over")
    }
}

struct PricesView: APIOutput {
    let prices: [Price]

    static let example = PricesView(prices: [PriceView.example.price])

    func write(to out: inout ObjectWriter) { out.field("data", prices.map(PriceView.init), "By currency") }
}

extension Variant {
    static let example = Variant(
        id: .example, product: .example, vendor: .example, kind: .licenceKey,
        details: VariantDetails(title: "1 year", sku: "AV-1Y", choices: ["1 year"]),
        currentPrice: CurrentPrice(amount: .example))
}
