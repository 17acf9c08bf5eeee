import Core
import Crypto
package import Foundation

/// Codes of an authenticator (TOTP, RFC 6238): SHA-1, steps of 30 seconds, six digits, as all authenticators have them.
package struct TimeBasedCode: Sendable {
    static let stepSeconds: Int64 = 30
    /// Steps before and after that count too, for clocks that are not right.
    static let window: Int64 = 1
    /// What RFC 4226 recommends.
    static let seedLength = 20

    private let key: SymmetricKey

    init(seed: [UInt8]) { key = SymmetricKey(data: seed) }

    static func step(at time: Date) -> Int64 { time.secondsSince1970 / stepSeconds }

    func code(at step: Int64) -> OneTimeCode { OneTimeCode(truncating: UInt64(number(at: step))) }

    /// The step whose code it is, of those that count at a time and come after the last one used; nil where it is of none.
    func step(of code: OneTimeCode, at time: Date, after used: Int64?) -> Int64? {
        let now = Self.step(at: time)
        var found: Int64?
        for step in (now - Self.window)...(now + Self.window) where self.code(at: step).matches(code) {
            if step > used ?? .min { found = step }
        }
        return found
    }

    /// Dynamic truncation (RFC 4226 section 5.3): 31 bits, of which a code has the last digits.
    func number(at step: Int64) -> UInt32 {
        let counter = withUnsafeBytes(of: step.bigEndian) { Array($0) }
        let code = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: key))
        let offset = Int(code[code.count - 1] & 0x0F)
        return code[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
    }
}

/// RFC 4648 section 6 without padding, as authenticators take seeds.
enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var (buffer, count): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            buffer = (buffer << 8 | UInt32(byte)) & 0xFFFF
            count += 8
            while count >= 5 {
                count -= 5
                text.append(alphabet[Int(buffer >> count & 31)])
            }
        }
        if count > 0 { text.append(alphabet[Int(buffer << (5 - count) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
