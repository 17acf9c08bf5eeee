import Postgres

/// What a document is before the law.
package enum DocumentType: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    /// Of India's goods and services tax, by those who are registered.
    case taxInvoice = "tax_invoice"
    /// The same where some of the goods are exempt.
    case invoiceCumBillOfSupply = "invoice_cum_bill_of_supply"
    /// Without tax: of exempt goods, and of those who pay by composition.
    case billOfSupply = "bill_of_supply"
    /// Of those who have no registration.
    case bill
    /// Of Bangladesh's value added tax, Mushak 6.3.
    case vatChallan = "vat_challan"
    /// Takes back what one of the others has charged.
    case creditNote = "credit_note"

    /// What is issued for some of the lines of a sale for which this is due as a whole.
    /// - Parameter isTaxed: of each of these lines, whether there is a tax on it.
    package func narrowed(to isTaxed: [Bool]) -> DocumentType {
        guard self == .invoiceCumBillOfSupply else { return self }
        if !isTaxed.contains(false) { return .taxInvoice }
        return isTaxed.contains(true) ? self : .billOfSupply
    }
}

/// What is drawn of a document.
package enum Rendition: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    case document
    /// What lies in the parcel, without prices.
    case packingSlip = "packing_slip"
    /// The same for printers of labels.
    case packingLabel = "packing_label"

    /// Those of a document.
    package static func all(of type: DocumentType) -> [Rendition] { type == .creditNote ? [.document] : allCases }
}
