import Catalog
import Core

extension HandleProductReader {
    mutating func readVariants() {
        let used = options()
        var choices = used.map { _ in [String]() }
        for row in rows {
            let ownFields = fields(of: row)
            guard hasVariant(row) else {
                draft.extraFields.merge(ownFields) { old, new in new.isNull ? old : new }
                continue
            }
            var variant = variant(row)
            variant.extraFields.merge(ownFields) { old, _ in old }
            variant.changes.choices = used.map { text(.optionValue($0.0), row) ?? "" }
            for (index, choice) in (variant.changes.choices ?? []).enumerated() {
                choices[index].appendOnce(choice)
            }
            source.variantLines.append(row.line)
            draft.variants.append(variant)
        }
        if head.has(.optionName(1)), !draft.variants.isEmpty {
            draft.options = zip(used, choices).map { ProductOption(name: $0.1, choices: $1) }
        }
    }

    /// The numbers and names of its options. What Shopify has no options for has one, called so.
    func options() -> [(Int, String)] {
        let named = (1...3).map { number in
            (number, rows.compactMap { text(.optionName(number), $0) }.first { !$0.isEmpty } ?? "")
        }.filter { !$0.1.isEmpty }
        let isSingle =
            isShopify && named.count == 1 && UTF8Text(named[0].1) == "Title"
            && rows.allSatisfy { ["", "Default Title"].contains(UTF8Text(text(.optionValue(1), $0) ?? "")) }
        return isSingle ? [] : named
    }

    func hasVariant(_ row: TableRow) -> Bool {
        let columns: [Column] = isShopify ? [.sku, .price, .optionValue(1)] : [.sku]
        return columns.contains { !(text($0, row) ?? "").isEmpty }
    }

    mutating func variant(_ row: TableRow) -> VariantDraft {
        let currency = currency(row)
        var price = PriceDraft()
        if let amount = text(.price, row), !amount.isEmpty {
            price.amount = CellValues.money(amount, currency)
            if price.amount == nil {
                source.note(row.line, head.name(of: .price), "format", "is no amount of \(currency)")
            }
        }
        price.compareAt = optionalMoney(.compareAt, row, currency, above: price.amount)
        price.maximumRetail = optionalMoney(.maximumRetail, row, currency, above: nil)
        if let sales = text(.sales, row) {
            price.sales = CellValues.sales(sales, currency)
            if price.sales == nil {
                source.note(row.line, head.name(of: .sales), "format", "is no list of sale prices")
            }
        }
        var variant = VariantDraft(sku: sku(row), kind: kind(row), price: price)
        var changes = VariantChanges()
        changes.title = text(.variantTitle, row).map { CellValues.line($0, VariantDetails.title) }
        readGTIN(row, &changes, &variant)
        readPackage(row, &changes, &variant)
        changes.minimumQuantity = number(.minimumQuantity, row).flatMap { $0.map(Int64.init) }
        changes.maximumQuantity = number(.maximumQuantity, row).map { $0.map(Int64.init) }
        if let amount = number(.netQuantity, row) {
            let unit = text(.netUnit, row).flatMap(NetUnit.init)
            changes.netQuantity = .some(amount.flatMap { amount in unit.map { NetQuantity(amount: amount, unit: $0) } })
        }
        variant.changes = changes
        return variant
    }

    func currency(_ row: TableRow) -> Currency {
        guard let code = text(.currency, row), !code.isEmpty else { return context.currency }
        do {
            return try Currency(code)
        } catch {
            return context.currency
        }
    }

    /// What has none is called by the product and its place in it.
    mutating func sku(_ row: TableRow) -> String {
        let sku = VariantDetails.sku.normalized(unquoted(text(.sku, row) ?? ""))
        guard sku.isEmpty else { return sku }
        let made = draft.variants.isEmpty ? key : "\(key)-\(draft.variants.count + 1)"
        let short = String(made.suffix(100))
        source.note(row.line, head.name(of: .sku), "made", "has no SKU and is called \(short)")
        return short
    }

    /// Spreadsheets are kept from shortening numbers by an apostrophe before them.
    func unquoted(_ text: String) -> String {
        guard isShopify, text.utf8.first == UInt8(ascii: "'"),
            text.utf8.dropFirst().allSatisfy({ (48...57).contains($0) })
        else { return text }
        return String(text.dropFirst())
    }

    mutating func kind(_ row: TableRow) -> VariantKind {
        if let kind = text(.kind, row).flatMap(VariantKind.init) { return kind }
        let isSent = text(.requiresShipping, row).flatMap { CellValues.flag($0) } ?? true
        let isGiftCard = text(.isGiftCard, row).flatMap { CellValues.flag($0) } ?? false
        guard !isSent || isGiftCard else { return .physical }
        source.note(
            row.line, head.name(of: isGiftCard ? .isGiftCard : .requiresShipping), "assumed",
            "is not sent, and so sold as licence keys")
        return .licenceKey
    }

    mutating func readGTIN(_ row: TableRow, _ changes: inout VariantChanges, _ variant: inout VariantDraft) {
        guard let text = text(.gtin, row).map(unquoted) else { return }
        if text.isEmpty {
            changes.gtin = .some(nil)
        } else if let gtin = GTIN(rawValue: text) {
            changes.gtin = gtin
        } else {
            source.note(row.line, head.name(of: .gtin), "check_digit", "is no GTIN, and kept as a column of yours")
            variant.extraFields[UTF8Text(head.name(of: .gtin))] = .string(text)
        }
    }

    mutating func readPackage(_ row: TableRow, _ changes: inout VariantChanges, _ variant: inout VariantDraft) {
        guard variant.kind == .physical else { return }
        let grams = text(.weight, row).flatMap { CellValues.decimal($0, exponent: 0, isRounding: true) } ?? 0
        if grams > 0 {
            changes.weightGrams = Int(grams)
        } else {
            lacksWeight = true
            variant.assumedWeightGrams = 1
            source.note(row.line, head.name(of: .weight), "assumed", "has no weight: a new variant gets 1 g")
        }
        guard let length = number(.length, row), let width = number(.width, row), let height = number(.height, row)
        else {
            return
        }
        changes.dimensions =
            if let length, let width, let height {
                Dimensions(length: length, width: width, height: height)
            } else {
                .some(nil)
            }
    }

    /// nil without such a column, nil within for an empty cell.
    mutating func number(_ column: Column, _ row: TableRow) -> Int?? {
        guard let text = text(column, row) else { return nil }
        guard !text.isEmpty else { return .some(nil) }
        guard let number = CellValues.decimal(text, exponent: 0) else {
            source.note(row.line, head.name(of: column), "format", "is no whole number")
            return nil
        }
        return .some(Int(number))
    }

    mutating func optionalMoney(
        _ column: Column, _ row: TableRow, _ currency: Currency, above amount: Money?
    ) -> Money?? {
        guard let text = text(column, row) else { return nil }
        guard !text.isEmpty else { return .some(nil) }
        guard let money = CellValues.money(text, currency) else {
            source.note(row.line, head.name(of: column), "format", "is no amount of \(currency)")
            return nil
        }
        // Shops leave a former price that is no longer higher.
        if let amount, money.minorUnits <= amount.minorUnits {
            if !money.isZero {
                source.note(row.line, head.name(of: column), "minimum", "is not more than the price, and left out")
            }
            return .some(nil)
        }
        return .some(money)
    }
}

extension [String] {
    /// Adds a text that is not there yet.
    mutating func appendOnce(_ text: String) {
        if !contains(where: { UTF8Text($0) == UTF8Text(text) }) { append(text) }
    }
}
