import Catalog
import CommerceTestSupport
import Core
import Customers
import Foundation
import Identity
import Jobs
import Media
import Orders
import Postgres
import ProductSubscriptions
import TestSupport
import Testing

@Suite("Being forgotten")
struct ErasureTests {
    private static let waiting: TimeInterval = 14 * 86_400

    private func keepers(_ patrons: Patrons) -> [any PersonalDataKeeper] {
        .product(delete: DeleteMedia(audit: patrons.market.audit, clock: patrons.market.clock))
    }

    private func requests(_ patrons: Patrons) -> RequestErasure {
        RequestErasure(
            keepers: keepers(patrons), waitingTime: Self.waiting, audit: patrons.market.audit, ids: patrons.market.ids,
            clock: patrons.market.clock)
    }

    private func ask(_ principal: Principal, _ patrons: Patrons) async throws -> Erasure {
        try await patrons.market.work { try await requests(patrons)(by: principal, in: $0) }
    }

    private func execute(_ erasure: Erasure, _ patrons: Patrons) async throws {
        let execute = ExecuteErasure(
            keepers: keepers(patrons), audit: patrons.market.audit, clock: patrons.market.clock)
        try await patrons.market.work { try await execute(ExecuteErasure.Job(erasureID: erasure.id), in: $0) }
    }

