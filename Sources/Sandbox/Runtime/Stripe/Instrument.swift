/// What a customer pays with, and what comes of it.
struct Instrument: Codable, Sendable {
    enum Outcome: Codable, Sendable {
        case approved
        case declined(CardDecline)
        /// A method that takes days: the money's fate is known later.
        case delayed
    }

    let paymentMethod: String
    let brand: String
    let last4: String
    var outcome: Outcome

    static let card = Instrument(paymentMethod: "pm_card_visa", brand: "visa", last4: "4242", outcome: .approved)
    static let bankDebit = Instrument(
        paymentMethod: "pm_usBankAccount_success", brand: "us_bank_account", last4: "6789", outcome: .delayed)

    static func declinedCard(_ code: String) -> Instrument? {
        CardDecline.named(code).map {
            Instrument(
                paymentMethod: "pm_card_visa_chargeDeclined", brand: "visa", last4: "0002", outcome: .declined($0))
        }
    }

    /// Stripe's test payment methods (https://docs.stripe.com/testing). Others that look like a payment method are
    /// approved.
    static func testMethod(_ id: String) -> Instrument? {
        switch id {
        case "pm_card_visa_chargeDeclined", "pm_card_chargeDeclined", "pm_card_visa_chargeDeclinedGeneric":
            declinedCard("generic_decline")
        case "pm_card_visa_chargeDeclinedInsufficientFunds", "pm_card_chargeDeclinedInsufficientFunds":
            declinedCard("insufficient_funds")
        case "pm_card_visa_chargeDeclinedExpiredCard", "pm_card_chargeDeclinedExpiredCard": declinedCard("expired_card")
        case "pm_card_visa_chargeDeclinedProcessingError", "pm_card_chargeDeclinedProcessingError":
            declinedCard("processing_error")
        case "pm_usBankAccount_success", "pm_usBankAccount": bankDebit
        case "pm_card_mastercard":
            Instrument(paymentMethod: id, brand: "mastercard", last4: "4444", outcome: .approved)
        default:
            id.hasPrefix("pm_") ? Instrument(paymentMethod: id, brand: "visa", last4: "4242", outcome: .approved) : nil
        }
    }
}

extension CardDecline {
    /// The decline codes the page and the control plane offer.
    static let names = [
        "generic_decline", "insufficient_funds", "lost_card", "stolen_card", "expired_card", "incorrect_cvc",
        "processing_error", "fraudulent",
    ]

    /// https://docs.stripe.com/declines/codes
    static func named(_ name: String) -> CardDecline? {
        switch name {
        case "generic_decline", "lost_card", "stolen_card", "fraudulent", "card_declined":
            let code = name == "card_declined" ? "generic_decline" : name
            return CardDecline(code: "card_declined", declineCode: code, message: "Your card was declined.")
        case "insufficient_funds":
            return CardDecline(
                code: "card_declined", declineCode: name, message: "Your card has insufficient funds.")
        case "expired_card":
            return CardDecline(code: name, declineCode: nil, message: "Your card has expired.")
        case "incorrect_cvc":
            return CardDecline(code: name, declineCode: nil, message: "Your card's security code is incorrect.")
        case "processing_error":
            return CardDecline(
                code: name, declineCode: nil,
                message: "An error occurred while processing your card. Try again in a little bit.")
        default: return nil
        }
    }
}
