import Addresses
import Catalog
import CommerceTestSupport
import Core
import Customers
import Foundation
import Identity
import Orders
import Postgres
import Registrations

/// Somebody with something in every table that knows people, under texts that nobody else has.
struct Person: Sendable {
    static let email = "Tahmina.Khatun@mail.example"
    static let phone = "+8801798765432"
    static let alternatePhone = "+8801687654321"
    static let name = "তাহমিনা খাতুন"
    static let latinName = "Tahmina Khatun"

    /// What a search for her would look for.
    static let texts = [
        "tahmina", "khatun", "তাহমিনা", "1798765432", "১৭৯৮৭৬৫৪৩২", "01798-765432", "1798 765432", "1687654321",
        "Purple House 9",
        "Behind the tamarind", "বেগুনি বাড়ি", "203.0.113.77", "Karims Telephone/7.1",
    ]

    let principal: Principal
    let order: ID<Order>

    /// - Parameter patrons: where she is put.
    init(in patrons: Patrons) async throws {
        let market = patrons.market
        principal = try await patrons.customer(
            Self.email, phone: Self.phone, name: Self.name, latinName: Self.latinName)
        let (account, by) = (principal.ownAccount, principal)
        _ = try await market.work { work in
            try await patrons.addresses.add(
                NewSavedAddress(
                    label: "তাহমিনা’s",
                    delivery: NewDeliveryAddress(
                        recipient: NewRecipient(
                            name: Self.name, latinName: Self.latinName, phone: "০১৭৯৮৭৬৫৪৩২",
                            alternatePhone: Self.alternatePhone),
                        place: NewPlace(
                            market: .bangladesh,
                            address: NewPostalAddress(
                                line1: "Purple House 9", line2: "বেগুনি বাড়ি", landmark: "Behind the tamarind",
                                upazila: "Gulshan", district: "Dhaka")))), by: by, in: work)
        }
        let notice = try await market.work { work in
            try await patrons.publish(
                "We send you offers by e-mail.", for: .marketingEmail, in: .english, by: .system, in: work)
        }
        _ = try await market.work { try await patrons.decide.give(.marketingEmail, notice.id, by: by, in: $0) }
        let book = try await market.goods(units: 9)
        _ = try await market.work { try await patrons.wishes.add(.variant(book.id), by: by, in: $0) }
        let new = Self.order(of: book.id, email: Self.email)
        let customer = Principal(
            .customer(account.uuid), permissions: Role.customer.permissions, visibility: .customer(account.uuid))
        order = try await market.work { try await market.placeOrder(new, by: customer, in: $0) }.order.id
        try await Self.leaveTraces(of: account, order: order, in: market)
        try await Self.leaveKey(on: order, in: market)
        try await Self.leaveWords(of: account, order: order, in: market)
    }

    static func order(of variant: ID<Variant>, email: String) -> NewOrder {
        NewOrder(
            email: email, customerName: name, phone: phone, lines: [NewOrder.Line(variant: variant, quantity: 1)],
            shippingAddress: ShippingAddress(
                name: name, line1: "Purple House 9", line2: "Behind the tamarind", city: "Dhaka",
                region: "Dhaka Division",
                postalCode: "1212", country: "BD", phone: phone))
    }

