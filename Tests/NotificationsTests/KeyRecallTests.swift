import Catalog
import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Logging
import Orders
import Postgres
import Testing

@testable import Inventory
@testable import Notifications

@Suite("Telling buyers of bad and of new licence keys")
struct KeyRecallTests {
    private func bought(_ variant: Variant, in market: Marketplace) async throws -> ID<Order> {
        let order = try await market.place((variant, 1)).order.id
        #expect(try await market.pay(order).isPaid)
        try await market.deliver(order)
        return order
    }

    private func quarantine(_ batch: LicenceKeyBatch, in market: Marketplace) async throws {
        _ = try await market.work {
            try await QuarantineLicenceKeys(audit: market.audit, clock: market.clock)(
                batch.id, because: "so", by: .system, in: $0)
        }
    }

    private func mailer(_ transport: StubTransport, _ market: Marketplace) -> Mailer {
        Mailer(
            transport: transport, sender: Mailbox(EmailAddress(rawValue: "shop@haat.test")!), audit: market.audit,
            clock: market.clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("Each buyer of a bad batch is mailed once, without a key, and not at all where it is trusted again")
    func recall() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 0)
            let bad = try await market.keyBatch(of: variant)
            try await market.importKeys(["BAD-1", "BAD-2", "BAD-3"], into: variant, of: bad)
            let orders = [try await bought(variant, in: market), try await bought(variant, in: market)]
            try await quarantine(bad, in: market)
            let job = NotifyKeyRecall.Job(
                LicenceKeyBatchQuarantined(batchID: bad.id, variantID: variant.id, vendorID: variant.vendor))
            for _ in 0..<2 { try await NotifyKeyRecall().run(job, in: market.queue) }
            #expect(try await market.jobKinds().count { $0 == "notifications.email_key_recall" } == 2)
            let transport = StubTransport()
            let send = SendKeyRecall(mailer: mailer(transport, market))
            let mail = SendKeyRecall.Job(batchID: bad.id, orderID: orders[0])
            let id = UUID()
            for _ in 0..<2 { try await send(mail, jobID: id, in: market.queue) }
            #expect(transport.messages.count == 1)
            let message = try #require(transport.messages.first)
            #expect(message.text.contains("Antivirus") && !message.text.contains("BAD-"))
            _ = try await market.work {
                try await QuarantineLicenceKeys(audit: market.audit, clock: market.clock).release(
                    bad.id, by: .system, in: $0)
            }
            try await send(.init(batchID: bad.id, orderID: orders[1]), jobID: UUID(), in: market.queue)
            #expect(transport.messages.count == 1)
        }
    }

    @Test("Whoever gets another key is mailed the keys that hold now, in each language with words of its own")
    func replacement() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 2)
            let order = try await bought(variant, in: market)
            let keys = try await ReadOrderKeys()(order, visibleTo: .everything, in: market.client)
            _ = try await market.work {
                try await ReplaceOrderKeys(audit: market.audit, clock: market.clock).replace(
                    keys[0].id, because: "so", by: .system, in: $0)
            }
            let transport = StubTransport()
            let reveal = RevealOrderKeys(
                vault: LicenceKeyVault(vault: market.vault), audit: market.audit, clock: market.clock)
            try await SendOrderDelivered(reveal: reveal, mailer: mailer(transport, market))(
                SendOrderDelivered.Job(orderID: order, isReplacement: true), jobID: UUID(), in: market.queue)
            let message = try #require(transport.messages.first)
            #expect(message.subject.hasPrefix("New licence keys for your order"))
            #expect(message.text.contains("AV-1-KEY-1") && !message.text.contains("AV-1-KEY-0"))
            let mails = MessageLocale.allCases.map { locale in
                (
                    OrderDeliveredMail(orderNumber: "H1", items: [], isReplacement: true).rendered(in: locale),
                    OrderDeliveredMail(orderNumber: "H1", items: []).rendered(in: locale),
                    KeyRecallMail(orderNumber: "H1", titles: ["<b>"]).rendered(in: locale)
                )
            }
            #expect(Set(mails.map(\.0.subject) + mails.map(\.1.subject) + mails.map(\.2.subject)).count == 9)
            #expect(mails.allSatisfy { $0.2.html.contains("&lt;b>") || $0.2.html.contains("&lt;b&gt;") })
        }
    }
}
