import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Logging
import Postgres
import Testing
import Vendors

@testable import Notifications

@Suite("Sending invitations")
struct InvitationTests {
    private struct Post: Sendable {
        let market: Marketplace
        let mail = StubTransport()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

        var tokens: InvitationTokens { InvitationTokens(keys: RootKeys(market.encryptionKey)) }
        var invite: Invite { Invite(tokens: tokens, audit: market.audit, ids: market.ids, clock: market.clock) }

        func invited(to vendor: Vendor?, locale: String = "en") async throws -> Invitation {
            let new = NewInvitation(
                email: EmailAddress(rawValue: "salma@example.com")!, vendor: vendor?.id.uuid,
                role: .builtIn(vendor == nil ? .support : .vendorManager), locale: LanguageTag(locale)!)
            return try await market.work { try await invite(new, by: .system, in: $0) }
        }

        func send(_ invitation: Invitation) async throws {
            let mailer = Mailer(
                transport: mail, sender: Mailbox(EmailAddress(rawValue: "shop@haat.test")!), audit: market.audit,
                clock: market.clock, logger: logger)
            let email = EmailInvitation(
                read: ReadInvitationMessage(tokens: tokens, clock: market.clock), shop: "shop.example",
                publicURL: "https://shop.example", mailer: mailer)
            try await email(.init(invitationID: invitation.id), jobID: invitation.id.uuid, in: market.queue)
        }
    }

    @Test(
        "An invitation is mailed once, in the language that was asked for, with a link that leads to it",
        arguments: [
            ("en-GB", "Rahim Books asks you to help run its shop at shop.example", "en"),
            ("bn-BD", "Rahim Books আপনাকে shop.example-এ", "bn"), ("hi", "Rahim Books ने आपको shop.example पर", "hi"),
        ])
    func mailed(locale: String, words: String, language: String) async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let invitation = try await post.invited(to: try await market.vendor(), locale: locale)
            #expect(try await market.jobKinds() == ["notifications.email_invitation"])
            for _ in 0..<2 { try await post.send(invitation) }
            #expect(post.mail.messages.count == 1)
            let message = try #require(post.mail.messages.first)
            #expect(message.to.address.rawValue == "salma@example.com" && message.text.contains(words))
            #expect(message.html.contains("<html lang=\"\(language)\">"))
            let link = try #require(message.text.split(separator: "\n").first { $0.contains("https://") })
                .trimmingCharacters(in: .whitespaces)
            #expect(message.html.contains("href=\"\(link)\""))
            let token = try #require(link.split(separator: "/").last)
            let accept = AcceptInvitation(audit: market.audit, ids: market.ids, clock: market.clock)
            let found = try await accept.invitation(bearing: UTF8Text(String(token)), in: market.client)
            #expect(found?.id == invitation.id)
        }
    }

    @Test("The staff is named as the shop itself; what was taken back is not sent")
    func staff() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let revoked = try await post.invited(to: nil)
            let open = try await post.invited(to: nil)
            for invitation in [revoked, open] { try await post.send(invitation) }
            #expect(post.mail.messages.map(\.subject) == ["You are invited to shop.example"])
            #expect(post.mail.messages.allSatisfy { $0.text.contains("asks you to join its staff") })
        }
    }

    @Test("A vendor without an owner is asked, where its mail is read, to have one")
    func owner() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let vendor = try await market.vendor()
            for _ in 0..<2 {
                try await market.work { work in
                    try await InviteOwner(invite: post.invite)(InviteOwner.Job(vendorID: vendor.id), in: work)
                }
            }
            let rows = try await market.client.queryValues(
                "SELECT concat_ws(' ', email, role, revoked_at IS NULL) FROM invitations ORDER BY id", as: String.self)
            #expect(rows == ["sales@example.com vendor_owner f", "sales@example.com vendor_owner t"])
        }
    }
}
