import Core
import Foundation
import Orders
import Registrations
import Values
import Vendors

extension Sale {
    /// What a document about some units says; its number is still empty.
    /// - Parameter before: what the vendor charges beside the lines and has told in a document already, as in the first one.
    /// - Throws: `MoneyError`; a 409 `Problem` where the buyer has to be named with an address and there is none.
    func content(
        _ units: [ID<OrderLine>: UnitRanges], but before: Set<ID<OrderAdjustment>>, from seller: Seller,
        to order: Order,
        under rule: DocumentRule, at moment: IssueDocument.Moment
    ) throws -> DocumentContent {
        let lines = try contentLines(units)
        let charges = try contentCharges(but: before)
        let rounded = rounding.filter { !before.contains($0.adjustment) }
        let totals = try DocumentContent.Totals(
            of: lines, charges: charges, rounding: rounded.reduce(0) { $0 &+ $1.amount },
            roundingAdjustments: rounded.isEmpty ? nil : rounded.map(\.adjustment.description),
            marketplaceDiscount: marketplaceDiscount(units, but: before), in: currency)
        let buyer = order.buyer(in: seller, region: supplyRegion)
        if let limit = rule.buyerAddressFrom, totals.total >= limit, buyer.address.isEmpty, buyer.registration == nil {
            throw Problem.buyerAddressRequired(Money(minorUnits: limit, currency: currency))
        }
        let place = seller.market == .india ? seller.regions.content(supplyRegion ?? seller.region) : nil
        return DocumentContent(
            type: rule.type, title: rule.title, number: "", financialYear: "",
            issuedAt: moment.time.secondsSince1970, issuedOn: moment.day.iso8601, issuedTime: moment.clock,
            country: seller.market.rawValue, currency: currency, order: order.id.description,
            orderNumber: order.number, orderedOn: CivilDate(order.placedAt, in: seller.market).iso8601,
            vendorOrderNumber: number, seller: seller.party, buyer: buyer,
            delivery: order.recipient(in: seller, beside: buyer),
            placeOfSupply: place,
            isBetweenRegions: place != nil && seller.region != nil && place?.code != seller.region,
            isReverseCharge: false, pricesIncludeTax: self.lines.contains { $0.priceIncludesTax && $0.isTaxed },
            lines: lines, charges: charges, totals: totals,
            amountInWords: AmountInWords.text(Money(minorUnits: totals.total, currency: currency)))
    }
}

extension Problem {
    fileprivate static func buyerAddressRequired(_ limit: Money) -> Problem {
        conflict(
            "buyer-address-required", title: "The buyer’s address is required",
            detail: "From \(limit) on a buyer without a registration has to be named with an address")
    }
}

extension Order {
    fileprivate func buyer(in seller: Seller, region: String?) -> DocumentContent.Party {
        DocumentContent.Party(
            name: customer.name ?? shippingAddress?.name ?? "Customer", address: shippingAddress?.lines ?? [],
            region: seller.regions.content(region))
    }

    /// Who receives the goods, where that is somebody else.
    fileprivate func recipient(
        in seller: Seller, beside buyer: DocumentContent.Party
    ) -> DocumentContent.Party? {
        guard let shippingAddress, UTF8Text(shippingAddress.name) != UTF8Text(buyer.name) else { return nil }
        return DocumentContent.Party(name: shippingAddress.name, address: shippingAddress.lines, region: buyer.region)
    }
}

extension ShippingAddress {
    fileprivate var lines: [String] {
        let town = [city, region, postalCode].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
        return [line1, line2, town].compactMap { $0 }.filter { !$0.isEmpty }
    }
}
