import Catalog
import Core
import Foundation
import Values

/// Makes one product of its row and its variations'.
struct WooCommerceProductReader {
    let head: WooCommerceHead
    let context: LayoutContext
    let parent: TableRow
    let variations: [TableRow]
    private var source: SourceProduct
    private var draft: ProductDraft
    private var pictures: [SourcePicture] = []
    private var lacksWeight = false

    init(head: WooCommerceHead, context: LayoutContext, parent: TableRow, variations: [TableRow]) {
        self.head = head
        self.context = context
        self.parent = parent
        self.variations = variations
        let key = head.key(of: parent) ?? Slug(wordsOf: head.text("name", parent), limit: 100)?.rawValue ?? ""
        source = SourceProduct(key: key, line: parent.line)
        source.bytes = variations.reduce(parent.bytes) { $0 + $1.bytes }
        draft = ProductDraft(key: key)
    }

    func read() -> SourceProduct {
        var reader = self
        return reader.product()
    }

    private mutating func product() -> SourceProduct {
        source.lastLine = max(parent.line, variations.map(\.line).max() ?? 0)
        if ([parent] + variations).contains(where: \.isWindows1252) {
            source.note(source.line, "", "encoding", "is not UTF-8 and was read as Windows-1252")
        }
        guard ProductDraft.key.violations(of: draft.key).isEmpty else {
            source.isRefused = true
            source.note(source.line, head.name("sku"), "key", "needs an SKU, an ID or a name")
            return source
        }
        readContent()
        readCategories()
        addPictures(of: parent, sku: nil)
        variations.isEmpty ? readSimple() : readVariations()
        if lacksWeight, draft.status == .active {
            draft.status = .draft
            source.note(source.line, head.name("published"), "not_offered", "not put on sale: its weight is not known")
        }
        if head.has("images") { source.pictures = pictures.checked(&source, head.name("images")) }
        source.draft = draft
        return source
    }

    private mutating func readContent() {
        var content = ProductChanges()
        content.title = CellValues.line(head.text("name", parent), NewProduct.title)
        let texts = ["short description", "description"].map { HTMLText(withLines(head.text($0, parent))) }
        content.description = CellValues.clean(
            texts.map(\.text).filter { !$0.isEmpty }.joined(separator: "\n\n"), NewProduct.description)
        if texts.contains(where: \.hasLostMarkup) {
            source.note(
                parent.line, head.name("description"), "markup",
                "links, pictures and films of it are kept as their words")
        }
        if head.has("brands") { content.brand = CellValues.line(head.text("brands", parent), NewProduct.brand) }
        draft.content = content
        draft.status = head.text("published", parent) == "1" ? .active : .draft
    }

    /// Line ends are written as a backslash and an n.
    private func withLines(_ text: String) -> String { text.replacing("\\n", with: "\n") }

    private mutating func readCategories() {
        guard head.has("categories") else { return }
        var found: [ID<Category>] = []
        for name in WooCommerceList.items(head.text("categories", parent)) {
            if let category = context.categories.find(name) {
                if !found.contains(category) { found.append(category) }
            } else {
                source.keptColumns.insert(head.name("categories"))
                draft.extraFields[UTF8Text(head.name("categories"))] = .string(head.text("categories", parent))
                source.note(
                    parent.line, head.name("categories"), "unknown",
                    "there is no category “\(UTF8Text(name).excerpt(100))”; the column is kept")
            }
        }
        if !found.isEmpty { draft.categories = Array(found.prefix(PlaceProduct.count.upperBound)) }
    }

    private mutating func readSimple() {
        var variant = variant(parent, under: nil)
        variant.extraFields.merge(fields(of: parent)) { old, _ in old }
        variant.extraFields.merge(attributeFields(except: [], of: parent)) { old, _ in old }
        draft.variants = [variant]
        draft.options = []
        source.variantLines = [parent.line]
    }

