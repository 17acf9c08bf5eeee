import Catalog
import Core
import Endpoints
import Foundation
import Vendors

struct ProductCreateInput: APIInput {
    /// Holds an update's texts and 100 variants of 4 kB.
    static let largestBody = TextBody.limit + 100 * 4096

    /// In what a product begins.
    enum InitialStatus: String, CaseIterable {
        case draft
        case active
    }

    let product: NewProduct

    init(_ fields: inout Fields) {
        product = NewProduct(
            vendor: fields.required("vendor_id", .id(Vendor.self), "Who sells it", example: .example),
            title: fields.required("title", .text(NewProduct.title), "What it is", example: "Lekha Antivirus"),
            description: fields.optional("description", .text(NewProduct.description), "More about it", default: ""),
            slug: fields.optional("slug", .slug, "Its name in links; without one, it is made of the title"),
            brand: fields.optional("brand", .text(NewProduct.brand), "Whose make it is", default: ""),
            searchListing: SearchListing(
                title: fields.optional("seo_title", .text(NewProduct.searchTitle), "For search engines", default: ""),
                description: fields.optional(
                    "seo_description", .text(NewProduct.searchDescription), "For search engines", default: "")),
            taxation: Taxation(
                hsn: fields.optional("hsn", .text(NewProduct.hsn), "The Harmonised System’s code: 4, 6 or 8 digits"),
                taxClass: fields.optional("tax_class", .text(NewProduct.taxClass), "How it is taxed; see /tax_classes")),
            declarations: Declarations(
                countryOfOrigin: fields.optional(
                    "country_of_origin", .text(Declarations.country), "ISO 3166-1 alpha-2"),
                genericName: fields.optional(
                    "generic_name", .text(Declarations.genericNameRule), "What kind of goods it is", default: ""),
                manufacturer: fields.optional("manufacturer", .object(EstablishmentInput.self), "Who makes it")?.value,
                packer: fields.optional("packer", .object(EstablishmentInput.self), "Who packs it")?.value,
                importer: fields.optional("importer", .object(EstablishmentInput.self), "Who imports it")?.value,
                consumerCare: fields.optional(
                    "consumer_care", .object(ConsumerCareInput.self), "Whom buyers turn to")?.value),
            isSubmitted: fields.optional(
                "status", .oneOf(InitialStatus.self),
                "Drafts are hidden; active goes on sale at once, or into review where the marketplace looks first",
                default: .draft) == .active,
            options: fields.optional(
                "options", .array(of: .object(ProductOptionCreateInput.self), count: ProductOption.count),
                "What the variants differ in", default: []
            ).map(\.option),
            variants: fields.required(
                "variants", .array(of: .object(VariantCreateInput.self), count: NewProduct.variantCount),
                "What can be bought"
            ).map(\.variant))
    }
}

struct ProductUpdateInput: APIInput {
    let changes: ProductChanges

    init(_ fields: inout Fields) { changes = ProductChanges(&fields) }
}

extension ProductChanges {
    init(_ fields: inout Fields) {
        self.init()
        title = fields.change("title", .text(NewProduct.title), "What it is", example: "Lekha Antivirus 2").value
        description = fields.change("description", .text(NewProduct.description), "More about it").value
        slug = fields.change("slug", .slug, "Its name in links; former ones still lead to it").value
        brand = fields.change("brand", .text(NewProduct.brand), "Whose make it is").value
        searchTitle = fields.change("seo_title", .text(NewProduct.searchTitle), "For search engines").value
        searchDescription =
            fields.change("seo_description", .text(NewProduct.searchDescription), "For search engines").value
        hsn = fields.change("hsn", .nullable(.text(NewProduct.hsn)), "4, 6 or 8 digits").value
        taxClass = fields.change("tax_class", .nullable(.text(NewProduct.taxClass)), "See /tax_classes").value
        countryOfOrigin =
            fields.change("country_of_origin", .nullable(.text(Declarations.country)), "ISO 3166-1 alpha-2").value
        genericName =
            fields.change("generic_name", .text(Declarations.genericNameRule), "What kind of goods it is").value
        manufacturer = establishment("manufacturer", "Who makes it", &fields)
        packer = establishment("packer", "Who packs it", &fields)
        importer = establishment("importer", "Who imports it", &fields)
        consumerCare =
            fields.change("consumer_care", .nullable(.object(ConsumerCareInput.self)), "Whom buyers turn to").value
            .map { $0?.value }
    }

    private func establishment(_ name: UTF8Text, _ description: String, _ fields: inout Fields) -> Establishment?? {
        fields.change(name, .nullable(.object(EstablishmentInput.self)), description).value.map { $0?.value }
    }
}

struct EstablishmentInput: APIInput {
    static let schemaName = "Establishment"

    let value: Establishment

    init(_ fields: inout Fields) {
        value = Establishment(
            name: fields.required("name", .text(Establishment.name), "As registered", example: "Lekha Foods Ltd."),
            address: fields.required(
                "address", .text(Establishment.address), "With its postal code", example: "12 Lake Road, Dhaka 1212"))
    }
}

struct ConsumerCareInput: APIInput {
    static let schemaName = "ConsumerCare"

    let value: ConsumerCare

    init(_ fields: inout Fields) {
        value = ConsumerCare(
            name: fields.required("name", .text(ConsumerCare.name), "An office", example: "Customer care"),
            phone: fields.required("phone", .phone, "With the country’s code", example: "+8801712345678"),
            email: fields.required("email", .email, "An address", example: "care@lekha.example"))
    }
}

struct ProductOptionCreateInput: APIInput {
    let option: ProductOption

    init(_ fields: inout Fields) {
        option = ProductOption(
            name: fields.required("name", .text(ProductOption.name), "What is chosen", example: "Size"),
            choices: fields.required(
                "choices", .array(of: .text(ProductOption.choice), count: ProductOption.choiceCount),
                "What there is to choose, in the order in which it is shown", example: ["S", "M", "L"]))
    }
}
