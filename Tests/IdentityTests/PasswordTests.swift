import Core
import Foundation
import Testing

@testable import Identity

@Suite("Passwords")
struct PasswordTests {
    /// As cheap as the library allows.
    private let cheap = PasswordCost(memoryKiB: 8, iterations: 1, lanes: 1)

    private func codes(_ text: String) -> [String] {
        var check = InputCheck()
        check.newPassword("/password", text)
        do {
            try check.finish()
            return []
        } catch {
            return error.fields.map(\.code)
        }
    }

    @Test("A new password has ten characters or more, and is none of those that are tried first")
    func rules() {
        #expect(codes("nine char") == ["too_short"])
        #expect(codes("ten chars!").isEmpty)
        #expect(codes("বাংলা পাসওয়ার্ড").isEmpty)
        #expect(codes(String(repeating: "x", count: 257)) == ["too_long"])
        #expect(codes(String(repeating: "xy", count: 128)).isEmpty)
        for common in ["1234567890", "QwertyUiop", "Password123"] {
            #expect(codes(common) == ["too_common"], "\(common)")
        }
        #expect(codes("aaaaaaaaab").isEmpty)
    }

    @Test("However a keyboard composes a letter, the password is the same")
    func normalized() {
        #expect(Password("caf\u{E9} caf\u{E9}") == Password("cafe\u{301} cafe\u{301}"))
        #expect(Password("\u{FEFF}correct horse") == Password("correct horse"))
        #expect(Password("correct horse") != Password("Correct horse"))
        #expect("\(Password("correct horse"))" == "[redacted]")
    }

    @Test("A password is right against its own hash alone, which carries its parameters and a salt of its own")
    func verified() async throws {
        let hasher = PasswordHasher(cost: cheap)
        let hash = try await hasher.hash(Password("correct horse"))
        #expect(hash.encoded.hasPrefix("$argon2id$v=19$m=8,t=1,p=1$"))
        #expect(try await hasher.hash(Password("correct horse")).encoded != hash.encoded)
        #expect(try await hasher.verify(Password("correct horse"), against: hash))
        #expect(try await !hasher.verify(Password("battery staple"), against: hash))
        #expect(!hasher.isOutdated(hash))
        #expect(PasswordHasher(cost: PasswordCost(memoryKiB: 16, iterations: 1)).isOutdated(hash))
        #expect("\(hash)" == "[redacted]")
    }

    @Test("Where there is no hash the function is computed once all the same, and nothing is right")
    func decoy() async throws {
        let hasher = PasswordHasher(cost: cheap)
        #expect(try await !hasher.verify(Password("correct horse"), against: nil))
        #expect(hasher.runs == 1)
        let hash = try await hasher.hash(Password("correct horse"))
        #expect(hasher.runs == 2)
        #expect(try await !hasher.verify(Password("wrong"), against: hash))
        #expect(hasher.runs == 3)
    }

    @Test("A hash of the reference implementation is understood")
    func reference() async throws {
        // The test vector of the library's own suite: argon2id, m=65536, t=2, p=1, "password", "somesalt".
        let hash = PasswordHash(
            encoded: "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
        let hasher = PasswordHasher(cost: cheap)
        #expect(try await hasher.verify(Password("password"), against: hash))
        #expect(hasher.isOutdated(hash))
    }

    @Test("Two are computed at once, some wait, and who comes then is asked to come back")
    func crowded() async throws {
        // Long enough for all to arrive while the first are at it.
        let hasher = PasswordHasher(cost: PasswordCost(memoryKiB: 64 * 1024, iterations: 2))
        let crowd = PasswordHasher.mostRunning + PasswordHasher.mostWaiting + 20
        let outcomes = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<crowd {
                group.addTask {
                    do {
                        _ = try await hasher.verify(Password("correct horse"), against: nil)
                        return 200
                    } catch {
                        guard let problem = error as? Problem, problem.retryAfter != nil else { return 500 }
                        return problem.status
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
        #expect(outcomes[500] == nil)
        #expect(outcomes[200] == hasher.runs)
        #expect((outcomes[503] ?? 0) >= 1)
        // The turns were all given back.
        #expect(try await !hasher.verify(Password("correct horse"), against: nil))
    }
}
