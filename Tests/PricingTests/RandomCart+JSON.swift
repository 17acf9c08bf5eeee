import Core
import Foundation
import Vendors

@testable import Pricing

extension RandomCart {
    /// The cart as the reference reads it.
    var json: JSONValue {
        let service: [RateHead: Int] = isServiceTaxed ? [isGST ? .gst : .vat: 180_000] : [:]
        return [
            "decimals": .integer(Int64(currency.exponent)), "scheme": isGST ? "gst" : "vat", "across": .bool(isAcross),
            "highest": .bool(highest), "all_discounts": .bool(allDiscounts),
            "multiple": multiple.map { .integer($0) } ?? .null, "service": Self.json(service),
            "taxed": .array(taxed.map { .bool($0) }),
            "classes": .array(
                classes.map { bands in
                    .array(
                        bands.map { band in
                            [
                                "above": band.above.map { .integer($0) } ?? .null,
                                "upto": band.upTo.map { .integer($0) } ?? .null, "rates": Self.json(band.rates),
                            ]
                        })
                }),
            "lines": .array(
                lines.map { line in
                    [
                        "vendor": .integer(Int64(line.vendor)), "product": .integer(Int64(line.product)),
                        "categories": .array(line.categories.map { .integer(Int64($0)) }),
                        "price": .integer(line.price), "quantity": .integer(line.quantity),
                        "included": .bool(line.isIncluded), "class": .integer(Int64(line.taxClass)),
                    ]
                }),
            "charges": .array(
                charges.map { charge in
                    [
                        "vendor": charge.vendor.map { .integer(Int64($0)) } ?? .null,
                        "kind": .string(charge.kind.rawValue), "provider": .string(charge.provider.rawValue),
                        "amount": .integer(charge.amount), "included": .bool(charge.isIncluded),
                    ]
                }),
            "promotions": .array(promotions.map(json)),
        ]
    }

    private static func json(_ rates: [RateHead: Int]) -> JSONValue {
        .object(
            Dictionary(uniqueKeysWithValues: rates.map { (UTF8Text($0.key.rawValue), .integer(Int64($0.value))) }))
    }

    private func json(_ promotion: Promotion) -> JSONValue {
        let terms = promotion.terms
        let ages = promotions.map(\.id).sorted()
        func places<Subject>(_ ids: Set<ID<Subject>>, in all: [ID<Subject>]) -> JSONValue {
            .array(all.indices.filter { ids.contains(all[$0]) }.map { .integer(Int64($0)) })
        }
        var members: [UTF8Text: JSONValue] = [
            "vendor": promotion.vendor.flatMap(vendors.firstIndex).map { .integer(Int64($0)) } ?? .null,
            "age": .integer(Int64(ages.firstIndex(of: promotion.id) ?? 0)),
            "priority": .integer(Int64(terms.stacking.priority)), "exclusive": .bool(terms.stacking.isExclusive),
            "group": .string(terms.stacking.group),
            "combines": terms.stacking.combinesWith.map { .array($0.sorted().map { .string($0) }) } ?? .null,
            "share": .integer(Int64(terms.vendorShare.partsPerMillion)),
            "minimum": .integer(terms.minimumSubtotal ?? 0), "products": places(terms.scope.products, in: products),
            "categories": places(terms.scope.categories, in: categories),
            "excluded": places(terms.scope.excludedProducts, in: products), "most": .null,
        ]
        func rate(_ rate: Rate) -> JSONValue { .integer(Int64(rate.partsPerMillion)) }
        switch terms.action {
        case .percentage(let share, let most):
            (members["action"], members["rate"]) = ("percentage", rate(share))
            if let most { members["most"] = .integer(most) }
        case .amount(let amount): (members["action"], members["amount"]) = ("amount", .integer(amount))
        case .amountPerUnit(let amount): (members["action"], members["amount"]) = ("per_unit", .integer(amount))
        case .tiers(_, let tiers):
            members["action"] = "tiers"
            members["tiers"] = .array(
                tiers.map { tier in
                    guard case .percentage(let share) = tier.discount else { return .null }
                    return ["minimum": .integer(tier.minimum), "rate": rate(share)]
                })
        case .buyGet(let offer):
            (members["action"], members["rate"]) = ("buy_get", rate(offer.rate))
            (members["buy"], members["get"]) = (.integer(offer.buy), .integer(offer.get))
        case .freeShipping(let most):
            members["action"] = "free_shipping"
            if let most { members["most"] = .integer(most) }
        case .gift: members["action"] = "gift"
        }
        return .object(members)
    }
}

extension PricedCart {
    /// What the reference tells of a cart.
    func json(vendors: [ID<Vendor>]) -> JSONValue {
        func heads(_ rows: [PriceAdjustment]) -> JSONValue {
            var sums: [UTF8Text: Int64] = [:]
            for row in rows where row.kind == .tax {
                sums[UTF8Text(row.head?.rawValue ?? ""), default: 0] += row.amount.minorUnits
            }
            return .object(sums.mapValues { .integer($0) })
        }
        let told = lines.enumerated().map { place, line -> JSONValue in
            let own = adjustments.filter { $0.target == .line(place) && $0.charge == nil }
            return [
                "discount": .integer(line.discount.minorUnits), "taxable": .integer(line.taxable.minorUnits),
                "heads": heads(own), "total": .integer(line.total.minorUnits),
            ]
        }
        let totals = self.vendors.map { part in
            (
                UTF8Text("\(vendors.firstIndex(of: part.vendor) ?? -1)"),
                JSONValue.integer(part.totals.total.minorUnits)
            )
        }
        return [
            "lines": .array(told), "charged": heads(adjustments.filter { $0.charge != nil }),
            "vendors": .object(Dictionary(uniqueKeysWithValues: totals)),
            "rounding": .integer(self.totals.rounding.minorUnits), "total": .integer(total.minorUnits),
            "refused": .integer(Int64(refusals.count)),
        ]
    }
}
