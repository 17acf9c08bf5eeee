package import Catalog
package import Core
package import Foundation
package import Vendors

/// What is for sale right now under a line's variant.
package struct CartListing: Hashable, Sendable {
    package let product: ID<Product>
    package let vendor: ID<Vendor>
    package let vendorName: String
    /// The product's title, with the variant's where it has one.
    package let title: String
    package let sku: String
    package let kind: VariantKind
    package let price: Money
    package let quantityPerOrder: QuantityPerOrder
    /// Of physical variants alone.
    package let weightGrams: Int?
    /// Units that can be bought.
    package let available: Int64
    /// Until when its vendor sells nothing; nil where it does.
    package let vendorAwayUntil: Date?

    package init(
        product: ID<Product>, vendor: ID<Vendor>, vendorName: String, title: String, sku: String, kind: VariantKind,
        price: Money, quantityPerOrder: QuantityPerOrder = QuantityPerOrder(), weightGrams: Int? = nil,
        available: Int64, vendorAwayUntil: Date? = nil
    ) {
        self.product = product
        self.vendor = vendor
        self.vendorName = vendorName
        self.title = title
        self.sku = sku
        self.kind = kind
        self.price = price
        self.quantityPerOrder = quantityPerOrder
        self.weightGrams = weightGrams
        self.available = available
        self.vendorAwayUntil = vendorAwayUntil
    }
}

/// What has become of a line since it was put there.
package enum CartLineProblem: Hashable, Sendable {
    /// It is not for sale any more.
    case gone
    case vendorOnHoliday(until: Date)
    /// So many are left.
    case insufficientStock(available: Int64)
    /// One order takes fewer.
    case aboveMaximum(Int64)
    /// One order takes more.
    case belowMinimum(Int64)
    /// It is sold in another currency than the rest of the cart by now.
    case otherCurrency(Currency)
    /// The only one that keeps nobody from ordering.
    case priceChanged(from: Money)

    package var code: String {
        switch self {
        case .gone: "gone"
        case .vendorOnHoliday: "vendor_on_holiday"
        case .insufficientStock: "insufficient_stock"
        case .aboveMaximum: "above_maximum"
        case .belowMinimum: "below_minimum"
        case .otherCurrency: "other_currency"
        case .priceChanged: "price_changed"
        }
    }

    package var isBlocking: Bool { if case .priceChanged = self { false } else { true } }
}

/// A line with what is for sale under it, and what is wrong with it.
package struct ReviewedLine: Hashable, Sendable {
    package let line: CartLine
    /// nil where it is gone.
    package let listing: CartListing?
    package let problems: [CartLineProblem]

    package init(line: CartLine, listing: CartListing?, problems: [CartLineProblem] = []) {
        self.line = line
        self.listing = listing
        self.problems = problems
    }

    package var isOrderable: Bool { !problems.contains(where: \.isBlocking) }

    /// What all units cost now; nil where nothing is for sale, or the sum can't be counted.
    package var total: Money? { listing.flatMap { try? $0.price.multiplied(by: line.quantity) } }
}

/// The lines of one vendor.
package struct CartGroup: Hashable, Sendable {
    package let vendor: ID<Vendor>
    package let vendorName: String
    package let lines: [ReviewedLine]
    package let note: CartNote?

    package init(vendor: ID<Vendor>, vendorName: String, lines: [ReviewedLine], note: CartNote? = nil) {
        self.vendor = vendor
        self.vendorName = vendorName
        self.lines = lines
        self.note = note
    }
}

/// A cart as it stands against what is for sale.
package struct ReviewedCart: Hashable, Sendable {
    package let cart: Cart
    /// What is to be ordered, by vendor, in the order in which the vendors first appear.
    package let groups: [CartGroup]
    /// What is gone, and was to be ordered.
    package let gone: [ReviewedLine]
    package let saved: [ReviewedLine]

    package init(cart: Cart, groups: [CartGroup], gone: [ReviewedLine] = [], saved: [ReviewedLine] = []) {
        self.cart = cart
        self.groups = groups
        self.gone = gone
        self.saved = saved
    }

    /// - Parameter items: in the order in which they were added.
    init(_ cart: Cart, _ items: [CartItem]) {
        let currency = Self.currency(of: items)
        let lines = items.filter { !$0.line.isSaved }.map { $0.reviewed(in: currency) }
        var groups: [CartGroup] = []
        for vendor in lines.compactMap(\.listing?.vendor) where !groups.contains(where: { $0.vendor == vendor }) {
            let own = lines.filter { $0.listing?.vendor == vendor }
            groups.append(
                CartGroup(
                    vendor: vendor, vendorName: own[0].listing?.vendorName ?? "", lines: own,
                    note: cart.notes.first { $0.vendor == vendor }))
        }
        self.init(
            cart: cart, groups: groups, gone: lines.filter { $0.listing == nil },
            saved: items.filter(\.line.isSaved).map { $0.reviewed(in: nil) })
    }

    /// Everything that is to be ordered and is for sale, vendor by vendor.
    package var lines: [ReviewedLine] { groups.flatMap(\.lines) }

    /// What it would be paid in; nil where nothing is for sale.
    package var currency: Currency? { lines.first?.listing?.price.currency }

    /// What the goods cost, before discounts and charges; nil where that is nothing, or can't be said in one currency.
    package var subtotal: Money? {
        guard let currency else { return nil }
        return try? lines.compactMap(\.total).total(in: currency)
    }

    /// Whether nothing stands in the way of ordering it.
    package var canBeOrdered: Bool {
        cart.state == .open && !groups.isEmpty && gone.isEmpty && lines.allSatisfy(\.isOrderable)
    }

    /// What most lines agree on is for the line that was added first to say.
    static func currency(of items: [CartItem]) -> Currency? {
        items.first { !$0.line.isSaved && $0.listing != nil }?.listing?.price.currency
    }
}

/// A line with what is for sale under it.
struct CartItem: Hashable, Sendable {
    var line: CartLine
    let listing: CartListing?

    /// - Parameter currency: that of the cart; nil for what is saved for later.
    func reviewed(in currency: Currency?) -> ReviewedLine {
        ReviewedLine(line: line, listing: listing, problems: problems(in: currency))
    }

    private func problems(in currency: Currency?) -> [CartLineProblem] {
        guard let listing else { return [.gone] }
        var problems: [CartLineProblem] = []
        if let until = listing.vendorAwayUntil { problems.append(.vendorOnHoliday(until: until)) }
        let allowed = listing.quantityPerOrder
        if line.quantity < allowed.minimum { problems.append(.belowMinimum(allowed.minimum)) }
        if let maximum = allowed.maximum, line.quantity > maximum { problems.append(.aboveMaximum(maximum)) }
        if line.quantity > listing.available {
            problems.append(.insufficientStock(available: listing.available))
        }
        if let currency, listing.price.currency != currency {
            problems.append(.otherCurrency(listing.price.currency))
        }
        if listing.price != line.price { problems.append(.priceChanged(from: line.price)) }
        return problems
    }
}
