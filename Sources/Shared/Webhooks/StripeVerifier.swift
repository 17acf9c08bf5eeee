import Crypto
package import Foundation

/// Stripe's signature scheme: `Stripe-Signature: t=<unix>,v1=<hex>[,v1=<hex>…]`, HMAC-SHA256 over `<t>.<raw body>` with the
/// whole endpoint secret as key. Any active secret and any `v1` may match; other schemes are ignored.
/// Source: stripe-python `_webhook.py`.
package struct StripeVerifier: WebhookVerifier {
    private static let headerName = "stripe-signature"
    private static let maximumSignatures = 16

    private let keys: [SymmetricKey]
    private let toleranceSeconds: Int
    private let isRelevantType: @Sendable (String) -> Bool

    /// - Parameters:
    ///   - secrets: every secret that is active now, `whsec_` included.
    ///   - isRelevant: which types of events can move anything.
    package init(
        secrets: [String], toleranceSeconds: Int = 300, isRelevant: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        keys = secrets.map { SymmetricKey(data: Data($0.utf8)) }
        self.toleranceSeconds = toleranceSeconds
        isRelevantType = isRelevant
    }

    package func isRelevant(_ type: String) -> Bool { isRelevantType(type) }

    package var provider: String { "stripe" }

    package func verify(
        header: (String) -> String?, body: [UInt8], now: Date
    ) throws(WebhookRejection) -> VerifiedEvent {
        guard let value = header(Self.headerName) else { throw .missingSignature(header: "Stripe-Signature") }
        let signature = try SignatureHeader(value)
        guard isSigned(signature, body: body) else { throw .signatureMismatch }
        let age = Int(now.timeIntervalSince1970) - signature.timestamp
        // Like Stripe's own libraries, a time in the future is accepted: the signature proves it.
        guard age <= toleranceSeconds else { throw .stale(seconds: age) }
        let envelope = try EventEnvelope(scanning: body)
        return VerifiedEvent(id: envelope.id, type: envelope.type, signature: value)
    }

    private func isSigned(_ signature: SignatureHeader, body: [UInt8]) -> Bool {
        let prefix = Array("\(signature.timestampText).".utf8)
        for key in keys {
            var code = HMAC<SHA256>(key: key)
            code.update(data: prefix)
            code.update(data: body)
            let expected = code.finalize()
            // Each comparison is constant time: HashedAuthenticationCode compares all bytes.
            for candidate in signature.candidates where expected == candidate { return true }
        }
        return false
    }

    private struct SignatureHeader {
        let timestamp: Int
        let timestampText: Substring
        let candidates: [[UInt8]]

        init(_ value: String) throws(WebhookRejection) {
            var timestampText: Substring?
            var candidates: [[UInt8]] = []
            for part in value.split(separator: ",") {
                if part.hasPrefix("t=") {
                    timestampText = part.dropFirst(2)
                } else if part.hasPrefix("v1="), candidates.count < StripeVerifier.maximumSignatures,
                    let bytes = [UInt8](hexadecimal: part.dropFirst(3).utf8)
                {
                    candidates.append(bytes)
                }
            }
            guard let timestampText, let timestamp = Int(timestampText), timestamp >= 0, !candidates.isEmpty else {
                throw .malformedSignature
            }
            self.timestamp = timestamp
            self.timestampText = timestampText
            self.candidates = candidates
        }
    }
}

extension [UInt8] {
    /// `nil` for an odd number of digits or anything that is none.
    init?(hexadecimal digits: Substring.UTF8View) {
        func value(_ digit: UInt8) -> UInt8? {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
            default: nil
            }
        }
        // An array, because stepping through a string's view costs more than the rest.
        let digits = Array(digits)
        guard digits.count.isMultiple(of: 2) else { return nil }
        self = []
        reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            append(high << 4 | low)
        }
    }
}
