import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Logging
import Postgres
import Synchronization
import Testing

@testable import Notifications

private struct Code: SMSTemplate {
    static let name = "code"
    static let version = 2

    let digits: String

    func text(in locale: MessageLocale) -> String { "Your code is \(digits)" }
}

@Suite("Texting what is owed")
struct TextingTests {
    private struct Post: Sendable {
        let market: Marketplace
        let gateway = StubGateway()
        let jobID = UUID()
        let number = PhoneNumber(rawValue: "+8801712345678")!

        func send(in claim: some Claim) async throws {
            let texter = Texter(
                transport: gateway, audit: market.audit, clock: market.clock,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await texter.send(in: claim) { _ in
                ComposedSMS(id: jobID, subject: .other("cus_1"), recipient: number, template: Code(digits: "493021"))
            }
        }

        func send() async throws { try await send(in: market.queue) }

        func state() async throws -> String? {
            try await market.client.queryValue("SELECT state FROM sms_messages WHERE id = \(jobID)", as: String.self)
        }

        func actions() async throws -> [String] {
            try await market.client.queryValues(
                "SELECT action FROM audit_events WHERE subject = 'cus_1' ORDER BY id", as: String.self)
        }
    }

    @Test(
        "A text is sent once, is on record without its words and the number, and its words are nowhere in the database")
    func once() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            for _ in 0..<2 { try await post.send() }
            let id = post.jobID.uuidString.lowercased()
            #expect(post.gateway.messages == [SMSMessage(id: id, to: post.number, text: "Your code is 493021")])
            #expect(try await post.state() == "sent")
            #expect(try await post.actions() == ["sms.sent"])
            let rows = try await market.client.queryValues(
                """
                SELECT row_to_json(sms_messages)::text FROM sms_messages
                UNION ALL SELECT row_to_json(audit_events)::text FROM audit_events
                """, as: String.self)
            #expect(rows.count == 2 && !rows.contains { $0.contains("493021") })
            #expect(rows.count { $0.contains("01712345678") } == 1)
        }
    }

    @Test("What is refused for good stays refused; what is not accepted now is tried again under the same id")
    func failures() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            post.gateway.answers.withLock { $0 = [.temporary("status 500"), .refused("status 400")] }
            await #expect(throws: SMSError.temporary("status 500")) { try await post.send() }
            let state = try await post.state()
            #expect(state == "queued")
            await #expect(throws: PermanentJobFailure.self) { try await post.send() }
            #expect(try await post.state() == "failed")
            #expect(try await post.actions() == ["sms.refused"])
        }
    }

    @Test("A process that dies after the gateway's acceptance sends the same text once more")
    func diedAfterAcceptance() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            try await post.send()
            try await market.client.execute(
                "UPDATE sms_messages SET state = 'sending', sent_at = NULL WHERE id = \(post.jobID)")
            try await post.send()
            #expect(post.gateway.messages.count == 2 && Set(post.gateway.messages).count == 1)
            #expect(try await post.state() == "sent")
        }
    }

    @Test("A job that is not to be run texts nothing")
    func lostJob() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            await #expect(throws: JobOwnershipLost.self) { try await post.send(in: LostJob()) }
            let state = try await post.state()
            #expect(state == nil && post.gateway.messages.isEmpty)
        }
    }
}
