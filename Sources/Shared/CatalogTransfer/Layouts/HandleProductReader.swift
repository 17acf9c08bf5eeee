import Catalog
import Core
import Values

/// Makes one product of its rows.
struct HandleProductReader {
    let head: TableHead
    let context: LayoutContext
    let key: String
    let rows: [TableRow]
    var source: SourceProduct
    var draft: ProductDraft
    var lacksWeight = false

    init(head: TableHead, context: LayoutContext, key: String, rows: [TableRow]) {
        self.head = head
        self.context = context
        self.key = key
        self.rows = rows
        source = SourceProduct(key: key, line: rows[0].line)
        source.bytes = rows.reduce(0) { $0 + $1.bytes }
        draft = ProductDraft(key: key)
    }

    func read() -> SourceProduct {
        var reader = self
        return reader.product()
    }

    var isShopify: Bool { head.layout == .shopify }

    func text(_ column: Column, _ row: TableRow) -> String? {
        guard let text = head.text(column, in: row) else { return nil }
        return isShopify ? text : SpreadsheetText.unguarded(text)
    }

    mutating func product() -> SourceProduct {
        source.lastLine = rows[rows.count - 1].line
        if rows.contains(where: \.isWindows1252) {
            source.note(source.line, "", "encoding", "is not UTF-8 and was read as Windows-1252")
        }
        if !ProductDraft.key.violations(of: key).isEmpty {
            source.isRefused = true
            source.note(source.line, head.name(of: .handle), "key", "must be a handle of at most 255 characters")
            return source
        }
        readContent(rows[0])
        readPlace(rows[0])
        readVariants()
        readPictures()
        if lacksWeight, draft.status == .active {
            draft.status = .draft
            source.note(source.line, head.name(of: .status), "not_offered", "not put on sale: its weight is not known")
        }
        source.draft = draft
        return source
    }

    mutating func readContent(_ row: TableRow) {
        var content = ProductChanges()
        if let title = text(.title, row), !title.isEmpty { content.title = CellValues.line(title, NewProduct.title) }
        if let html = text(.html, row), content.title != nil {
            let plain = HTMLText(html)
            content.description = CellValues.clean(plain.text, NewProduct.description)
            if plain.hasLostMarkup {
                source.note(
                    row.line, head.name(of: .html), "markup", "links, pictures and films of it are kept as their words")
            }
        }
        if let words = text(.description, row) { content.description = CellValues.clean(words, NewProduct.description) }
        content.brand = text(.brand, row).map { CellValues.line($0, NewProduct.brand) }
        content.searchTitle = text(.seoTitle, row).map { CellValues.line($0, NewProduct.searchTitle) }
        content.searchDescription = text(.seoDescription, row).map { CellValues.line($0, NewProduct.searchDescription) }
        content.hsn = text(.hsn, row).map { $0.isEmpty ? nil : $0 }
        content.taxClass = text(.taxClass, row).map { $0.isEmpty ? nil : $0 }
        content.countryOfOrigin = text(.countryOfOrigin, row).map { $0.isEmpty ? nil : $0 }
        content.genericName = text(.genericName, row).map { CellValues.line($0, Declarations.genericNameRule) }
        content.manufacturer = establishment(.manufacturerName, .manufacturerAddress, row)
        content.packer = establishment(.packerName, .packerAddress, row)
        content.importer = establishment(.importerName, .importerAddress, row)
        if let name = text(.careName, row), let phone = text(.carePhone, row), let email = text(.careEmail, row) {
            content.consumerCare =
                name.isEmpty && phone.isEmpty && email.isEmpty
                ? .some(nil) : ConsumerCare(name: name, phone: phone, email: email)
        }
        draft.content = content
    }

    func establishment(_ name: Column, _ address: Column, _ row: TableRow) -> Establishment?? {
        guard let name = text(name, row), let address = text(address, row) else { return nil }
        return name.isEmpty && address.isEmpty ? .some(nil) : Establishment(name: name, address: address)
    }

