package import Core
import Foundation
import Synchronization

/// Hashes and compares passwords, a few at once on threads of their own, so that neither the memory nor the processors of a process
/// go to those who sign in.
package final class PasswordHasher: Sendable {
    /// At once.
    package static let mostRunning = 2
    /// Beside those; whoever comes then is asked to come back.
    package static let mostWaiting = 32

    private struct Turns {
        var running = 0
        var waiting: [CheckedContinuation<Bool, Never>] = []
        var runs = 0
    }

    package let cost: PasswordCost
    private let turns = Mutex(Turns())
    /// Of no password: compared with where there is none, so that it takes as long.
    private let decoy: PasswordHash
    private let randomness: @Sendable () -> any RandomNumberGenerator

    package init(
        cost: PasswordCost = PasswordCost(),
        randomness: @escaping @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() }
    ) {
        self.cost = cost
        self.randomness = randomness
        // Its tag comes of no password that anybody could look for.
        decoy = PasswordHash(
            encoded: cost.prefix + Self.phcBase64(Argon2.saltLength, randomness) + "$" + Self.phcBase64(32, randomness))
    }

    /// How often the function has been computed since the process started.
    package var runs: Int { turns.withLock { $0.runs } }

    /// - Throws: a 503 `Problem` where too many wait.
    package func hash(_ password: Password) async throws -> PasswordHash {
        let salt = Self.bytes(Argon2.saltLength, randomness)
        return try await run { [cost] () throws(Argon2Failure) in try Argon2.hash(password, salt: salt, cost: cost) }
    }

    /// Whether it is the password of `hash`. Computed once in any case: nobody learns from the time whether there was a hash.
    /// - Throws: a 503 `Problem` where too many wait.
    package func verify(_ password: Password, against hash: PasswordHash?) async throws -> Bool {
        let compared = hash ?? decoy
        let isRight = try await run { () throws(Argon2Failure) in try Argon2.verify(password, compared) }
        return isRight && hash != nil
    }

    /// Whether a password that was right should be hashed anew.
    package func isOutdated(_ hash: PasswordHash) -> Bool { hash.isOutdated(for: cost) }

    private func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws(Argon2Failure) -> Value
    ) async throws -> Value {
        guard await takeTurn() else {
            throw Problem(
                type: "unavailable", title: "Temporarily unavailable", status: 503,
                detail: "Too many passwords are being checked", retryAfter: .seconds(2))
        }
        defer { passTurn() }
        try Task.checkCancellation()
        turns.withLock { $0.runs += 1 }
        let result = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Result { () throws(Argon2Failure) in try work() }) }
        }
        return try result.get()
    }

    /// False where too many wait already.
    private func takeTurn() async -> Bool {
        await withCheckedContinuation { continuation in
            let answer: Bool? = turns.withLock { turns in
                if turns.running < Self.mostRunning {
                    turns.running += 1
                    return true
                }
                guard turns.waiting.count < Self.mostWaiting else { return false }
                turns.waiting.append(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    private func passTurn() {
        let next: CheckedContinuation<Bool, Never>? = turns.withLock { turns in
            guard turns.waiting.isEmpty else { return turns.waiting.removeFirst() }
            turns.running -= 1
            return nil
        }
        next?.resume(returning: true)
    }

    private static func bytes(_ count: Int, _ randomness: () -> any RandomNumberGenerator) -> [UInt8] {
        var generator = randomness()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Base64 without padding, as the PHC format has it.
    private static func phcBase64(_ count: Int, _ randomness: () -> any RandomNumberGenerator) -> String {
        Data(bytes(count, randomness)).base64EncodedString().replacing("=", with: "")
    }
}
