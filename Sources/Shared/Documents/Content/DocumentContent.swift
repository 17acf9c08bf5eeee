package import Core
import Foundation
package import Orders

/// All that a document says, as it was when it was issued. It is stored as canonical JSON and never changes; what is drawn comes from it
/// alone. Amounts are minor units of its currency. Members are added as optional ones, never renamed.
package struct DocumentContent: Hashable, Sendable, Codable {
    /// Of this form.
    package var version = 1
    package var type: DocumentType
    package var title: String
    package var number: String
    /// "2026-27".
    package var financialYear: String
    /// In whole seconds since 1970.
    package var issuedAt: Int64
    /// The day and the time of that where the seller is: "2026-11-30" and "21:05:09".
    package var issuedOn: String
    package var issuedTime: String
    package var country: String
    package var currency: Currency
    package var order: String
    package var orderNumber: String
    package var orderedOn: String
    package var vendorOrderNumber: String
    /// Of a credit note.
    package var original: Original?
    package var reason: String?
    package var seller: Party
    package var buyer: Party
    package var delivery: Party?
    /// nil where the law knows no such thing.
    package var placeOfSupply: Region?
    package var isBetweenRegions: Bool
    package var isReverseCharge: Bool
    /// Whether unit prices contain the taxes.
    package var pricesIncludeTax: Bool
    package var lines: [Line]
    /// What the seller charges beside the lines, such as shipping.
    package var charges: [Line]
    package var totals: Totals
    package var amountInWords: String

    /// The document that a credit note takes something back of.
    package struct Original: Hashable, Sendable, Codable {
        package var id: String
        package var number: String
        package var issuedOn: String
    }

    /// Somebody with an address.
    package struct Party: Hashable, Sendable, Codable {
        package var name: String
        /// Where it differs.
        package var legalName: String?
        /// Line by line; empty where none is known.
        package var address: [String]
        package var region: Region?
        package var registration: Registration?
        package var phone: String?
    }

    package struct Registration: Hashable, Sendable, Codable {
        /// "GSTIN", "BIN".
        package var label: String
        package var number: String
    }

    /// A State or district.
    package struct Region: Hashable, Sendable, Codable {
        package var code: String
        package var name: String
    }

    package struct Line: Hashable, Sendable, Codable {
        /// The order's line, or the adjustments of a charge.
        package var orderLine: String?
        package var adjustments: [String]?
        /// Of the line: pairs of the first unit and how many follow from it.
        package var units: [[Int64]]?
        package var title: String
        package var sku: String?
        package var hsn: String?
        package var quantity: Int64
        /// As tax offices abbreviate it.
        package var unit: String
        package var unitPrice: Int64
        /// Before discounts.
        package var gross: Int64
        /// What the seller gives; not negative.
        package var discount: Int64
        /// Without taxes.
        package var taxable: Int64
        package var taxes: [Tax]
        /// With them.
        package var total: Int64
    }

    package struct Tax: Hashable, Sendable, Codable {
        /// Such as "cgst".
        package var head: String
        /// In parts per million; nil in sums.
        package var rate: Int?
        package var amount: Int64
    }

    package struct Totals: Hashable, Sendable, Codable {
        package var quantity: Int64
        package var discount: Int64
        package var taxable: Int64
        /// By head.
        package var taxes: [Tax]
        package var rounding: Int64
        /// The adjustments that it comes from.
        package var roundingAdjustments: [String]?
        package var total: Int64
        /// Of that, what the marketplace pays for the buyer.
        package var marketplaceDiscount: Int64
    }
}

extension DocumentContent {
    /// The bytes that are stored and hashed.
    package func canonicalBytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return try JSONValue(parsing: Array(encoder.encode(self))).canonicalBytes
    }

    /// - Throws: `DecodingError` for what `canonicalBytes` has not written.
    package init(canonicalBytes bytes: [UInt8]) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(DocumentContent.self, from: Data(bytes))
    }

    package func money(_ minorUnits: Int64) -> Money { Money(minorUnits: minorUnits, currency: currency) }
}

extension DocumentContent.Line {
    /// The units of the order's line that it is about.
    package var ranges: UnitRanges {
        UnitRanges(
            (units ?? []).compactMap { pair in
                guard pair.count == 2, pair[1] > 0, pair[0] >= 0, pair[0] <= .max - pair[1] else { return nil }
                return pair[0]..<(pair[0] + pair[1])
            })
    }
}

extension UnitRanges {
    var pairs: [[Int64]] { ranges.map { [$0.lowerBound, Int64($0.count)] } }
}

extension DocumentContent.Totals {
    /// The sums of lines and charges.
    init(
        of lines: [DocumentContent.Line], charges: [DocumentContent.Line], rounding: Int64 = 0,
        roundingAdjustments: [String]? = nil, marketplaceDiscount: Int64 = 0, in currency: Currency
    ) throws(MoneyError) {
        func sum(_ amounts: [Int64]) throws(MoneyError) -> Int64 {
            try amounts.map { Money(minorUnits: $0, currency: currency) }.total(in: currency).minorUnits
        }
        let all = lines + charges
        var heads: [String] = []
        for tax in all.flatMap(\.taxes) where !heads.contains(tax.head) { heads.append(tax.head) }
        var taxes: [DocumentContent.Tax] = []
        for head in heads {
            let amounts = all.flatMap(\.taxes).filter { $0.head == head }.map(\.amount)
            taxes.append(DocumentContent.Tax(head: head, rate: nil, amount: try sum(amounts)))
        }
        self.init(
            quantity: try sum(lines.map(\.quantity)), discount: try sum(all.map(\.discount)),
            taxable: try sum(all.map(\.taxable)), taxes: taxes, rounding: rounding,
            roundingAdjustments: roundingAdjustments, total: try sum(all.map(\.total) + [rounding]),
            marketplaceDiscount: marketplaceDiscount)
    }
}
