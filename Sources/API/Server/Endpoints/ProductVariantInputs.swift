import Catalog
import Core
import Endpoints
import Foundation

struct VariantCreateInput: APIInput {
    let variant: NewVariant

    init(_ fields: inout Fields) {
        let title = fields.optional("title", .text(VariantDetails.title), "What sets it apart", default: "")
        let sku = fields.required(
            "sku", .text(VariantDetails.sku), "Unique among the vendor’s variants", example: "AV-1Y")
        let kind = fields.required("kind", .oneOf(VariantKind.self), "How it reaches the buyer", example: .licenceKey)
        let price = Price(
            amount: fields.required("price", .money(Price.amount), "For one unit", example: .example),
            compareAt: fields.optional(
                "compare_at_price", .money(Price.amount), "What it cost before, which is more", example: .higherExample),
            maximumRetail: fields.optional(
                "maximum_retail_price", .money(Price.amount), "As printed on the package: a ceiling",
                example: .higherExample))
        variant = NewVariant(
            kind: kind,
            details: VariantDetails(
                title: title, sku: sku,
                gtin: fields.optional("gtin", .gtin, "8, 12, 13 or 14 digits, the last of which checks the others"),
                choices: fields.optional(
                    "choices", .array(of: .text(ProductOption.choice), count: ProductOption.count),
                    "One of each of the product’s options, in their order", default: []),
                weightGrams: fields.optional(
                    "weight_grams", .integer(VariantDetails.weightGrams),
                    "Required for physical variants, refused for others"),
                dimensions: fields.optional(
                    "dimensions", .object(DimensionsInput.self), "Of a packed unit; refused for what is not physical")?
                    .value,
                quantityPerOrder: QuantityPerOrder(
                    minimum: fields.optional(
                        "minimum_quantity", .integer(QuantityPerOrder.range), "Of one order", default: 1),
                    maximum: fields.optional("maximum_quantity", .integer(QuantityPerOrder.range), "Of one order")),
                netQuantity: fields.optional(
                    "net_quantity", .object(NetQuantityInput.self), "What the package declares as its content")?.value),
            price: price)
    }
}

struct VariantUpdateInput: APIInput {
    let changes: VariantChanges

    init(_ fields: inout Fields) {
        var changes = VariantChanges()
        changes.title =
            fields.change("title", .text(VariantDetails.title), "What sets it apart", example: "2 years").value
        changes.sku = fields.change("sku", .text(VariantDetails.sku), "Unique among the vendor’s variants").value
        changes.gtin = fields.change("gtin", .nullable(.gtin), "With its check digit").value
        changes.choices =
            fields.change(
                "choices", .array(of: .text(ProductOption.choice), count: ProductOption.count),
                "One of each of the product’s options, in their order"
            ).value
        changes.weightGrams =
            fields.change("weight_grams", .integer(VariantDetails.weightGrams), "Of a packed unit").value
        changes.dimensions =
            fields.change("dimensions", .nullable(.object(DimensionsInput.self)), "Of a packed unit").value
            .map { $0?.value }
        changes.minimumQuantity =
            fields.change("minimum_quantity", .integer(QuantityPerOrder.range), "Of one order").value
        changes.maximumQuantity =
            fields.change("maximum_quantity", .nullable(.integer(QuantityPerOrder.range)), "Of one order").value
        changes.netQuantity =
            fields.change("net_quantity", .nullable(.object(NetQuantityInput.self)), "The package’s content").value
            .map { $0?.value }
        changes.position =
            fields.change("position", .integer(NewProduct.variantCount), "Among the product’s variants").value
        self.changes = changes
    }
}

struct DimensionsInput: APIInput {
    static let schemaName = "Dimensions"

    let value: Dimensions

    init(_ fields: inout Fields) {
        value = Dimensions(
            length: fields.required("length_mm", .integer(Dimensions.side), "In millimetres", example: 210),
            width: fields.required("width_mm", .integer(Dimensions.side), "In millimetres", example: 148),
            height: fields.required("height_mm", .integer(Dimensions.side), "In millimetres", example: 20))
    }
}

struct NetQuantityInput: APIInput {
    static let schemaName = "NetQuantity"

    let value: NetQuantity

    init(_ fields: inout Fields) {
        value = NetQuantity(
            amount: fields.required(
                "amount", .integer(NetQuantity.amount), "A whole number: 1500 g, not 1.5 kg", example: 500),
            unit: fields.required("unit", .oneOf(NetUnit.self), "What is counted", example: .gram))
    }
}

struct PriceUpdateInput: APIInput {
    let price: Price

    init(_ fields: inout Fields) {
        price = Price(
            amount: fields.required("price", .money(Price.amount), "For one unit", example: .example),
            compareAt: fields.optional(
                "compare_at_price", .money(Price.amount), "What it cost before, which is more", example: .higherExample),
            maximumRetail: fields.optional(
                "maximum_retail_price", .money(Price.amount), "As printed on the package: a ceiling",
                example: .higherExample),
            sales: fields.optional(
                "sales", .array(of: .object(SalePriceCreateInput.self), count: Price.saleCount),
                "Lower prices for a while, in the order of time; no two at once", default: []
            ).map(\.sale))
    }
}

struct SalePriceCreateInput: APIInput {
    let sale: SalePrice

    init(_ fields: inout Fields) {
        sale = SalePrice(
            amount: fields.required(
                "price", .money(Price.amount), "For one unit", example: Money(minorUnits: 99_900, currency: .bdt)),
            startsAt: fields.required("starts_at", .date, "When it begins", example: .example),
            endsAt: fields.required("ends_at", .date, "When it is over", example: .example + 86_400))
    }
}

extension Money {
    /// Above that of a price.
    fileprivate static let higherExample = Money(minorUnits: example.minorUnits * 2, currency: example.currency)
}
