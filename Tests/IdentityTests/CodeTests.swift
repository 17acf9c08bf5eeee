import CommerceTestSupport
import Core
import Foundation
import Testing

@testable import Identity

@Suite("Codes")
struct CodeTests {
    private let rfcSeed = Array("12345678901234567890".utf8)

    @Test(
        "The vectors of RFC 6238 pass",
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(Int64, String)])
    func vectors(time: Int64, code: String) {
        let step = TimeBasedCode.step(at: Date(timeIntervalSince1970: TimeInterval(time)))
        let eight = TimeBasedCode(seed: rfcSeed).number(at: step) % 100_000_000
        #expect(String(repeating: "0", count: 8 - String(eight).count) + String(eight) == code)
        #expect(TimeBasedCode(seed: rfcSeed).code(at: step).reveal() == String(code.suffix(6)))
    }

    @Test("A code of an authenticator counts one step early and one late, no further, and never twice")
    func window() {
        let totp = TimeBasedCode(seed: rfcSeed)
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let step = TimeBasedCode.step(at: now)
        for offset: Int64 in -1...1 {
            #expect(totp.step(of: totp.code(at: step + offset), at: now, after: nil) == step + offset)
        }
        for offset: Int64 in [-3, -2, 2, 3] {
            #expect(totp.step(of: totp.code(at: step + offset), at: now, after: nil) == nil)
        }
        #expect(totp.step(of: totp.code(at: step), at: now, after: step) == nil)
        #expect(totp.step(of: totp.code(at: step), at: now, after: step + 1) == nil)
        #expect(totp.step(of: totp.code(at: step + 1), at: now, after: step) == step + 1)
    }

    @Test("Seeds are written as authenticators take them (RFC 4648 section 10)")
    func base32() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"]
        let encoded = ["", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"]
        #expect(texts.map { Base32.encode(Array($0.utf8)) } == encoded)
    }

    @Test(
        "A code may be typed in the digits of any script, with room between them",
        arguments: ["123456", " 123-456 ", "১২৩৪৫৬", "१२३ ४५६", "۱۲۳۴۵۶", "\u{200F}123456"])
    func typed(text: String) {
        #expect(OneTimeCode(typed: text)?.reveal() == "123456")
    }

    @Test(
        "What is no six digits is no code",
        arguments: ["", "12345", "1234567", "12345a", "①②③④⑤⑥", "一二三四五六", "12345万", "+12345"])
    func notTyped(text: String) {
        #expect(OneTimeCode(typed: text) == nil)
    }

    @Test("Recovery codes are read however they are cased, grouped and misread, and differ")
    func recovery() throws {
        var randomness = SystemRandomNumberGenerator()
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode(using: &randomness) }
        #expect(Set(codes).count == RecoveryCode.count)
        for code in codes {
            #expect(RecoveryCode(typed: code.reveal()) == code)
            #expect(RecoveryCode(typed: code.reveal().uppercased().replacing("-", with: " ")) == code)
            #expect(RecoveryCode(typed: code.reveal().replacing("0", with: "O").replacing("1", with: "l")) == code)
            #expect("\(code)" == "[redacted]")
        }
        #expect(RecoveryCode(typed: "0123-4567-89ab-cdef-ghjk-mnp") == nil)
        #expect(RecoveryCode(typed: "0123-4567-89ab-cdef-ghjk-mnpu") == nil)
    }

    @Test("A verification's code comes of its id and the installation's key, and counts on after a rotation")
    func derived() throws {
        let (old, new) = (try EncryptionKey(bytes: Array(0..<32)), try EncryptionKey(bytes: Array(32..<64)))
        let id = ID<Verification>(uuid: UUID())
        let code = VerificationCodes(keys: RootKeys(old)).code(of: id)
        #expect(VerificationCodes(keys: RootKeys(old)).isCode(code, of: id))
        #expect(VerificationCodes(keys: RootKeys(new, retired: [old])).isCode(code, of: id))
        #expect(!VerificationCodes(keys: RootKeys(new)).isCode(code, of: id))
        let others = (0..<200).map { _ in VerificationCodes(keys: RootKeys(old)).code(of: ID(uuid: UUID())) }
        #expect(Set(others).count > 190)
    }
}
