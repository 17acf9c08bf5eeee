package import Core

extension PricingTrace {
    /// The steps as a list of objects, each with its `step`; lines by their place in the request.
    package var json: JSONValue { .array(steps.map(\.json)) }
}

extension PricingTrace.Step {
    fileprivate var json: JSONValue {
        switch self {
        case .unitPrice(let line, let origin):
            ["step": "unit_price", "line": .integer(Int64(line)), "origin": .string(origin.rawValue)]
        case .promotion(let promotion, let step): Self.json(promotion, step)
        case .discount(let line, let promotion, let amount):
            [
                "step": "discount", "line": .integer(Int64(line)), "promotion_id": .string(promotion.description),
                "amount_minor": .integer(amount.minorUnits),
            ]
        case .supply(let vendor, let reason, let region):
            [
                "step": "supply", "vendor_id": .string(vendor.description), "reason": .string(reason.rawValue),
                "region": region.map { .string($0) } ?? .null,
            ]
        case .rates(let line, let rates, let taxable):
            [
                "step": "rates", "line": .integer(Int64(line)),
                "tax_rate_ids": .array(rates.map { .string($0.description) }),
                "taxable_minor": .integer(taxable.minorUnits),
            ]
        case .refusal(let refusal):
            [
                "step": "refusal", "line": .integer(Int64(refusal.line)), "reason": .string(refusal.reason.rawValue),
            ]
        }
    }

    private static func json(_ promotion: ID<Promotion>, _ step: PricingTrace.PromotionStep) -> JSONValue {
        let id = JSONValue.string(promotion.description)
        return switch step {
        case .applied(let amount):
            ["step": "promotion_applied", "promotion_id": id, "amount_minor": .integer(amount.minorUnits)]
        case .offeredGift: ["step": "gift_offered", "promotion_id": id]
        case .passedOver(let reason):
            ["step": "promotion_passed_over", "promotion_id": id, "reason": .string(reason.rawValue)]
        }
    }
}
