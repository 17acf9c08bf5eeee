package import Core

extension NewProduct {
    /// What a title must be like.
    package static let title = TextRule(1...200, .line)
    /// What a description must be like.
    package static let description = TextRule(0...20_000, .lines)
    package static let brand = TextRule(0...100, .line)
    package static let searchTitle = TextRule(0...200, .line)
    package static let searchDescription = TextRule(0...500, .line)
    /// 4, 6 or 8 digits.
    package static let hsn = TextRule(4...8, .only("0-9"))
    package static let taxClass = TextRule(1...40, .only("a-z0-9_"))
    /// How many variants a product has.
    package static let variantCount = 1...100

    /// - Throws: a 422 `Problem` with every field that is not acceptable.
    func check(_ content: ProductContent, acceptance: some PriceAcceptance) throws(Problem) {
        var check = InputCheck()
        content.check(&check)
        options.check(&check)
        check.number("/variants", variants.count, in: Self.variantCount)
        guard Self.variantCount.contains(variants.count) else { return try check.finish() }
        for (index, variant) in variants.enumerated() {
            let pointer = "/variants/\(index)"
            variant.details.check(&check, at: pointer, kind: variant.kind, options: options)
            variant.price.check(&check, at: pointer, acceptance: acceptance)
            if variant.price.amount.currency != variants[0].price.amount.currency {
                check.fail(
                    pointer + "/price/currency", "mixed_currencies",
                    "must be \(variants[0].price.amount.currency), in which the first variant is sold")
            }
        }
        variants.map(\.details).checkDistinct(&check)
        try check.finish()
    }
}

extension ProductContent {
    func check(_ check: inout InputCheck) {
        check.text("/title", title, NewProduct.title)
        check.text("/description", description, NewProduct.description)
        check.text("/brand", brand, NewProduct.brand)
        check.text("/seo_title", searchListing.title, NewProduct.searchTitle)
        check.text("/seo_description", searchListing.description, NewProduct.searchDescription)
        if let hsn = taxation.hsn {
            check.text("/hsn", hsn, NewProduct.hsn)
            if !hsn.utf8.count.isMultiple(of: 2) { check.fail("/hsn", "format", "must have 4, 6 or 8 digits") }
        }
        if let taxClass = taxation.taxClass { check.text("/tax_class", taxClass, NewProduct.taxClass) }
        check.declarations(declarations)
    }
}

extension [ProductOption] {
    func check(_ check: inout InputCheck) {
        check.number("/options", count, in: ProductOption.count)
        for (index, option) in prefix(ProductOption.count.upperBound).enumerated() {
            let pointer = "/options/\(index)"
            check.text(pointer + "/name", option.name, ProductOption.name)
            if self[..<index].contains(where: { $0.name == option.name }) {
                check.fail(pointer + "/name", "duplicate", "two options have this name")
            }
            check.number(pointer + "/choices", option.choices.count, in: ProductOption.choiceCount)
            var seen: Set<UTF8Text> = []
            for (place, choice) in option.choices.prefix(ProductOption.choiceCount.upperBound).enumerated() {
                check.text("\(pointer)/choices/\(place)", choice, ProductOption.choice)
                if !seen.insert(UTF8Text(choice)).inserted {
                    check.fail("\(pointer)/choices/\(place)", "duplicate", "the option has this choice already")
                }
            }
        }
    }
}

extension VariantDetails {
    /// What a title must be like: a product's only variant needs none.
    package static let title = TextRule(0...200, .line)
    /// What a SKU must be like.
    package static let sku = TextRule(1...100, .identifier)
    /// Up to ten tonnes.
    package static let weightGrams = 1...10_000_000

    func check(_ check: inout InputCheck, at pointer: String, kind: VariantKind, options: [ProductOption]) {
        check.text(pointer + "/title", title, Self.title)
        check.text(pointer + "/sku", sku, Self.sku)
        checkPackage(&check, at: pointer, kind)
        checkChoices(&check, at: pointer, options)
        check.number(pointer + "/minimum_quantity", quantityPerOrder.minimum, in: QuantityPerOrder.range)
        if let maximum = quantityPerOrder.maximum {
            check.number(pointer + "/maximum_quantity", maximum, in: QuantityPerOrder.range)
            if maximum < quantityPerOrder.minimum {
                check.fail(pointer + "/maximum_quantity", "minimum", "must not be less than minimum_quantity")
            }
        }
        if let netQuantity {
            check.number(pointer + "/net_quantity/amount", netQuantity.amount, in: NetQuantity.amount)
        }
    }

    private func checkPackage(_ check: inout InputCheck, at pointer: String, _ kind: VariantKind) {
        switch (kind, weightGrams) {
        case (.physical, let grams?): check.number(pointer + "/weight_grams", grams, in: Self.weightGrams)
        case (.physical, nil):
            check.fail(pointer + "/weight_grams", "required", "a physical variant needs its weight")
        case (.licenceKey, .some):
            check.fail(pointer + "/weight_grams", "not_allowed", "a licence key has no weight")
        case (.licenceKey, nil): break
        }
        guard let dimensions else { return }
        if kind != .physical { check.fail(pointer + "/dimensions", "not_allowed", "a licence key has no size") }
        for (name, side) in [("length", dimensions.length), ("width", dimensions.width), ("height", dimensions.height)]
        {
            check.number("\(pointer)/dimensions/\(name)_mm", side, in: Dimensions.side)
        }
    }

    private func checkChoices(_ check: inout InputCheck, at pointer: String, _ options: [ProductOption]) {
        guard choices.count == options.count else {
            return check.fail(
                pointer + "/choices", "count", "must be one choice of each of the \(options.count) options")
        }
        for (index, (choice, option)) in zip(choices, options).enumerated() where !option.choices.contains(choice) {
            check.fail("\(pointer)/choices/\(index)", "unknown", "must be one of the choices of this option")
        }
    }
}

extension [VariantDetails] {
    /// No two variants of a product have a SKU, or all choices, in common.
    func checkDistinct(_ check: inout InputCheck) {
        var skus: Set<UTF8Text> = []
        var combinations: Set<[UTF8Text]> = []
        for (index, variant) in enumerated() {
            if !skus.insert(UTF8Text(variant.sku)).inserted {
                check.fail("/variants/\(index)/sku", "duplicate", "two variants have this SKU")
            }
            if !variant.choices.isEmpty, !combinations.insert(variant.choices.map { UTF8Text($0) }).inserted {
                check.fail("/variants/\(index)/choices", "duplicate", "two variants have these choices")
            }
        }
    }
}
