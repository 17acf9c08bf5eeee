import Foundation
import Synchronization
import Testing

@testable import SandboxRuntime

/// Everything that a provider says and pushes follows from its seed, its clock and what it is asked.
@Suite("Seeds")
struct SeedTests {
    private static let seed: UInt64 = 42

    @Test(
        "The same seed gives the same bytes, answers and pushes alike, in a fresh sandbox and after a reset",
        arguments: Conversation.all)
    func sameBytes(conversation: Conversation) async throws {
        let fresh = try await hold(conversation, seed: Self.seed)
        let again = try await hold(conversation, seed: Self.seed)
        let reset = try await hold(conversation, seed: 7, resetTo: Self.seed)
        for other in [again, reset] {
            #expect(other.answers.count == fresh.answers.count)
            for (one, two) in zip(fresh.answers, other.answers) { #expect(one == two) }
            for (one, two) in zip(fresh.pushes, other.pushes) { #expect(one == two) }
        }
        #expect(fresh.answers.count > 1)
        #expect([fresh, again, reset].map(\.pushes.count) == Array(repeating: conversation.pushes, count: 3))
    }

    @Test("Another seed gives other ids", arguments: Conversation.all.filter(\.hasRandomIDs))
    func otherIDs(conversation: Conversation) async throws {
        let one = try await hold(conversation, seed: Self.seed)
        let other = try await hold(conversation, seed: 43)
        #expect(one.answers != other.answers)
        #expect(one.pushes.isEmpty || one.pushes != other.pushes)
    }

    private struct Minutes: Equatable {
        var answers: [String] = []
        var pushes: [String] = []
    }

    private func hold(_ conversation: Conversation, seed: UInt64, resetTo: UInt64? = nil) async throws -> Minutes {
        let minutes = Mutex(Minutes())
        try await withReceiver { receiver in
            try await withCouriers(receiver: receiver) {
                $0.seed = seed
            } _: { plain in
                var sandbox = plain
                if let resetTo {
                    try await conversation.body(sandbox)
                    _ = try await receiver.wait(for: conversation.pushes)
                    try await sandbox.control("\(conversation.provider)/reset", #"{"seed":\#(resetTo)}"#)
                }
                try await sandbox.control("\(conversation.provider)/clock", #"{"freeze":1790000000}"#)
                let base = sandbox.addresses.base
                sandbox.witness = { request, reply in
                    guard !request.contains("/_control/") else { return }
                    minutes.withLock { $0.answers.append(Self.text(request, reply, at: base)) }
                }
                let before = receiver.all.count
                try await conversation.body(sandbox)
                let pushes = try await receiver.wait(for: before + conversation.pushes).dropFirst(before)
                // What different changes cause may overtake one another.
                minutes.withLock { $0.pushes = pushes.map(Self.text).sorted() }
            }
        }
        return minutes.withLock { $0 }
    }

    /// Everything but the moment of the answer and the port, which are the machine's.
    private static func text(_ request: String, _ reply: Harness.Reply, at base: String) -> String {
        let headers = reply.headers.filter { $0.key != "date" }.sorted { $0.key < $1.key }.map { "\($0): \($1)" }
        // A character for each byte: some answers are files.
        let body = String(String.UnicodeScalarView(reply.body.map { Unicode.Scalar($0) }))
        return "\(request)\n\(reply.status)\n\(headers.joined(separator: "\n"))\n\n\(body)"
            .replacing(base, with: "http://sandbox")
    }

    private static func text(_ push: WebhookReceiver.Received) -> String {
        let headers = push.headers.filter { $0.key != "host" }.sorted { $0.key < $1.key }.map { "\($0): \($1)" }
        return headers.joined(separator: "\n") + "\n\n" + String(decoding: push.body, as: UTF8.self)
    }
}
