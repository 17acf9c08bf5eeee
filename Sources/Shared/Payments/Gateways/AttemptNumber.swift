import Core

/// The number under which a provider knows one attempt at a payment, where we are to choose it: the payment's id and two characters
/// that count the attempts, because a number that was used once can't be used again. 32 letters, digits and underscores, which
/// is what the strictest of them takes.
struct AttemptNumber: Sendable, Hashable {
    private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    let paymentID: ID<Payment>
    let attempt: Int

    /// - Throws: a refusal after the thousandth attempt.
    init(_ paymentID: ID<Payment>, attempt: Int) throws(GatewayError) {
        guard (1..<Self.digits.count * Self.digits.count).contains(attempt) else {
            throw .refused(code: "too_many_attempts", message: "the payment was tried too often", evidence: nil)
        }
        self.paymentID = paymentID
        self.attempt = attempt
    }

    /// nil for what is no such number.
    init?(_ text: String) {
        guard text.utf8.count == 32, let paymentID = ID<Payment>(String(text.dropLast(2))) else { return nil }
        var attempt = 0
        for byte in text.utf8.suffix(2) {
            guard let digit = Self.digits.firstIndex(of: byte) else { return nil }
            attempt = attempt * Self.digits.count + digit
        }
        guard attempt > 0 else { return nil }
        self.paymentID = paymentID
        self.attempt = attempt
    }

    var text: String {
        let count = [Self.digits[attempt / Self.digits.count], Self.digits[attempt % Self.digits.count]]
        return "\(paymentID)" + String(decoding: count, as: UTF8.self)
    }

    /// The payments whose numbers stand in a push.
    static func pointers(in push: GatewayPush) -> [PaymentPointer] {
        PushMentions.words(in: push.body, startingWith: ["\(Payment.typePrefix)_"]).compactMap { word in
            AttemptNumber(word).map { PaymentPointer(paymentID: $0.paymentID, sessionReference: word) }
        }
    }
}
