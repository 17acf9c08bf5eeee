import Crypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A JSON Web Token as a log-in gives it. Clients take it as it is; only its end and its name matter here.
enum ShiprocketToken {
    static func make(name: String, now: Int, lifetime: Int, key: String) -> String {
        let payload: JSON = [
            "sub": 1, "iss": "haat-sandbox", "iat": .int(now), "nbf": .int(now), "exp": .int(now + lifetime),
            "jti": .string(name),
        ]
        let header: JSON = ["typ": "JWT", "alg": "HS256"]
        let signed = "\(encode(header.compact)).\(encode(payload.compact))"
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(signed.utf8), using: SymmetricKey(data: Array(key.utf8)))
        return "\(signed).\(encode(Array(code)))"
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
