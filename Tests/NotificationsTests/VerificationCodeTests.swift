import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Logging
import Postgres
import Testing

@testable import Notifications

@Suite("Sending codes")
struct VerificationCodeTests {
    private struct Post: Sendable {
        let market: Marketplace
        let mail = StubTransport()
        let gateway = StubGateway()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let phone = Contact.phone(PhoneNumber(rawValue: "+8801712345678")!)
        let email = Contact.email(EmailAddress(rawValue: "karim@example.com")!)

        var codes: VerificationCodes { VerificationCodes(keys: RootKeys(market.encryptionKey)) }

        func ask(
            _ purpose: Verification.Purpose, _ contact: Contact, locale: String = "en"
        ) async throws -> Verification {
            let request = RequestVerification(
                channels: [.email, .phone], ids: market.ids, clock: market.clock)
            return try await market.work {
                try await request(
                    purpose, of: contact, locale: LanguageTag(locale)!, by: .nobody(network: ""), in: $0)
            }
        }

        func send(_ verification: Verification, withGateway: Bool = true) async throws {
            let read = ReadVerificationMessage(codes: codes, clock: market.clock)
            switch verification.contact {
            case .email:
                let mailer = Mailer(
                    transport: mail, sender: Mailbox(EmailAddress(rawValue: "shop@haat.test")!), audit: market.audit,
                    clock: market.clock, logger: logger)
                try await EmailVerificationCode(read: read, shop: "shop.example", mailer: mailer)(
                    .init(verificationID: verification.id), jobID: verification.id.uuid, in: market.queue)
            case .phone:
                let texter = Texter(transport: gateway, audit: market.audit, clock: market.clock, logger: logger)
                try await TextVerificationCode(read: read, shop: "shop.example", texter: withGateway ? texter : nil)(
                    .init(verificationID: verification.id), jobID: verification.id.uuid, in: market.queue)
            }
        }

        func code(_ verification: Verification) -> String { codes.code(of: verification.id).reveal() }
    }

    @Test("Who asks for a code gets one job that sends it, by mail or as a text")
    func jobs() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let kinds = { @Sendable in
                try await market.client.queryValues(
                    "SELECT kind || ' ' || queue FROM jobs ORDER BY id", as: String.self)
            }
            _ = try await post.ask(.signUp, post.email)
            #expect(try await kinds() == ["notifications.email_verification_code email"])
            _ = try await post.ask(.signUp, post.phone)
            #expect(try await kinds().last == "notifications.text_verification_code sms")
        }
    }

    @Test(
        "A code is mailed once, in the language that was asked for, with what it opens",
        arguments: [
            ("en-GB", "Welcome to shop.example", "en"), ("bn-BD", "shop.example-এ স্বাগতম", "bn"),
            ("HI", "shop.example में आपका स्वागत है", "hi"), ("ta-IN", "Welcome to shop.example", "en"),
        ])
    func mailed(locale: String, words: String, language: String) async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let asked = try await post.ask(.signUp, post.email, locale: locale)
            for _ in 0..<2 { try await post.send(asked) }
            let code = post.code(asked)
            #expect(post.mail.messages.count == 1)
            let message = try #require(post.mail.messages.first)
            #expect(message.to.address.rawValue == "karim@example.com" && message.subject.contains(code))
            #expect(message.text.contains(words) && message.text.contains("\n    \(code)\n"))
            #expect(message.html.contains("<html lang=\"\(language)\">") && message.html.contains(">\(code)</pre>"))
            let row = try await market.client.queryValue(
                "SELECT concat_ws(' ', subject, state, locale) FROM emails", as: String.self)
            #expect(row == "\(asked.id) sent \(language)")
        }
    }

    @Test(
        "A text ends with the line from which browsers fill the code in, on this shop's pages alone",
        arguments: ["en", "bn-BD", "hi-IN"])
    func texted(locale: String) async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let asked = try await post.ask(.signUp, post.phone, locale: locale)
            for _ in 0..<2 { try await post.send(asked) }
            let code = post.code(asked)
            let text = try #require(post.gateway.messages.first).text
            #expect(post.gateway.messages.map(\.to.rawValue) == ["+8801712345678"])
            #expect(text.hasSuffix("\n\n@shop.example #\(code)") && text.contains(code))
            let parts = text.unicodeScalars.allSatisfy(\.isASCII) ? 160 : 134
            #expect(text.utf16.count <= parts, "\(text)")
        }
    }

    @Test("Nothing is sent to who has no account and wants to sign in, nor after the code's end")
    func nothing() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            try await post.send(try await post.ask(.signIn, post.email))
            let late = try await post.ask(.signUp, post.phone)
            market.clock.advance(by: 10 * 60)
            try await post.send(late)
            #expect(post.mail.messages.isEmpty && post.gateway.messages.isEmpty)
            #expect(try await market.client.queryValues("SELECT id FROM emails", as: UUID.self).isEmpty)
        }
    }

    @Test("A text that nobody can send fails for good and says why")
    func withoutGateway() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let asked = try await post.ask(.signUp, post.phone)
            let failure = await #expect(throws: PermanentJobFailure.self) {
                try await post.send(asked, withGateway: false)
            }
            #expect(failure?.reason.contains("HAAT_SMS_URL") == true)
        }
    }
}
