import Core
import Documents
import Endpoints
import Foundation
import Media
import Orders
import Vendors

struct PackingCreateInput: APIInput {
    let packing: NewPacking

    init(_ fields: inout Fields) {
        packing = NewPacking(
            lines: fields.optional(
                "lines", .array(of: .object(ChosenLineInput.self), count: NewOrder.lineCount),
                "What is packed; left out: all that is left")?.map(\.line),
            location: fields.optional(
                "location_id", .id(PickupLocation.self), "Where the goods leave from; left out: the usual place"))
    }
}

struct ChosenLineInput: APIInput {
    let line: ChosenLine

    init(_ fields: inout Fields) {
        line = ChosenLine(
            line: fields.required("line_id", .id(OrderLine.self), "Of the order", example: .example),
            quantity: fields.required("quantity", .integer(NewOrder.quantity), "How many units", example: 1))
    }
}

struct DocumentsQuery: APIInput {
    let filter: DocumentFilter
    let page: PageRequest

    init(_ fields: inout Fields) {
        filter = DocumentFilter(
            order: fields.optional("order_id", .id(Order.self), "Only those of an order"),
            vendorOrder: fields.optional("vendor_order_id", .id(VendorOrder.self), "Only those of a vendor’s part"),
            type: fields.optional("type", .oneOf(DocumentType.self), "Only those of a type"))
        page = fields.page()
    }
}

struct DocumentLinkCreateInput: APIInput {
    let rendition: Rendition
    let lifetime: Int

    init(_ fields: inout Fields) {
        rendition = fields.optional(
            "rendition", .oneOf(Rendition.self), "What is to be fetched", default: .document)
        lifetime = fields.optional(
            "expires_in", .integer(MediaLinks.lifetime), "For how many seconds it is good", default: 900)
    }
}

struct OrderDocumentLinkCreateInput: APIInput {
    let lifetime: Int

    init(_ fields: inout Fields) {
        lifetime = fields.optional(
            "expires_in", .integer(MediaLinks.lifetime), "For how many seconds it is good", default: 900)
    }
}

struct CreditNoteCreateInput: APIInput {
    let credit: NewCredit

    init(_ fields: inout Fields) {
        credit = NewCredit(
            lines: fields.optional(
                "lines", .array(of: .object(ChosenLineInput.self), count: 0...NewOrder.lineCount.upperBound),
                "What is taken back; left out: all that is left")?.map(\.line),
            withCharges: fields.optional(
                "with_charges", .boolean, "Whether shipping and the like go back, too; left out: with the last units"),
            reason: fields.required(
                "reason", .text(NewCredit.reason), "It stands on the credit note", example: "Returned by the buyer"))
    }
}

struct DocumentCancelInput: APIInput {
    let reason: String

    init(_ fields: inout Fields) {
        reason = fields.required(
            "reason", .text(CancelDocument.reason), "For the record", example: "The parcel was packed wrongly")
    }
}

struct DocumentView: APIOutput {
    let document: IssuedDocument

    static let example = DocumentView(
        document: IssuedDocument(
            id: .example, type: .vatChallan, number: "BD/2627/0000042", vendor: .example, order: .example,
            vendorOrder: .example, issuedAt: .example, total: .example, files: [.document: .example]))

    func write(to out: inout ObjectWriter) { document.write(to: &out) }
}

struct DocumentDetailsView: APIOutput {
    let details: DocumentDetails

    static let example = DocumentDetailsView(
        details: DocumentDetails(document: DocumentView.example.document, content: .example()))

    func write(to out: inout ObjectWriter) {
        details.document.write(to: &out)
        let content = details.content
        out.field("title", content.title, "What stands at its head")
        out.field("financial_year", content.financialYear)
        out.field("issued_on", content.issuedOn, "The day where the seller is")
        out.field("seller", DocumentPartyView(party: content.seller))
        out.field("buyer", DocumentPartyView(party: content.buyer))
        out.field("delivery", content.delivery.map(DocumentPartyView.init), "Who receives the goods, if somebody else")
        out.field("place_of_supply", content.placeOfSupply?.code, "The code of the region; null where law knows none")
        out.field("reason", content.reason, "Of a credit note")
        out.field("lines", content.lines.map { DocumentLineView(line: $0, currency: content.currency) })
        out.field(
            "charges", content.charges.map { DocumentLineView(line: $0, currency: content.currency) },
            "What the vendor charges beside them")
        out.field("discount", content.money(content.totals.discount))
        out.field("taxable", content.money(content.totals.taxable), "Without taxes")
        out.field(
            "taxes", content.totals.taxes.map { DocumentTaxView(tax: $0, currency: content.currency) }, "By head")
        out.field("rounding", content.money(content.totals.rounding))
        out.field(
            "marketplace_discount", content.money(content.totals.marketplaceDiscount),
            "What of the total the marketplace pays for the buyer")
        out.field("amount_in_words", content.amountInWords)
    }
}

struct DocumentPartyView: APIOutput {
    let party: DocumentContent.Party

    static let example = DocumentPartyView(party: DocumentContent.example().seller)

    func write(to out: inout ObjectWriter) {
        out.field("name", party.name)
        out.field("legal_name", party.legalName)
        out.field("address", party.address, "Line by line")
        out.field("region", party.region?.code, "Of its State or district")
        out.field("tax_registration", party.registration?.number)
    }
}

struct DocumentLineView: APIOutput {
    let line: DocumentContent.Line
    let currency: Currency

    static let example = DocumentLineView(line: DocumentContent.example().lines[0], currency: .bdt)

    func write(to out: inout ObjectWriter) {
        func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: currency) }
        out.field("line_id", line.orderLine, "Of the order; null for a charge")
        out.field("title", line.title)
        out.field("sku", line.sku)
        out.field("hsn", line.hsn)
        out.field("quantity", line.quantity)
        out.field("unit", line.unit, "As tax offices abbreviate it")
        out.field("unit_price", money(line.unitPrice))
        out.field("discount", money(line.discount))
        out.field("taxable", money(line.taxable), "Without taxes")
        out.field("taxes", line.taxes.map { DocumentTaxView(tax: $0, currency: currency) })
        out.field("total", money(line.total), "With them")
    }
}

struct DocumentTaxView: APIOutput {
    let tax: DocumentContent.Tax
    let currency: Currency

    static let example = DocumentTaxView(tax: DocumentContent.example().lines[0].taxes[0], currency: .bdt)

    func write(to out: inout ObjectWriter) {
        out.field("head", tax.head, "Under which it is paid: cgst, sgst, igst, vat …")
        out.field("rate_ppm", tax.rate, "In parts per million; null in sums")
        out.field("amount", Money(minorUnits: tax.amount, currency: currency))
    }
}

extension IssuedDocument {
    fileprivate func write(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("type", type)
        out.field("number", number, "Unique among the issuer’s of its financial year")
        out.field("vendor_id", vendor)
        out.field("order_id", order)
        out.field("vendor_order_id", vendorOrder)
        out.field("original_id", original, "What a credit note takes back")
        out.field("issued_at", issuedAt)
        out.field("total", total)
        out.field("renditions", Rendition.allCases.filter { files[$0] != nil }, "What was drawn so far")
        out.field("cancelled_at", cancelledAt)
    }
}
