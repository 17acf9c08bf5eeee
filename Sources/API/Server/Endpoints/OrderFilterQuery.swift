import Core
import Endpoints
import Foundation
import Identity
import Orders
import Vendors

struct OrdersQuery: APIInput {
    let filter: OrderFilter
    let page: PageRequest

    init(_ fields: inout Fields) {
        filter = fields.orderFilter()
        page = fields.page()
    }
}

extension OrderFilter {
    /// The same filter.
    /// - Throws: a 422 `Problem` where it asks for what the principal may not know of orders.
    func permitted(to principal: Principal) throws(Problem) -> OrderFilter {
        guard tag == nil || principal.may(.orderTagsRead) else {
            throw .invalidInput([FieldProblem(pointer: "/tag_id", code: "unknown", message: "there is no such tag")])
        }
        return self
    }
}

extension Fields {
    private static let minorUnits: ClosedRange<Int64> = 0...1_000_000_000_000_000

    /// Which orders are meant, in a query or a body.
    mutating func orderFilter() -> OrderFilter {
        let status = optional("status", .oneOf(OrderStatus.self), "Only orders of this status")
        let payment = optional("payment_state", .oneOf(OrderPaymentState.self), "Only those whose money stands so")
        let start = optional("placed_from", .date, "Only those placed from then on")
        let end = optional("placed_before", .date, "Only those placed before then")
        let vendor = optional("vendor_id", .id(Vendor.self), "Only those in which this vendor has a part")
        let tag = optional("tag_id", .id(OrderTag.self), "Only those that carry this tag; for staff")
        let minimum = optional(
            "total_from", .integer(Self.minorUnits), "Only totals of so much or more, in minor units")
        let maximum = optional("total_to", .integer(Self.minorUnits), "Only totals of so much or less, in minor units")
        let currency = optional("currency", .currency, "What totals are in")
        let placed = OrderFilter.TimeSpan(from: start, before: end)
        var total: OrderFilter.Amount?
        if minimum != nil || maximum != nil {
            check(currency != nil, "currency", code: "required", "is required beside totals")
            check(
                placed.length.map { $0 <= OrderFilter.longestForTotals } ?? false, "placed_from", code: "required",
                "is required beside totals, with a placed_before at most 92 days later")
            total = currency.map {
                OrderFilter.Amount(currency: $0, minimum: minimum ?? 0, maximum: maximum ?? Self.minorUnits.upperBound)
            }
        }
        return OrderFilter(
            status: status, paymentState: payment, placed: placed, vendor: vendor, tag: tag, total: total)
    }
}