    private mutating func readVariations() {
        let used = head.attributes.filter { number in
            variations.contains { !head.text("attribute \(number) name", $0).isEmpty }
        }
        draft.extraFields.merge(fields(of: parent)) { old, _ in old }
        draft.extraFields.merge(attributeFields(except: used, of: parent)) { old, _ in old }
        let names = used.map { name(ofAttribute: $0) }
        var choices = used.map { WooCommerceList.items(head.text("attribute \($0) value(s)", parent)) }
        for row in variations {
            var variant = variant(row, under: parent)
            variant.extraFields.merge(fields(of: row)) { old, _ in old }
            variant.changes.choices = used.enumerated().map { index, number in
                let choice = head.text("attribute \(number) value(s)", row)
                guard choice.isEmpty else { return choice }
                source.note(
                    row.line, head.name("attribute \(number) value(s)"), "assumed",
                    "is for any choice, and called “Any”")
                return "Any"
            }
            for (index, choice) in (variant.changes.choices ?? []).enumerated() {
                choices[index].appendOnce(choice)
            }
            addPictures(of: row, sku: variant.sku)
            draft.variants.append(variant)
            source.variantLines.append(row.line)
        }
        draft.options = zip(names, choices).map { ProductOption(name: $0, choices: $1) }
    }

    private func name(ofAttribute number: Int) -> String {
        ([parent] + variations).map { head.text("attribute \(number) name", $0) }.first { !$0.isEmpty } ?? ""
    }

    private mutating func variant(_ row: TableRow, under parent: TableRow?) -> VariantDraft {
        let type = head.type(of: row)
        if !type.isSent {
            source.note(row.line, head.name("type"), "assumed", "is not sent, and so sold as licence keys")
        }
        var variant = VariantDraft(
            sku: sku(row, under: parent), kind: type.isSent ? .physical : .licenceKey, price: price(row))
        var changes = VariantChanges()
        let gtin = head.text(WooCommerceHead.gtin, row)
        if head.has(WooCommerceHead.gtin) {
            changes.gtin = .some(GTIN(rawValue: gtin))
            if !gtin.isEmpty, GTIN(rawValue: gtin) == nil {
                source.note(
                    row.line, head.name(WooCommerceHead.gtin), "check_digit",
                    "is no GTIN, and kept as a column of yours")
                variant.extraFields[UTF8Text(head.name(WooCommerceHead.gtin))] = .string(gtin)
            }
        }
        guard type.isSent else {
            variant.changes = changes
            return variant
        }
        let grams = measure("weight", row, under: parent, Self.grams)
        if let grams, grams > 0 {
            changes.weightGrams = grams
        } else {
            lacksWeight = true
            variant.assumedWeightGrams = 1
            source.note(row.line, head.name("weight"), "assumed", "has no weight: a new variant gets 1 g")
        }
        let sides = ["length", "width", "height"].map { measure($0, row, under: parent, Self.millimetres) ?? 0 }
        if sides.allSatisfy({ $0 > 0 }) {
            changes.dimensions = Dimensions(length: sides[0], width: sides[1], height: sides[2])
        } else if sides.contains(where: { $0 > 0 }) {
            source.note(row.line, head.name("length"), "incomplete", "has not all three sides, and so no size")
        }
        variant.changes = changes
        return variant
    }

    /// A variation weighs and measures what its parent does where it says nothing.
    private func measure(
        _ column: String, _ row: TableRow, under parent: TableRow?, _ factors: [String: Int64]
    ) -> Int? {
        let own = head.text(column, row)
        let text = own.isEmpty ? parent.map { head.text(column, $0) } ?? "" : own
        guard let unit = head.units[column], let factor = factors[unit],
            let thousandths = CellValues.decimal(text, exponent: 3, isRounding: true), thousandths < 1_000_000_000
        else { return nil }
        return Int((thousandths * factor + 500_000) / 1_000_000)
    }

    /// In thousandths.
    private static let grams: [String: Int64] = ["kg": 1_000_000, "g": 1_000, "lbs": 453_592, "oz": 28_350]
    private static let millimetres: [String: Int64] = [
        "m": 1_000_000, "cm": 10_000, "mm": 1_000, "in": 25_400, "yd": 914_400,
    ]

