import Catalog
import Core
import Media
import Values

/// The lines of a product in our own layout.
struct ExportRows {
    let product: CatalogueEntry
    let categories: CategoryIndex
    let links: MediaLinks
    let ownColumns: [String]
    let key: String?
    let media: [ProductMedia]

    /// As many as its variants or its pictures, whichever are more, and one for its own columns where variants have theirs too.
    func write(to file: inout CSVWriter) {
        let variants = product.product.variants
        let own = product.extraFields[nil] ?? [:]
        let first = own.isEmpty ? 0 : 1
        for index in 0..<max(first + variants.count, media.count, 1) {
            let variant = index >= first && index - first < variants.count ? variants[index - first] : nil
            let picture = index < media.count ? media[index] : nil
            let fields = variant.map { product.extraFields[$0.id] ?? [:] } ?? (index == 0 ? own : [:])
            for (_, column) in TableHead.haatColumns {
                file.write(SpreadsheetText.guarded(text(column, index == 0, variant, picture)))
            }
            for column in ownColumns {
                file.write(SpreadsheetText.guarded(fields[UTF8Text(column)]?.textValue?.string ?? ""))
            }
            file.endRecord()
        }
    }

    private func text(_ column: Column, _ isFirst: Bool, _ variant: Variant?, _ picture: ProductMedia?) -> String {
        if column == .handle { return key ?? product.product.content.slug.rawValue }
        if isFirst, let text = productText(column) { return text }
        if let variant, let text = variantText(column, variant) { return text }
        if let picture, let text = pictureText(column, picture) { return text }
        return ""
    }

    private func productText(_ column: Column) -> String? {
        let (product, content) = (product.product, product.product.content)
        let declared = content.declarations
        switch column {
        case .title: return content.title
        case .description: return content.description
        case .brand: return content.brand
        case .status: return product.status.rawValue
        case .categories:
            return self.product.categories.compactMap { categories.path(of: $0) }.joined(separator: " | ")
        case .seoTitle: return content.searchListing.title
        case .seoDescription: return content.searchListing.description
        case .hsn: return content.taxation.hsn ?? ""
        case .taxClass: return content.taxation.taxClass ?? ""
        case .countryOfOrigin: return declared.countryOfOrigin ?? ""
        case .genericName: return declared.genericName
        case .manufacturerName: return declared.manufacturer?.name ?? ""
        case .manufacturerAddress: return declared.manufacturer?.address ?? ""
        case .packerName: return declared.packer?.name ?? ""
        case .packerAddress: return declared.packer?.address ?? ""
        case .importerName: return declared.importer?.name ?? ""
        case .importerAddress: return declared.importer?.address ?? ""
        case .careName: return declared.consumerCare?.name ?? ""
        case .carePhone: return declared.consumerCare?.phone ?? ""
        case .careEmail: return declared.consumerCare?.email ?? ""
        case .optionName(let number):
            return number <= product.options.count ? product.options[number - 1].name : ""
        default: return nil
        }
    }

    private func variantText(_ column: Column, _ variant: Variant) -> String? {
        let details = variant.details
        let price = product.prices[variant.id]
        switch column {
        case .optionValue(let number): return number <= details.choices.count ? details.choices[number - 1] : ""
        case .sku: return details.sku
        case .variantTitle: return details.title
        case .kind: return variant.kind.rawValue
        case .gtin: return details.gtin?.rawValue ?? ""
        case .weight: return details.weightGrams.map { "\($0)" } ?? ""
        case .length: return details.dimensions.map { "\($0.length)" } ?? ""
        case .width: return details.dimensions.map { "\($0.width)" } ?? ""
        case .height: return details.dimensions.map { "\($0.height)" } ?? ""
        case .minimumQuantity: return "\(details.quantityPerOrder.minimum)"
        case .maximumQuantity: return details.quantityPerOrder.maximum.map { "\($0)" } ?? ""
        case .netQuantity: return details.netQuantity.map { "\($0.amount)" } ?? ""
        case .netUnit: return details.netQuantity?.unit.rawValue ?? ""
        case .currency: return product.product.currency.code
        case .price: return price.map { CellValues.text($0.amount) } ?? ""
        case .compareAt: return price?.compareAt.map { CellValues.text($0) } ?? ""
        case .maximumRetail: return price?.maximumRetail.map { CellValues.text($0) } ?? ""
        case .sales: return price.map { CellValues.text($0.sales) } ?? ""
        default: return nil
        }
    }

    private func pictureText(_ column: Column, _ picture: ProductMedia) -> String? {
        switch column {
        case .pictureURL: links.address(of: picture.media)
        case .pictureAlt: picture.altText
        case .pictureSKU: picture.variant.flatMap { id in product.product.variants.first { $0.id == id }?.sku } ?? ""
        default: nil
        }
    }
}
