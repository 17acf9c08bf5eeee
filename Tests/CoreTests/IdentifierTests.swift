import CommerceTestSupport
import Core
import Foundation
import Testing

private enum Parcel: IdentifiedByTypeID {
    static let typePrefix = "prefix"
}

@Suite("Identifiers")
struct IdentifierTests {
    @Test(
        "The specification's vectors are encoded and decoded",
        arguments: [
            ("00000000-0000-0000-0000-000000000000", "00000000000000000000000000"),
            ("00000000-0000-0000-0000-000000000001", "00000000000000000000000001"),
            ("00000000-0000-0000-0000-00000000000a", "0000000000000000000000000a"),
            ("00000000-0000-0000-0000-000000000010", "0000000000000000000000000g"),
            ("00000000-0000-0000-0000-000000000020", "00000000000000000000000010"),
            ("ffffffff-ffff-ffff-ffff-ffffffffffff", "7zzzzzzzzzzzzzzzzzzzzzzzzz"),
        ])
    func vectors(uuid: String, text: String) throws {
        let value = try #require(UUID(uuidString: uuid))
        #expect(TypeID.encode(prefix: "", uuid: value) == text)
        #expect(TypeID.decode(text, prefix: "") == value)
    }

    @Test("An identifier carries its prefix")
    func prefixed() throws {
        let uuid = try #require(UUID(uuidString: "0188bac7-4afa-78aa-bc3b-bd1eef28d881"))
        let id = ID<Parcel>(uuid: uuid)
        #expect(id.description == "prefix_01h2xcejqtf2nbrexx3vqjhp41")
        #expect(ID<Parcel>("prefix_01h2xcejqtf2nbrexx3vqjhp41") == id)
    }

    @Test(
        "Malformed identifiers are refused",
        arguments: [
            "", "prefix_", "prefix", "01h2xcejqtf2nbrexx3vqjhp41", "other_01h2xcejqtf2nbrexx3vqjhp41",
            "prefix_01H2XCEJQTF2NBREXX3VQJHP41", "prefix_01h2xcejqtf2nbrexx3vqjhp4",
            "prefix_01h2xcejqtf2nbrexx3vqjhp411",
            "prefix_81h2xcejqtf2nbrexx3vqjhp41", "prefix_i1h2xcejqtf2nbrexx3vqjhp41",
            "prefix-01h2xcejqtf2nbrexx3vqjhp41",
            "prefix_01h2xcejqtf2nbrexx3vqjhp4é",
        ])
    func malformed(text: String) {
        #expect(ID<Parcel>(text) == nil)
    }

    @Test("Generated UUIDs have version 7, the variant and the time, and always ascend")
    func monotonic() {
        let clock = AdjustableClock(Date(timeIntervalSince1970: 1_700_000_000))
        let generator = UUIDv7Generator(clock: clock)
        var previous = ID<Parcel>(uuid: generator.next())
        for round in 0..<10_000 {
            if round == 3_000 { clock.advance(by: -10) }
            if round == 6_000 { clock.advance(by: 20) }
            let next = ID<Parcel>(uuid: generator.next())
            #expect(previous < next)
            previous = next
        }
        let text = previous.uuid.uuidString
        #expect(text.hasPrefix("018BCFE5-"))
        #expect(Array(text)[14] == "7")
        #expect("89AB".contains(Array(text)[19]))
    }

    @Test("Many tasks never get the same UUID")
    func concurrent() async {
        let generator = UUIDv7Generator()
        let all = await withTaskGroup(of: [UUID].self) { group in
            for _ in 0..<8 { group.addTask { (0..<1_000).map { _ in generator.next() } } }
            return await group.reduce(into: [UUID]()) { $0 += $1 }
        }
        #expect(Set(all).count == 8_000)
    }

    @Test("A cursor is read only by its own listing")
    func cursors() throws {
        let id = ID<Parcel>(uuid: UUID())
        let text = Cursor(listing: "parcels", after: id).encoded
        #expect(try Cursor.id(in: text, listing: "parcels") == id)
        for wrong in ["", "x", "💥", "bm90IGpzb24", text + "A", String(text.dropLast(4)), "W10"] {
            #expect(throws: Problem.invalidCursor) {
                let _: ID<Parcel> = try Cursor.id(in: wrong, listing: "parcels")
            }
        }
        #expect(throws: Problem.invalidCursor) { let _: ID<Parcel> = try Cursor.id(in: text, listing: "orders") }
    }

    @Test("Bytes have one text in base64url", arguments: [[], [0xFF], [0xFB, 0xEF], [1, 2, 3]] as [[UInt8]])
    func base64URL(bytes: [UInt8]) {
        let text = Base64URL.encode(bytes)
        #expect(Base64URL.decode(text) == bytes)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let others = alphabet.map { String(text.dropLast()) + String($0) }.filter { $0 != text }
        #expect(!others.contains { Base64URL.decode($0) == bytes })
        #expect(Base64URL.decode(text + "=") == nil && Base64URL.decode(text + "+") == nil)
    }

    @Test("A position has one cursor, not all that would decode to it")
    func oneCursor() throws {
        #expect(try Cursor(decoding: "WyJvcmRlcnMiLCJhIl0", listing: "orders").keys == ["a"])
        for other in ["WyJvcmRlcnMiLCJhIl1", Base64URL.encode(#"["orders", "a"]"#.utf8)] {
            #expect(throws: Problem.invalidCursor) { try Cursor(decoding: other, listing: "orders") }
        }
    }
}
