package import Core
package import Foundation

extension Price {
    /// In minor units; leaves room for the total of a large order in 64 bits.
    package static let amount: ClosedRange<Int64> = 0...1_000_000_000_000
    /// How many sale prices may be scheduled.
    package static let saleCount = 0...20

    /// Notes everything that is not acceptable.
    /// - Parameter acceptance: whether it can be paid.
    func check(_ check: inout InputCheck, at pointer: String, acceptance: some PriceAcceptance) {
        checkAmount(&check, at: pointer + "/price", amount, acceptance)
        checkSame(&check, at: pointer + "/compare_at_price", compareAt)
        checkSame(&check, at: pointer + "/maximum_retail_price", maximumRetail)
        if let compareAt, compareAt.currency == amount.currency, compareAt.minorUnits <= amount.minorUnits {
            check.fail(pointer + "/compare_at_price", "minimum", "must be more than the price")
        }
        if let maximumRetail, maximumRetail.currency == amount.currency, maximumRetail.minorUnits < amount.minorUnits {
            check.fail(pointer + "/price", "above_maximum_retail_price", "must not be above the maximum retail price")
        }
        check.number(pointer + "/sales", sales.count, in: Self.saleCount)
        guard Self.saleCount.contains(sales.count) else { return }
        for (index, sale) in sales.enumerated() {
            checkSale(&check, at: "\(pointer)/sales/\(index)", index, sale, acceptance)
        }
    }

    private func checkSale(
        _ check: inout InputCheck, at pointer: String, _ index: Int, _ sale: SalePrice,
        _ acceptance: some PriceAcceptance
    ) {
        checkAmount(&check, at: pointer + "/price", sale.amount, acceptance)
        checkSame(&check, at: pointer + "/price", sale.amount)
        if sale.amount.currency == amount.currency, sale.amount.minorUnits >= amount.minorUnits {
            check.fail(pointer + "/price", "maximum", "must be less than the price")
        }
        if sale.startsAt >= sale.endsAt {
            check.fail(pointer + "/ends_at", "minimum", "must be after starts_at")
        }
        if index > 0, sales[index - 1].endsAt > sale.startsAt {
            check.fail(pointer + "/starts_at", "overlap", "must not be before the sale before it is over")
        }
    }

    private func checkAmount(
        _ check: inout InputCheck, at pointer: String, _ money: Money, _ acceptance: some PriceAcceptance
    ) {
        if let violation = RuleViolation.of(money.minorUnits, in: Self.amount) {
            check.fail(pointer + "/minor_units", violation)
        } else if !money.isZero, let objection = acceptance.objection(to: money) {
            check.fail(pointer, "not_payable", objection)
        }
    }

    private func checkSame(_ check: inout InputCheck, at pointer: String, _ other: Money?) {
        guard let other else { return }
        if let violation = RuleViolation.of(other.minorUnits, in: Self.amount) {
            check.fail(pointer + "/minor_units", violation)
        }
        if other.currency != amount.currency {
            check.fail(pointer + "/currency", "mixed_currencies", "must be \(amount.currency), as the price is")
        }
    }
}