    private mutating func sku(_ row: TableRow, under parent: TableRow?) -> String {
        let sku = VariantDetails.sku.normalized(head.text("sku", row))
        // A variation without one shows its parent's.
        guard sku.isEmpty || (parent.map { UTF8Text(head.text("sku", $0)) == UTF8Text(sku) } ?? false) else {
            return sku
        }
        let id = head.text("id", row)
        let made = String((id.isEmpty ? "\(draft.key)-\(draft.variants.count + 1)" : "woocommerce-\(id)").suffix(100))
        source.note(row.line, head.name("sku"), "made", "has no SKU of its own and is called \(made)")
        return made
    }

    private mutating func price(_ row: TableRow) -> PriceDraft {
        let (regular, sale) = (head.text("regular price", row), head.text("sale price", row))
        var price = PriceDraft(amount: CellValues.money(regular, context.currency), compareAt: .some(nil), sales: [])
        if price.amount == nil, !regular.isEmpty {
            source.note(row.line, head.name("regular price"), "format", "is no amount of \(context.currency)")
        }
        guard !sale.isEmpty else { return price }
        guard let amount = price.amount, let lower = CellValues.money(sale, context.currency),
            lower.minorUnits < amount.minorUnits
        else {
            source.note(
                row.line, head.name("sale price"), "maximum", "is not less than the regular price, and left out")
            return price
        }
        let start = CellValues.day(head.text("date sale price starts", row))
        let end = CellValues.day(head.text("date sale price ends", row)).map { $0 + 86_400 }
        if let end {
            // Without a first day it holds already.
            let first = start ?? Date(timeIntervalSince1970: 0)
            if first < end { price.sales = [SalePrice(amount: lower, startsAt: first, endsAt: end)] }
        } else if start == nil {
            price.amount = lower
            price.compareAt = .some(amount)
        } else {
            source.note(row.line, head.name("date sale price ends"), "required", "a sale needs its last day; left out")
        }
        return price
    }

    private mutating func addPictures(of row: TableRow, sku: String?) {
        for url in WooCommerceList.addresses(head.text("images", row)) {
            pictures.append(SourcePicture(line: row.line, url: url, altText: "", sku: sku))
        }
    }

    /// What is told by attributes that no variation is chosen by.
    private mutating func attributeFields(except used: [Int], of row: TableRow) -> ExtraFields {
        var fields: ExtraFields = [:]
        for number in head.attributes where !used.contains(number) {
            for column in ["name", "value(s)"] {
                let name = "attribute \(number) \(column)"
                let text = head.text(name, row)
                guard !text.isEmpty else { continue }
                source.keptColumns.insert(head.name(name))
                fields[UTF8Text(head.name(name))] = .string(text)
            }
        }
        return fields
    }

    private mutating func fields(of row: TableRow) -> ExtraFields {
        var fields: ExtraFields = [:]
        for index in head.own {
            let text = row.text(at: index)
            if !text.isEmpty { source.keptColumns.insert(head.names[index]) }
            fields[UTF8Text(head.names[index])] = text.isEmpty ? .null : .string(text)
        }
        return fields
    }
}

/// Cells with several values, commas between them.
enum WooCommerceList {
    /// A comma that is part of a value has a backslash before it.
    static func items(_ text: String) -> [String] {
        var items: [[UInt8]] = [[]]
        var isEscaped = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: ","), !isEscaped {
                items.append([])
            } else {
                if isEscaped, byte != UInt8(ascii: ",") { items[items.count - 1].append(UInt8(ascii: "\\")) }
                if byte != UInt8(ascii: "\\") || isEscaped { items[items.count - 1].append(byte) }
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        return items.map { String(decoding: $0.trimmingBlanks(), as: UTF8.self) }.filter { !$0.isEmpty }
    }

    /// Commas may be part of an address: a new one begins where there is “http” behind.
    static func addresses(_ text: String) -> [String] {
        var addresses: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let trimmed = String(decoding: part.utf8.trimmingBlanks(), as: UTF8.self)
            if trimmed.utf8.prefix(4).isEqualIgnoringCase(to: "http") || addresses.isEmpty {
                if !trimmed.isEmpty { addresses.append(trimmed) }
            } else if !trimmed.isEmpty {
                addresses[addresses.count - 1] += ",\(part)"
            }
        }
        return addresses
    }
}
