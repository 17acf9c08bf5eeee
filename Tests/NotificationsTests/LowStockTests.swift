import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Inventory
import Jobs
import Logging
import Postgres
import Testing
import Vendors

@testable import Notifications

@Suite("Mail about stock that is low")
struct LowStockTests {
    private struct Post: Sendable {
        let market: Marketplace
        let mail = StubTransport()

        /// Somebody of a vendor's team.
        func member(_ name: String, _ role: Role, of vendor: ID<Vendor>, locale: String = "en") async throws {
            let account = UUID()
            try await market.owner.execute(
                """
                INSERT INTO accounts (id, email, locale, created_at, updated_at)
                VALUES (\(account), \("\(name)@example.com"), \(locale), now(), now())
                """)
            try await market.owner.execute(
                """
                INSERT INTO memberships (id, account_id, vendor_id, role, created_at, updated_at)
                VALUES (\(UUID()), \(account), \(vendor), \(role.rawValue), now(), now())
                """)
        }

        func setThreshold(_ threshold: Int64, of variant: Variant) async throws {
            let set = SetStockPolicy(audit: market.audit)
            _ = try await market.work {
                try await set(variant.id, StockPolicyChanges(lowStockThreshold: threshold), by: .system, in: $0)
            }
        }

        /// Runs what was caused, each job once.
        func run() async throws {
            let notify = NotifyLowStock(clock: market.clock)
            for job in try await take(NotifyLowStock.Job.self) {
                try await market.work { try await notify(job.1, in: $0) }
            }
            let mailer = Mailer(
                transport: mail, sender: Mailbox(EmailAddress(rawValue: "shop@haat.test")!), audit: market.audit,
                clock: market.clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let send = SendLowStock(shop: "shop.example", mailer: mailer)
            for job in try await take(SendLowStock.Job.self) {
                try await send(job.1, jobID: job.0, in: market.queue)
            }
        }

        private func take<Payload: JobPayload>(_ type: Payload.Type) async throws -> [(UUID, Payload)] {
            let rows = try await market.owner.query(
                """
                UPDATE jobs SET state = 'done', finished_at = now() WHERE kind = \(Payload.kind) AND state = 'pending'
                RETURNING id, payload::text
                """, columns: (UUID, String).self)
            return try rows.map { ($0.0, try JSONDecoder().decode(Payload.self, from: Data($0.1.utf8))) }
        }

        var addressees: [String] { mail.messages.map(\.to.address.rawValue).sorted() }
    }

    @Test("Members who may see stock are mailed in their language when it becomes low, each once on a day")
    func once() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let vendor = try await market.vendor()
            let book = try await market.goods(units: 10, vendor: vendor)
            try await post.member("salma", .vendorOwner, of: vendor.id)
            try await post.member("karim", .vendorFulfilment, of: vendor.id, locale: "bn")
            try await post.member("rina", .vendorFinance, of: vendor.id)
            try await post.setThreshold(3, of: book)
            try await post.run()
            #expect(post.mail.messages.isEmpty)
            try await market.adjust(book, by: -8)
            try await post.run()
            #expect(Role.vendorFinance.permissions.contains(.stockRead) == post.addressees.contains("rina@example.com"))
            let told = post.addressees.filter { $0 != "rina@example.com" }
            #expect(told == ["karim@example.com", "salma@example.com"])
            let english = try #require(post.mail.messages.first { $0.to.address.rawValue == "salma@example.com" })
            #expect(english.subject == "Running low: Book" && english.text.contains("Units left for sale: 2"))
            #expect(english.text.contains("BOOK-1"))
            let bengali = try #require(post.mail.messages.first { $0.to.address.rawValue == "karim@example.com" })
            #expect(bengali.html.contains("<html lang=\"bn\">"))
            let count = post.mail.messages.count
            try await market.adjust(book, by: 8)
            try await market.adjust(book, by: -8)
            try await post.run()
            #expect(post.mail.messages.count == count)
            market.clock.advance(by: 86_400)
            try await market.adjust(book, by: 8)
            try await market.adjust(book, by: -8)
            try await post.run()
            #expect(post.mail.messages.count == 2 * count)
        }
    }

    @Test("Nobody is mailed whose vendor does not want it, nor about what has come meanwhile, nor who has left")
    func unwanted() async throws {
        try await Marketplace.open { market in
            let post = Post(market: market)
            let vendor = try await market.vendor()
            let book = try await market.goods(units: 10, vendor: vendor)
            try await post.member("salma", .vendorOwner, of: vendor.id)
            try await post.setThreshold(3, of: book)
            try await market.owner.execute("UPDATE vendors SET mails_low_stock = false")
            try await market.adjust(book, by: -8)
            try await post.run()
            try await market.owner.execute("UPDATE vendors SET mails_low_stock = true")
            try await market.adjust(book, by: 8)
            try await market.adjust(book, by: -8)
            let notify = NotifyLowStock(clock: market.clock)
            let low = NotifyLowStock.Job(
                StockLow(variantID: book.id, productID: book.product, vendorID: vendor.id, left: 2))
            try await market.work { try await notify(low, in: $0) }
            try await market.adjust(book, by: 8)
            try await post.run()
            #expect(post.mail.messages.isEmpty)
            market.clock.advance(by: 86_400)
            try await market.adjust(book, by: -8)
            try await market.work { try await notify(low, in: $0) }
            try await market.owner.execute("UPDATE memberships SET removed_at = now()")
            try await post.run()
            #expect(post.mail.messages.isEmpty)
        }
    }
}
