import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Jobs
import Logging
import Orders
import Postgres
import Synchronization
import Testing
import Vendors

@testable import Notifications

@Suite("Sending what is owed")
struct SendingTests {
    private struct Post: Sendable {
        let market: Marketplace
        let transport = StubTransport()
        let jobID = UUID()

        var mailer: Mailer {
            Mailer(
                transport: transport, sender: Mailbox(EmailAddress(rawValue: "shop@haat.test")!), audit: market.audit,
                clock: market.clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }

        func delivered() async throws -> Order {
            let order = try await market.place((market.licence(keys: 2), 2)).order
            _ = try await market.pay(order.id)
            try await market.deliver(order.id)
            return order
        }

        func tellCustomer(_ order: Order) async throws { try await tellCustomer(order, in: market.queue) }

        func tellCustomer(_ order: Order, in claim: some Claim) async throws {
            let reveal = RevealOrderKeys(
                vault: LicenceKeyVault(vault: market.vault), audit: market.audit, clock: market.clock)
            let send = SendOrderDelivered(reveal: reveal, mailer: mailer)
            try await send(SendOrderDelivered.Job(orderID: order.id), jobID: jobID, in: claim)
        }

        func tellVendor(_ order: Order) async throws {
            let line = try #require(
                try await OrderStore().orderWithLines(order.id, visibleTo: .everything, in: market.client)
            ).lines[0]
            try await SendVendorSale(mailer: mailer)(
                SendVendorSale.Job(orderID: order.id, vendorID: line.vendor), jobID: jobID, in: market.queue)
        }

        func state() async throws -> String? {
            try await market.client.queryValue("SELECT state FROM emails WHERE id = \(jobID)", as: String.self)
        }

        func actions(_ order: Order) async throws -> [String] {
            try await market.client.queryValues(
                "SELECT action FROM audit_events WHERE subject = \("\(order.id)") ORDER BY id", as: String.self)
        }
    }

    @Test("A job that is not to be run mails nothing and reveals no key")
    func lostJob() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let order = try await post.delivered()
            await #expect(throws: JobOwnershipLost.self) { try await post.tellCustomer(order, in: LostJob()) }
            #expect(post.transport.messages.isEmpty)
            #expect(try await post.state() == nil)
            #expect(try await !post.actions(order).contains("order.keys_revealed"))
        }
    }

    @Test("The customer gets the keys once, the reveal and the sending are on record, and no key is in the database")
    func customer() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let order = try await post.delivered()
            for _ in 0..<2 { try await post.tellCustomer(order) }
            let message = try #require(post.transport.messages.first)
            #expect(post.transport.messages.count == 1)
            #expect(message.to.address == order.customer.email)
            #expect(message.text.contains("AV-1-KEY-0") && message.text.contains("AV-1-KEY-1"))
            #expect(message.id == "\(post.jobID.uuidString.lowercased())@haat.test")
            let actions = try await post.actions(order)
            #expect(actions.filter { $0 == "order.keys_revealed" }.count == 1)
            #expect(actions.last == "email.sent")
            let timeline = try await OrderTimeline().events(of: order.id, in: market.client).map(\.kind)
            #expect(timeline.contains(.emailSent))
            let rows = try await market.client.queryValues(
                """
                SELECT row_to_json(emails)::text FROM emails UNION ALL SELECT row_to_json(audit_events)::text FROM audit_events
                UNION ALL SELECT row_to_json(jobs)::text FROM jobs
                """, as: String.self)
            #expect(!rows.contains { $0.contains("KEY-0") })
            let row = try await market.client.queryOne(
                "SELECT state, template, template_version FROM emails WHERE id = \(post.jobID)",
                columns: (String, String, Int32).self)
            #expect(row?.0 == "sent" && row?.1 == "order_delivered" && row?.2 == 4)
        }
    }

    @Test("A refused address is a permanent failure that stays on record")
    func refused() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let order = try await post.delivered()
            post.transport.answers.withLock { $0 = [.refused(code: 550, reply: "550 no such user")] }
            await #expect(throws: PermanentJobFailure.self) { try await post.tellCustomer(order) }
            let state = try await post.state()
            #expect(state == "failed")
            #expect(try await post.actions(order).last == "email.refused")
        }
    }

    @Test("A busy server is tried again, with the same Message-ID")
    func temporary() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let order = try await post.delivered()
            post.transport.answers.withLock { $0 = [.temporary(code: 451, reason: "later")] }
            await #expect(throws: SMTPError.self) { try await post.tellCustomer(order) }
            #expect(try await post.state() == "queued")
            try await post.tellCustomer(order)
            #expect(try await post.state() == "sent")
            #expect(post.transport.messages.map(\.id) == ["\(post.jobID.uuidString.lowercased())@haat.test"])
        }
    }

    @Test("A process that dies after the server's acceptance leaves a trace and repeats the same message")
    func diedAfterAcceptance() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let order = try await post.delivered()
            try await post.tellCustomer(order)
            // The commit that notes the acceptance never happened.
            try await market.client.execute(
                "UPDATE emails SET state = 'sending', sent_at = NULL WHERE id = \(post.jobID)")
            try await post.tellCustomer(order)
            #expect(Set(post.transport.messages.map(\.id)).count == 1)
            #expect(try await post.state() == "sent")
        }
    }

    @Test("A message about something else than an order is sent once, and is on that one's record")
    func otherSubject() async throws {
        struct Greeting: MailTemplate {
            static let name = "greeting"
            static let version = 3

            func rendered(in locale: MessageLocale) -> RenderedMail {
                RenderedMail(subject: "Hello", text: "Hello", html: "<p>Hello</p>")
            }
        }
        try await Marketplace.open { market in
            let post = Post(market: market)
            let vendor = try await market.vendor()
            for _ in 0..<2 {
                try await post.mailer.send(in: market.queue) { _ in
                    ComposedEmail(
                        id: post.jobID, subject: .of(vendor.id), recipient: vendor.email, template: Greeting())
                }
            }
            #expect(post.transport.messages.map(\.to.address) == [vendor.email])
            let row = try await market.client.queryOne(
                "SELECT order_id IS NULL, subject, state, template_version FROM emails",
                columns: (Bool, String, String, Int32).self)
            #expect(row?.0 == true && row?.1 == vendor.id.description && row?.2 == "sent" && row?.3 == 3)
            let events = try await market.audit.events(
                of: vendor.id.description, page: PageRequest(), in: market.client
            ).items.map(\.entry.action)
            #expect(events == ["email.sent", "vendor.created"])
        }
    }

    @Test("Nothing is noted where there is nothing to say")
    func nothing() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            try await post.mailer.send(in: market.queue) { _ in nil }
            let rows = try await market.client.queryValue("SELECT count(*) FROM emails", as: Int.self)
            #expect(rows == 0 && post.transport.messages.isEmpty)
        }
    }

    @Test("A vendor hears what was sold and what remains, and neither the customer nor a key")
    func vendor() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let order = try await post.delivered()
            try await post.tellVendor(order)
            let message = try #require(post.transport.messages.first)
            #expect(message.to.address.rawValue == "sales@example.com")
            #expect(message.text.contains("2 × ") && message.text.contains("৳2,400.00"))
            #expect(message.text.contains("Commission: ৳300.00") && message.text.contains("For you: ৳2,100.00"))
            #expect(!message.text.contains("KEY") && !message.text.contains("buyer@"))
        }
    }
}
