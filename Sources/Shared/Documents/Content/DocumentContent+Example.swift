import Core

extension DocumentContent {
    /// A challan of a bookshop in Dhaka: what the documentation shows and what benchmarks draw.
    /// - Parameter lines: at least one.
    package static func example(lines count: Int = 1) -> DocumentContent {
        let lines = (1...max(1, count)).map { number in
            Line(
                orderLine: "oln_\(number)", units: [[0, 1]],
                title: number.isMultiple(of: 2) ? "বিশুদ্ধ ঘি, ৫০০ গ্রাম" : "Atlas of the delta", sku: "BOOK-\(number)",
                hsn: "4901", quantity: 1, unit: UnitCode.ofGoods, unitPrice: 115_000, gross: 115_000, discount: 0,
                taxable: 100_000, taxes: [Tax(head: "vat", rate: 150_000, amount: 15_000)], total: 115_000)
        }
        let (quantity, total) = (Int64(lines.count), 115_000 * Int64(lines.count))
        return DocumentContent(
            type: .vatChallan, title: "VAT Challan (Mushak 6.3)", number: "BD/2627/0000042", financialYear: "2026-27",
            issuedAt: 1_790_000_000, issuedOn: "2026-09-21", issuedTime: "20:13:20", country: "BD", currency: .bdt,
            order: "ord_1", orderNumber: "H100001", orderedOn: "2026-09-21", vendorOrderNumber: "H100001-1",
            seller: Party(
                name: "Rahim Books", legalName: "Rahim Books Limited",
                address: ["12 Lake Road", "Gulshan, Dhaka, 1212"],
                region: Region(code: "BD-13", name: "Dhaka"),
                registration: Registration(label: "BIN", number: "0001234560101")),
            buyer: Party(name: "করিম উদ্দিন", address: ["7 Mirpur Road", "Dhaka"]), isBetweenRegions: false,
            isReverseCharge: false, pricesIncludeTax: true, lines: lines, charges: [],
            totals: Totals(
                quantity: quantity, discount: 0, taxable: 100_000 * quantity,
                taxes: [Tax(head: "vat", amount: 15_000 * quantity)], rounding: 0, total: total, marketplaceDiscount: 0),
            amountInWords: AmountInWords.text(Money(minorUnits: total, currency: .bdt)))
    }
}
