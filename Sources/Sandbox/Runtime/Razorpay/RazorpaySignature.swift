import Crypto

/// Razorpay's signatures: HMAC-SHA256 in lower-case hexadecimal.
enum RazorpaySignature {
    /// `X-Razorpay-Signature`, over the raw body. There is no timestamp in it.
    static func webhook(_ body: [UInt8], secret: String) -> String { hmac(body, secret) }

    /// What Checkout returns, over the ids and under the key's secret.
    static func checkout(order: String, payment: String, keySecret: String) -> String {
        hmac(Array("\(order)|\(payment)".utf8), keySecret)
    }

    private static func hmac(_ bytes: [UInt8], _ secret: String) -> String {
        Hexadecimal.encode(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: Array(secret.utf8))))
    }
}

extension RetrySchedule {
    /// Exponential backoff for 24 hours from the event on; then the webhook is disabled. UNCONFIRMED are the first
    /// minute and the doubling.
    static let razorpay = RetrySchedule { failures in
        let elapsed = 60 * (Double(1 << min(failures - 1, 20)) - 1)
        let delay = 60 * Double(1 << min(failures - 1, 20))
        return elapsed + delay <= 86_400 ? delay : nil
    }
}
