import Core

/// Whose columns a file has.
package enum ImportLayout: String, Hashable, Sendable, CaseIterable {
    /// Our own: what an export has.
    case haat
    case shopify
    case woocommerce
}

/// What a column of a table of rows by handle is.
enum Column: Hashable, Sendable {
    case handle, title, description, html, brand, status, published, seoTitle, seoDescription, hsn, taxClass
    case countryOfOrigin, genericName, manufacturerName, manufacturerAddress, packerName, packerAddress
    case importerName, importerAddress, careName, carePhone, careEmail, categories, category, productType
    case optionName(Int), optionValue(Int)
    case sku, variantTitle, kind, requiresShipping, isGiftCard, gtin, weight, length, width, height
    case minimumQuantity, maximumQuantity, netQuantity, netUnit
    case currency, price, compareAt, maximumRetail, sales
    case pictureURL, picturePosition, pictureAlt, pictureSKU, variantPicture
}

/// The first line of a table.
struct TableHead: Sendable {
    let layout: ImportLayout
    /// As the file has them.
    let names: [String]
    private let places: [Column: Int]
    /// Where the columns stand that the layout doesn't know.
    let own: [Int]

    /// - Parameter wanted: nil to tell the layout by the names.
    init(_ row: TableRow, as wanted: ImportLayout?) throws(ImportFault) {
        names = row.fields.indices.map { row.text(at: $0) }
        guard names.allSatisfy({ $0.unicodeScalars.count <= 200 }) else {
            throw ImportFault("the first line must be the names of the columns, each of 200 characters at most")
        }
        let keys = names.map { UTF8Text($0).lowercasedASCII }
        guard let layout = wanted ?? Self.layout(of: Set(keys)) else {
            throw ImportFault("the first line has the columns of no known layout")
        }
        self.layout = layout
        var places: [Column: Int] = [:]
        var own: [Int] = []
        for (index, key) in keys.enumerated() {
            if let column = Self.column(key.string, of: layout) {
                guard places.updateValue(index, forKey: column) == nil else {
                    throw ImportFault("the first line has the column “\(UTF8Text(names[index]).excerpt())” twice")
                }
            } else if !key.isEmpty {
                own.append(index)
            }
        }
        self.places = places
        self.own = own
        try require()
    }

    private func require() throws(ImportFault) {
        let needed: [(Column, String)] =
            switch layout {
            case .haat: [(.handle, "handle"), (.sku, "sku")]
            case .shopify: [(.title, "Title")]
            case .woocommerce: []
            }
        for (column, name) in needed where places[column] == nil {
            throw ImportFault("the first line lacks the column “\(name)”")
        }
    }

    func has(_ column: Column) -> Bool { places[column] != nil }

    /// The cell of a row; nil where there is no such column.
    func text(_ column: Column, in row: TableRow) -> String? { places[column].map { row.text(at: $0) } }

    func name(of column: Column) -> String { places[column].map { names[$0] } ?? "" }

    private static func layout(of keys: Set<UTF8Text>) -> ImportLayout? {
        if keys.isSuperset(of: ["type", "sku", "name"]) { return .woocommerce }
        if keys.isSuperset(of: ["handle", "sku", "price", "currency"]) { return .haat }
        let isShopify =
            keys.contains("title")
            && (keys.contains("handle") || keys.contains("url handle") || keys.contains("option1 name"))
        return isShopify ? .shopify : nil
    }

    private static func column(_ name: String, of layout: ImportLayout) -> Column? {
        switch layout {
        case .haat: haat[name]
        case .shopify: shopify[name]
        case .woocommerce: nil
        }
    }

    static let haat: [String: Column] = {
        var columns: [String: Column] = [:]
        for (name, column) in haatColumns { columns[name] = column }
        return columns
    }()

    /// Our own columns in the order of an export.
    static let haatColumns: [(name: String, column: Column)] =
        [
            ("handle", .handle), ("title", .title), ("description", .description), ("brand", .brand),
            ("status", .status), ("categories", .categories), ("seo_title", .seoTitle),
            ("seo_description", .seoDescription), ("hsn", .hsn), ("tax_class", .taxClass),
            ("country_of_origin", .countryOfOrigin), ("generic_name", .genericName),
            ("manufacturer_name", .manufacturerName), ("manufacturer_address", .manufacturerAddress),
            ("packer_name", .packerName), ("packer_address", .packerAddress), ("importer_name", .importerName),
            ("importer_address", .importerAddress), ("consumer_care_name", .careName),
            ("consumer_care_phone", .carePhone), ("consumer_care_email", .careEmail),
        ]
        + (1...3).flatMap { [("option\($0)_name", Column.optionName($0)), ("option\($0)_value", .optionValue($0))] }
        + [
            ("sku", .sku), ("variant_title", .variantTitle), ("kind", .kind), ("gtin", .gtin),
            ("weight_grams", .weight), ("length_mm", .length), ("width_mm", .width), ("height_mm", .height),
            ("minimum_quantity", .minimumQuantity), ("maximum_quantity", .maximumQuantity),
            ("net_quantity", .netQuantity), ("net_unit", .netUnit), ("currency", .currency), ("price", .price),
            ("compare_at_price", .compareAt), ("maximum_retail_price", .maximumRetail), ("sales", .sales),
            ("image_url", .pictureURL), ("image_alt", .pictureAlt), ("image_sku", .pictureSKU),
        ]

    /// Both of Shopify's namings: that of exports since 2025, and the one before.
    private static let shopify: [String: Column] = {
        var columns: [String: Column] = [
            "handle": .handle, "url handle": .handle, "title": .title, "body (html)": .html, "description": .html,
            "vendor": .brand, "product category": .category, "type": .productType, "published": .published,
            "published on online store": .published, "status": .status, "seo title": .seoTitle,
            "seo description": .seoDescription, "variant sku": .sku, "sku": .sku, "variant grams": .weight,
            "weight value (grams)": .weight, "variant price": .price, "price": .price,
            "variant compare at price": .compareAt, "compare-at price": .compareAt, "variant barcode": .gtin,
            "barcode": .gtin, "variant requires shipping": .requiresShipping, "requires shipping": .requiresShipping,
            "gift card": .isGiftCard, "image src": .pictureURL, "product image url": .pictureURL,
            "image position": .picturePosition, "image alt text": .pictureAlt, "variant image": .variantPicture,
            "variant image url": .variantPicture,
        ]
        for number in 1...3 {
            columns["option\(number) name"] = .optionName(number)
            columns["option\(number) value"] = .optionValue(number)
        }
        return columns
    }()
}