    /// What signing in, mails, texts, invitations and support leave behind.
    private static func leaveTraces(of account: ID<Account>, order: ID<Order>, in market: Marketplace) async throws {
        let (owner, ids) = (market.owner, market.ids)
        let member = ids.next()
        try await owner.execute(
            "INSERT INTO accounts (id, email, locale, created_at, updated_at) VALUES (\(member), 'staff@example.com', 'en', now(), now())"
        )
        try await owner.execute(
            """
            INSERT INTO memberships (id, account_id, role, created_at, updated_at)
            VALUES (\(member), \(member), 'support', now(), now())
            """)
        try await owner.execute(
            """
            INSERT INTO support_sessions (id, membership_id, as_account_id, reason, may_write, created_at, expires_at)
            VALUES (\(ids.next()), \(member), \(account), 'Tahmina called from +8801798765432', false, now(), now())
            """)
        try await owner.execute(
            """
            INSERT INTO verifications (id, purpose, email, phone, locale, attempts_left, requested_at, expires_at)
            VALUES (\(ids.next()), 'sign_in', \(email.uppercased()), NULL, 'bn', 5, now(), now()),
                (\(ids.next()), 'sign_in', NULL, \(phone), 'bn', 5, now(), now())
            """)
        try await owner.execute(
            """
            INSERT INTO invitations (id, email, role, locale, token_hash, invited_by, created_at, expires_at)
            VALUES (\(ids.next()), \(email), 'support', 'en', sha256('i'), 'system', now(), now())
            """)
        try await owner.execute(
            """
            INSERT INTO emails (id, order_id, subject, template, template_version, locale, recipient, message_id, created_at,
                updated_at)
            VALUES (\(ids.next()), \(order), NULL, 'order_delivered', 1, 'en', 'former.tahmina@mail.example', 'm', now(), now()),
                (\(ids.next()), NULL, 'ver_x', 'verification_code', 1, 'en', \(email.lowercased()), 'm', now(), now())
            """)
        try await owner.execute(
            """
            INSERT INTO sms_messages (id, subject, template, template_version, locale, recipient, message_id, created_at, updated_at)
            VALUES (\(ids.next()), 'ver_x', 'verification_code', 1, 'en', \(phone), 'm', now(), now())
            """)
        try await owner.execute(
            """
            INSERT INTO totp_factors (account_id, id, seed, created_at) VALUES (\(account), \(ids.next()), 'x'::bytea, now())
            """)
        try await owner.execute(
            "INSERT INTO recovery_codes (account_id, code_hash) VALUES (\(account), sha256('r'))")
        try await owner.execute(
            """
            INSERT INTO devices (id, account_id, token_hash, created_at, last_used_at)
            VALUES (\(ids.next()), \(account), sha256('d'), now(), now())
            """)
    }

    /// A licence key that she has looked at, and that was revoked.
    private static func leaveKey(on order: ID<Order>, in market: Marketplace) async throws {
        _ = try await market.licence(keys: 1)
        try await market.owner.execute(
            """
            INSERT INTO licence_keys (id, vendor_id, variant_id, ciphertext, data_key_id, fingerprint, state, order_line_id, unit_number,
                line_quantity, assigned_at, first_revealed_at, first_revealed_from, closed_reason, closed_at)
            SELECT \(market.ids.next()), line.vendor_id, line.variant_id, ''::bytea, (SELECT data_key_id FROM licence_keys), ''::bytea,
                'revoked', line.id, 1, line.quantity, now(), now(), '203.0.113.77', 'Tahmina has shared it', now()
            FROM order_lines AS line WHERE order_id = \(order)
            """)
    }

    /// What is written to vendors, on gifts, and about an order.
    private static func leaveWords(of account: ID<Account>, order: ID<Order>, in market: Marketplace) async throws {
        let (owner, ids) = (market.owner, market.ids)
        let notes: JSONValue = [["note": "Ring twice for Tahmina", "gift_message": "শুভ জন্মদিন, তাহমিনা"]]
        try await owner.execute(
            """
            INSERT INTO carts (id, customer_id, notes, created_at, changed_at, expires_at)
            VALUES (\(ids.next()), \(account), \(notes), now(), now(), now())
            """)
        try await owner.execute(
            """
            INSERT INTO carts (id, token_hash, state, order_id, notes, created_at, changed_at, expires_at)
            VALUES (\(ids.next()), sha256('c'), 'ordered', \(order), \(notes), now(), now(), now())
            """)
        try await owner.execute(
            "UPDATE vendor_orders SET gift_message = 'From Tahmina', note = 'Purple House 9' WHERE order_id = \(order)")
        try await owner.execute(
            """
            INSERT INTO order_notes (id, order_id, body, created_by, created_at)
            VALUES (\(ids.next()), \(order), 'Tahmina Khatun asked for the evening', 'system', now())
            """)
        let (complaint, message) = (ids.next(), ids.next())
        try await owner.execute(
            """
            INSERT INTO complaints (id, order_id, kind, state, outcome, filed_by, filed_at, closed_at)
            VALUES (\(complaint), \(order), 'other', 'resolved', 'explained', 'system', now(), now())
            """)
        try await owner.execute(
            """
            INSERT INTO complaint_messages (id, complaint_id, side, audience, body, created_by, created_at)
            VALUES (\(message), \(complaint), 'customer', 'everyone', 'Call me at 01798-765432', 'system', now())
            """)
    }
}