    mutating func readPlace(_ row: TableRow) {
        let status = text(.status, row).map { UTF8Text($0).lowercasedASCII } ?? ""
        let isPublished = text(.published, row).flatMap { CellValues.flag($0) }
        switch status {
        case "active": draft.status = isPublished == false ? .draft : .active
        case "archived": draft.status = .archived
        case "in_review": draft.status = .active
        case "draft": draft.status = .draft
        case "": draft.status = isPublished == true ? .active : .draft
        default: source.note(row.line, head.name(of: .status), "unknown", "is no status that is known: kept as a draft")
        }
        var found: [ID<Category>] = []
        var isNamed = false
        for column in [Column.categories, .category, .productType] {
            for name in (text(column, row) ?? "").split(separator: "|") where name.utf8.contains(where: { $0 != 0x20 })
            {
                isNamed = true
                if let category = context.categories.find(String(name)) {
                    if !found.contains(category) { found.append(category) }
                } else if column == .categories {
                    source.note(
                        row.line, head.name(of: column), "unknown",
                        "there is no category “\(UTF8Text(name).excerpt(100))”")
                } else {
                    keep(column, row, for: \.extraFields)
                }
            }
        }
        if head.has(.categories) || (isNamed && !found.isEmpty) {
            draft.categories = Array(found.prefix(PlaceProduct.count.upperBound))
        }
    }
}

extension HandleProductReader {
    mutating func readPictures() {
        guard head.has(.pictureURL) || head.has(.variantPicture) else { return }
        var pictures: [(place: Int, picture: SourcePicture)] = []
        for row in rows {
            guard let url = text(.pictureURL, row), !url.isEmpty else { continue }
            let place = text(.picturePosition, row).flatMap { CellValues.decimal($0, exponent: 0) }
            let sku = text(.pictureSKU, row)
            pictures.append(
                (
                    place.map(Int.init) ?? Int.max,
                    SourcePicture(
                        line: row.line, url: url,
                        altText: CellValues.line(text(.pictureAlt, row) ?? "", ProductMedia.altText),
                        sku: sku.flatMap { $0.isEmpty ? nil : $0 })
                ))
        }
        var ordered = pictures.enumerated().sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
            .map(\.element.picture)
        addVariantPictures(to: &ordered)
        source.pictures = ordered.checked(&source, head.name(of: .pictureURL))
    }

    /// The picture of one variant shows that one; one that several have shows them all.
    mutating func addVariantPictures(to pictures: inout [SourcePicture]) {
        var shown: [UTF8Text: [(line: Int, sku: String)]] = [:]
        var order: [String] = []
        for (index, line) in source.variantLines.enumerated() {
            guard let row = rows.first(where: { $0.line == line }), let url = text(.variantPicture, row), !url.isEmpty
            else { continue }
            if shown[UTF8Text(url)] == nil { order.append(url) }
            shown[UTF8Text(url), default: []].append((line, draft.variants[index].sku))
        }
        for url in order {
            let variants = shown[UTF8Text(url)] ?? []
            let sku = variants.count == 1 && draft.variants.count > 1 ? variants[0].sku : nil
            if let place = pictures.firstIndex(where: { UTF8Text($0.url) == UTF8Text(url) }) {
                let picture = pictures[place]
                pictures[place] = SourcePicture(line: picture.line, url: url, altText: picture.altText, sku: sku)
            } else {
                pictures.append(SourcePicture(line: variants[0].line, url: url, altText: "", sku: sku))
            }
        }
    }

    mutating func fields(of row: TableRow) -> ExtraFields {
        var fields: ExtraFields = [:]
        for index in head.own {
            let value = row.text(at: index)
            let text = isShopify ? value : SpreadsheetText.unguarded(value)
            if !text.isEmpty { source.keptColumns.insert(head.names[index]) }
            fields[UTF8Text(head.names[index])] = text.isEmpty ? .null : .string(text)
        }
        return fields
    }

    mutating func keep(_ column: Column, _ row: TableRow, for path: WritableKeyPath<ProductDraft, ExtraFields>) {
        source.keptColumns.insert(head.name(of: column))
        draft[keyPath: path][UTF8Text(head.name(of: column))] = .string(text(column, row) ?? "")
    }
}

extension [SourcePicture] {
    /// Those that can be fetched, each address once, as many as a product has.
    func checked(_ source: inout SourceProduct, _ column: String) -> [SourcePicture] {
        var seen: Set<UTF8Text> = []
        var kept: [SourcePicture] = []
        for picture in self {
            if !CellValues.isAddress(picture.url) {
                source.note(picture.line, column, "format", "is no address of a picture")
            } else if !seen.insert(UTF8Text(picture.url)).inserted {
                continue
            } else if kept.count == ProductMedia.count.upperBound {
                source.note(picture.line, column, "too_many", "a product has \(kept.count) pictures at most")
            } else {
                kept.append(picture)
            }
        }
        return kept
    }
}
