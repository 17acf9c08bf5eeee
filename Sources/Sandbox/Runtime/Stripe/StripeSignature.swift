import Crypto

/// The `Stripe-Signature` header: HMAC-SHA256 over `t`, a dot and the raw body, under each active secret as it is
/// written.
enum StripeSignature {
    static func header(body: [UInt8], secrets: [String], time: Int) -> String {
        var signed = Array("\(time).".utf8)
        signed.append(contentsOf: body)
        let signatures = secrets.map { secret in
            let code = HMAC<SHA256>.authenticationCode(for: signed, using: SymmetricKey(data: Array(secret.utf8)))
            return "v1=" + hexadecimal(code)
        }
        return (["t=\(time)"] + signatures).joined(separator: ",")
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
