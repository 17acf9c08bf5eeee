package import Core

extension NewProduct {
    /// What a title must be like.
    package static let title = TextRule(1...200, .line)
    /// What a description must be like.
    package static let description = TextRule(0...20_000, .lines)
    /// How many variants a product has.
    package static let variantCount = 1...100

    /// - Throws: a 422 `Problem` with every field that is not acceptable.
    func check() throws(Problem) {
        var check = InputCheck()
        check.text("/title", title, Self.title)
        check.text("/description", description, Self.description)
        check.number("/variants", variants.count, in: Self.variantCount)
        for (index, variant) in variants.enumerated() { variant.check(&check, at: "/variants/\(index)") }
        for (index, variant) in variants.enumerated()
        where variants[..<index].contains(where: { $0.sku == variant.sku }) {
            check.fail("/variants/\(index)/sku", "duplicate", "two variants have this SKU")
        }
        try check.finish()
    }
}

extension NewVariant {
    /// What a title must be like: a product's only variant needs none.
    package static let title = TextRule(0...200, .line)
    /// What a SKU must be like.
    package static let sku = TextRule(1...100, .identifier)
    /// Up to ten tonnes.
    package static let weightGrams = 1...10_000_000
    /// In minor units; leaves room for the total of a large order in 64 bits.
    package static let price: ClosedRange<Int64> = 0...1_000_000_000_000

    fileprivate func check(_ check: inout InputCheck, at pointer: String) {
        check.text(pointer + "/title", title, Self.title)
        check.text(pointer + "/sku", sku, Self.sku)
        check.number(pointer + "/price/minor_units", price.minorUnits, in: Self.price)
        switch (kind, weightGrams) {
        case (.physical, let grams?): check.number(pointer + "/weight_grams", grams, in: Self.weightGrams)
        case (.physical, nil):
            check.fail(pointer + "/weight_grams", "required", "a physical variant needs its weight")
        case (.licenceKey, .some):
            check.fail(pointer + "/weight_grams", "not_allowed", "a licence key has no weight")
        case (.licenceKey, nil): break
        }
    }
}

extension ProductChanges {
    /// - Throws: a 422 `Problem` with every field that is not acceptable.
    func check() throws(Problem) {
        var check = InputCheck()
        if let title { check.text("/title", title, NewProduct.title) }
        if let description { check.text("/description", description, NewProduct.description) }
        if title == nil, description == nil, status == nil {
            check.fail("", "empty", "at least one of title, description and status must be given")
        }
        try check.finish()
    }
}
