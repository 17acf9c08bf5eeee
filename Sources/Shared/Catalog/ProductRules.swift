import Core

extension NewProduct {
    static let maximumVariants = 100

    /// - Throws: a 422 `Problem` with every field that is not acceptable.
    func check() throws(Problem) {
        var check = InputCheck()
        check.text("/title", title, length: 1...200)
        check.text("/description", description, length: 0...20_000, multiline: true)
        check.number("/variants", variants.count, in: 1...Self.maximumVariants)
        for (index, variant) in variants.enumerated() { variant.check(&check, at: "/variants/\(index)") }
        for (index, variant) in variants.enumerated()
        where variants[..<index].contains(where: { $0.sku == variant.sku }) {
            check.fail("/variants/\(index)/sku", "duplicate", "two variants have this SKU")
        }
        try check.finish()
    }
}

extension NewVariant {
    /// Leaves room for the total of a large order in 64 bits.
    private static let maximumPrice: Int64 = 1_000_000_000_000

    fileprivate func check(_ check: inout InputCheck, at pointer: String) {
        check.text(pointer + "/title", title, length: 0...200)
        check.text(pointer + "/sku", sku, length: 1...100)
        check.number(pointer + "/price/minor_units", price.minorUnits, in: 0...Self.maximumPrice)
        switch (kind, weightGrams) {
        case (.physical, let grams?): check.number(pointer + "/weight_grams", grams, in: 1...10_000_000)
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
        if let title { check.text("/title", title, length: 1...200) }
        if let description { check.text("/description", description, length: 0...20_000, multiline: true) }
        if title == nil, description == nil, status == nil {
            check.fail("", "empty", "at least one of title, description and status must be given")
        }
        try check.finish()
    }
}
