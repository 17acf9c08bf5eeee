package import Core

/// What has become of a code that was shown.
package struct CouponOutcome: Hashable, Sendable {
    /// As it was typed.
    package let typed: String
    package let promotion: ID<Promotion>?
    /// nil: it counts.
    package let refusal: CouponRefusal?

    package init(typed: String, promotion: ID<Promotion>?, refusal: CouponRefusal?) {
        self.typed = typed
        self.promotion = promotion
        self.refusal = refusal
    }
}

/// Why a promotion does not apply.
package enum CouponRefusal: String, Hashable, Sendable, CaseIterable {
    case unknown
    /// It was shown twice, or two codes of one promotion were.
    case duplicate
    case notStarted = "not_started"
    case ended
    case paused
    case usedUp = "used_up"
    case customerLimit = "customer_limit"
    case budgetSpent = "budget_spent"
    case customerNotEligible = "customer_not_eligible"
    case otherCurrency = "other_currency"
    case minimumNotReached = "minimum_not_reached"
    case nothingEligible = "nothing_eligible"
    case notCombinable = "not_combinable"
}
