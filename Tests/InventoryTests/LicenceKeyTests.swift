import Catalog
import CommerceTestSupport
import Core
import Foundation
import Inventory
import Orders
import Postgres
import Testing

@Suite("Licence keys")
struct LicenceKeyTests {
    @Test("An import counts new keys as stock and reports duplicates by their position")
    func importing() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 0)
            let first = try await market.importKeys(["AAA", " BBB ", "AAA"], into: variant)
            #expect(first.imported == 2 && first.duplicates == [2] && first.level.onHand == 2)
            let second = try await market.importKeys(["BBB", "CCC"], into: variant)
            #expect(second.imported == 1 && second.duplicates == [0] && second.level.available == 3)
            let third = try await market.importKeys(["CCC"], into: variant)
            #expect(third.imported == 0 && third.level.onHand == 3)
        }
    }

    @Test("The same key is one key however it is written, and the first is kept as it was given")
    func invisibleCharacters() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 0)
            let report = try await market.importKeys(
                [
                    "\u{feff}KQ7F-AAAA", "KQ7F-AAAA", "\u{200b}KQ7F-BBBB", "KQ7F-BBBB\u{200b}", "KQ7F-BBBB",
                    "\u{202a}KQ7F-CCCC\u{202c}", "KQ7F-CCCC", "\u{2060}KQ7F-DDDD", "KQ7F-DDDD", "KQ7F\u{a0}EEEE",
                    "KQ7F EEEE",
                    "KQ7F  EEEE", "caf\u{e9}", "cafe\u{301}",
                ], into: variant)
            #expect(report.duplicates == [1, 3, 4, 6, 8, 10, 13])
            #expect(report.imported == 7 && report.level.onHand == 7)
            let again = try await market.importKeys(["\u{200d}KQ7F-AAAA\u{ad}", " KQ7F-DDDD\u{3000}"], into: variant)
            #expect(again.imported == 0)
            let order = try await market.place((variant, 7)).order
            #expect(try await market.pay(order.id).isPaid)
            try await market.deliver(order.id)
            let sold = Set(try await market.reveal(order.id).map { Array($0.key.reveal().utf8) })
            let given = [
                "KQ7F-AAAA", "\u{200b}KQ7F-BBBB", "\u{202a}KQ7F-CCCC\u{202c}", "\u{2060}KQ7F-DDDD", "KQ7F\u{a0}EEEE",
                "KQ7F  EEEE", "caf\u{e9}",
            ]
            #expect(sold == Set(given.map { Array($0.utf8) }))
        }
    }

    @Test("A key of which nothing can be seen is refused by its position, and nothing is stock")
    func blankKeys() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 0)
            let problem = await #expect(throws: Problem.self) {
                try await market.importKeys(
                    ["KQ7F-AAAA", "\u{feff}", "\u{200b}", "\u{3164}", "\u{2800}", "\u{202a}\u{202c}", "\u{a0}"],
                    into: variant)
            }
            #expect(problem?.fields.map(\.pointer) == (1...6).map { "/keys/\($0)" })
            #expect(try await market.importKeys(["KQ7F-BBBB"], into: variant).level.onHand == 1)
        }
    }

    @Test("A key that one variant has is a duplicate in any other, whosever it is")
    func duplicatesAcrossVariants() async throws {
        try await Marketplace.open { market in
            let vendor = try await market.vendor()
            let one = try await market.licence(keys: 0, sku: "A", vendor: vendor)
            let two = try await market.licence(keys: 0, sku: "B", vendor: vendor)
            let foreign = try await market.licence(keys: 0, sku: "C")
            #expect(try await market.importKeys(["K"], into: one).imported == 1)
            #expect(try await market.importKeys(["K"], into: two).duplicates == [0])
            let refused = try await market.importKeys(["K", "\u{200b}K", "L"], into: foreign)
            #expect(refused.duplicates == [0, 1] && refused.imported == 1 && refused.level.onHand == 1)
        }
    }

    @Test("Keys are not in the database in the clear")
    func encryption() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 0)
            try await market.importKeys(["PLAINTEXT-KEY"], into: variant)
            let stored = try await market.client.queryOne(
                "SELECT ciphertext, fingerprint FROM licence_keys", columns: ([UInt8], [UInt8]).self)
            let secret = Array("PLAINTEXT-KEY".utf8)
            #expect(stored?.0.contains(secret) == false && stored?.1.contains(secret) == false)
        }
    }

    @Test("Keys that are not acceptable are named by their position")
    func refusal() async throws {
        try await Marketplace.open { market in
            let variant = try await market.licence(keys: 0)
            let problem = await #expect(throws: Problem.self) {
                try await market.importKeys(["ok", " ", "a\u{0}b", String(repeating: "x", count: 501)], into: variant)
            }
            #expect(problem?.fields.map(\.pointer) == ["/keys/1", "/keys/2", "/keys/3"])
            await #expect(throws: Problem.self) { try await market.importKeys([], into: variant) }
            let goods = try await market.goods(units: 0, sku: "G")
            await #expect(throws: Problem.self) { try await market.importKeys(["k"], into: goods) }
        }
    }

    @Test(
        "The database refuses what would put a key on two orders or too many keys on one",
        arguments: [
            (
                "UPDATE licence_keys SET order_line_id = (SELECT id FROM order_lines WHERE sku = 'B'), line_quantity = 1 WHERE state = 'assigned'",
                "licence_keys_assignment_is_final"
            ),
            (
                "UPDATE licence_keys SET state = 'available', order_line_id = NULL, unit_number = NULL, line_quantity = NULL, assigned_at = NULL WHERE state = 'assigned'",
                "licence_keys_assignment_is_final"
            ),
            (
                "UPDATE licence_keys SET state = 'assigned', order_line_id = line.id, unit_number = 1, line_quantity = 1, assigned_at = now() FROM order_lines AS line WHERE line.sku = 'A' AND licence_keys.state = 'available' AND licence_keys.variant_id = line.variant_id",
                "licence_keys_one_per_unit"
            ),
            (
                "UPDATE licence_keys SET state = 'assigned', order_line_id = line.id, unit_number = 2, line_quantity = 1, assigned_at = now() FROM order_lines AS line WHERE line.sku = 'A' AND licence_keys.state = 'available' AND licence_keys.variant_id = line.variant_id",
                "licence_keys_within_quantity"
            ),
            (
                "UPDATE licence_keys SET state = 'assigned', order_line_id = line.id, unit_number = 2, line_quantity = 2, assigned_at = now() FROM order_lines AS line WHERE line.sku = 'A' AND licence_keys.state = 'available' AND licence_keys.variant_id = line.variant_id",
                "licence_keys_line_of_same_variant"
            ),
            (
                "UPDATE licence_keys SET state = 'assigned', order_line_id = line.id, unit_number = 1, line_quantity = 1, assigned_at = now() FROM order_lines AS line WHERE line.sku = 'B' AND licence_keys.state = 'available' AND licence_keys.variant_id <> line.variant_id",
                "licence_keys_line_of_same_variant"
            ),
            (
                "UPDATE licence_keys SET ciphertext = '\\x00' WHERE state = 'assigned'",
                "licence_keys_assignment_is_final"
            ),
            (
                "UPDATE licence_keys SET state = 'available' WHERE state = 'assigned'",
                "licence_keys_assignment_is_final"
            ),
            (
                "UPDATE licence_keys SET state = 'quarantined' WHERE state = 'assigned'",
                "licence_keys_assignment_is_final"
            ),
            (
                "WITH gone AS (SELECT id FROM licence_keys WHERE state = 'available' LIMIT 1) UPDATE licence_keys SET state = 'assigned' WHERE id IN (SELECT id FROM gone)",
                "licence_keys_assignment_complete"
            ),
            (
                "INSERT INTO stock_movements (variant_id, vendor_id, reason, on_hand_change, reserved_change) SELECT variant_id, vendor_id, 'adjusted', 1, 0 FROM licence_keys LIMIT 1",
                "stock_of_licence_keys_is_their_pool"
            ),
            (
                "INSERT INTO licence_keys (id, vendor_id, variant_id, ciphertext, data_key_id, fingerprint, marketplace_fingerprint) SELECT gen_random_uuid(), vendor_id, variant_id, ciphertext, data_key_id, sha256(fingerprint), marketplace_fingerprint FROM licence_keys LIMIT 1",
                "licence_keys_once"
            ),
            (
                "INSERT INTO licence_keys (id, vendor_id, variant_id, ciphertext, data_key_id, fingerprint) SELECT gen_random_uuid(), vendor_id, variant_id, ciphertext, data_key_id, fingerprint FROM licence_keys LIMIT 1",
                "licence_keys_once_per_vendor"
            ),
        ])
    func constraints(sql: String, constraint: String) async throws {
        try await Marketplace.open(connections: 2) { market in
            let vendor = try await market.vendor()
            let delivered = try await market.licence(keys: 2, sku: "A", vendor: vendor)
            let open = try await market.licence(keys: 0, sku: "B", vendor: vendor)
            try await market.importKeys(["only B"], into: open)
            let order = try await market.place((delivered, 1)).order
            _ = try await market.place((open, 1))
            #expect(try await market.pay(order.id).isPaid)
            try await market.deliver(order.id)
            let error = await #expect(throws: PostgresError.self) {
                try await market.client.execute(PostgresStatement(sql: sql))
            }
            #expect(error?.constraintName == constraint)
        }
    }
}