    @Test("Afterwards the database holds nothing of the person but in raw evidence, where it is dropped by its age")
    func nothingLeft() async throws {
        try await Patrons.open { patrons in
            let (market, text) = (patrons.market, DatabaseText(owner: patrons.market.owner))
            let person = try await Person(in: patrons)
            try await market.cancel(person.order)
            let guest = try await market.goods(units: 3, sku: "GUEST")
            let asGuest = try await market.place(
                Person.order(of: guest.id, email: Person.email.uppercased())
            ).order.id
            try await market.cancel(asGuest)
            try await market.owner.execute(
                """
                INSERT INTO gateway_calls (id, provider, operation, evidence, recorded_at)
                VALUES (\(market.ids.next()), 'stripe', 'open', \(JSONValue.object(["email": .string(Person.email)])), now())
                """)
            try await market.owner.execute(
                """
                INSERT INTO webhook_events (id, account, event_id, event_type, headers, body)
                VALUES (\(market.ids.next()), 'stripe', 'e', 't', '{}', convert_to(\(Person.name), 'UTF8'))
                """)
            let before = try await text.places(of: Person.texts)
            for table in [
                "accounts", "sessions", "customer_addresses", "orders", "emails", "sms_messages", "verifications",
                "invitations", "support_sessions", "carts", "vendor_orders", "order_notes", "complaint_messages",
                "licence_keys",
            ] {
                #expect(before.contains { $0.hasPrefix(table + ".") }, "\(table) is not tried")
            }
            let erasure = try await ask(person.principal, patrons)
            #expect(erasure.dueAt == erasure.requestedAt + Self.waiting)
            try await execute(erasure, patrons)
            #expect(try await text.places(of: Person.texts) == ["gateway_calls.evidence", "webhook_events.body"])
            let dump = try await DatabaseText.dump(
                of: market.database.name, without: ["gateway_calls", "webhook_events"]
            ).lowercased()
            #expect(dump.utf8.count > 10_000)
            for text in Person.texts { #expect(!dump.contains(text.lowercased()), "\(text)") }
        }
    }

    @Test("What the books need stays: orders with their lines and region, consents, and the audit record by ids")
    func whatStays() async throws {
        try await Patrons.open { patrons in
            let market = patrons.market
            let person = try await Person(in: patrons)
            try await market.cancel(person.order)
            let other = try await patrons.customer("rahim@example.com", phone: "+8801711111111", name: "Rahim")
            let book = try await market.goods(units: 3, sku: "OTHER")
            let foreign = try await market.place((book, 1)).order.id
            let before = try await market.order(foreign)
            let erasure = try await ask(person.principal, patrons)
            try await execute(erasure, patrons)
            let order = try await market.order(person.order)
            #expect(order.customer.account == person.principal.ownAccount.uuid)
            #expect(order.customer.name == nil && order.customer.phone == nil)
            #expect(order.shippingAddress?.region == "Dhaka Division" && order.shippingAddress?.country == "BD")
            #expect(order.shippingAddress?.line1 == "erased" && order.shippingAddress?.phone == nil)
            #expect(try await market.order(foreign) == before)
            let history = try await ConsentStore().history(
                of: person.principal.ownAccount, page: PageRequest(), in: market.client)
            #expect(history.items.map(\.isGiven) == [true])
            let rahim = try await AccountStore().account(other.ownAccount, in: market.client)
            #expect(rahim?.name == "Rahim" && rahim?.phone?.rawValue == "+8801711111111")
            #expect(try await market.told("account.erased").count == 1)
            let actions = try await market.owner.queryValues(
                "SELECT action FROM audit_events WHERE subject = \(person.principal.ownAccount.description) ORDER BY id",
                as: String.self)
            #expect(actions.suffix(2) == ["erasure.requested", "account.erased"])
            let page = try await AccountStore().accounts(matching: nil, page: PageRequest(), in: market.client)
            #expect(!page.items.map(\.id).contains(person.principal.ownAccount))
        }
    }

    @Test("A complaint that waits for its end comes first")
    func openComplaint() async throws {
        try await Patrons.open { patrons in
            let market = patrons.market
            let person = try await Person(in: patrons)
            try await market.cancel(person.order)
            try await market.owner.execute(
                "UPDATE complaints SET state = 'open', outcome = NULL, closed_at = NULL WHERE order_id = \(person.order)"
            )
            let held = try await patrons.refusal { _ = try await ask(person.principal, patrons) }
            #expect(held?.extensions["holds"]?.arrayValue?.compactMap { $0["code"] } == ["open_complaints"])
            try await market.owner.execute(
                "UPDATE complaints SET state = 'rejected', closed_at = now() WHERE order_id = \(person.order)")
            try await execute(try await ask(person.principal, patrons), patrons)
            let kept = try await market.owner.queryValues(
                "SELECT kind || ' ' || state FROM complaints WHERE order_id = \(person.order)", as: String.self)
            #expect(kept == ["other rejected"])
        }
    }

    @Test("Address and number are free for another account, and no session is left")
    func freed() async throws {
        try await Patrons.open { patrons in
            let person = try await Person(in: patrons)
            try await patrons.market.cancel(person.order)
            try await execute(try await ask(person.principal, patrons), patrons)
            let again = try await patrons.customer(Person.email, phone: Person.phone)
            #expect(again.ownAccount != person.principal.ownAccount)
            let sessions = try await patrons.market.owner.queryValue(
                "SELECT count(*) FROM sessions WHERE account_id = \(person.principal.ownAccount)", as: Int.self)
            #expect(sessions == 0)
        }
    }

    @Test("Open orders come first, also those that came up meanwhile; whoever acts for others leaves their teams first")
    func holds() async throws {
        try await Patrons.open { patrons in
            let market = patrons.market
            let person = try await Person(in: patrons)
            let open = try await patrons.refusal { _ = try await ask(person.principal, patrons) }
            #expect(
                open?.type == "erasure-held" && open?.extensions["holds"]?.arrayValue?.first?["code"] == "open_orders")
            try await market.cancel(person.order)
            let erasure = try await ask(person.principal, patrons)
            let twice = try await patrons.refusal { _ = try await ask(person.principal, patrons) }
            #expect(twice?.type == "erasure-requested")
            try await market.owner.execute(
                """
                INSERT INTO memberships (id, account_id, role, created_at, updated_at)
                VALUES (\(market.ids.next()), \(person.principal.ownAccount), 'support', now(), now())
                """)
            try await execute(erasure, patrons)
            let held = try await ErasureStore().newest(of: person.principal.ownAccount, in: market.client)
            #expect(held?.state == .requested && held?.heldBy == ["memberships"])
            #expect(held?.dueAt == market.clock.now + ExecuteErasure.retryTime)
            try await market.owner.execute("UPDATE memberships SET removed_at = now()")
            try await execute(erasure, patrons)
            let done = try await ErasureStore().newest(of: person.principal.ownAccount, in: market.client)
            #expect(done?.state == .done && done?.heldBy == [])
            // Once more changes nothing.
            try await execute(erasure, patrons)
            #expect(try await ErasureStore().newest(of: person.principal.ownAccount, in: market.client) == done)
        }
    }

    @Test("Whoever thinks better of it is not forgotten")
    func cancelled() async throws {
        try await Patrons.open { patrons in
            let person = try await Person(in: patrons)
            try await patrons.market.cancel(person.order)
            let erasure = try await ask(person.principal, patrons)
            for _ in 0..<2 {
                let cancelled = try await patrons.market.work {
                    try await requests(patrons).cancel(by: person.principal, in: $0)
                }
                #expect(cancelled.state == .cancelled)
            }
            try await execute(erasure, patrons)
            let account = try await AccountStore().account(person.principal.ownAccount, in: patrons.market.client)
            #expect(account?.email?.rawValue == Person.email && account?.name == Person.name)
            #expect(try await ask(person.principal, patrons).id != erasure.id)
        }
    }
}
