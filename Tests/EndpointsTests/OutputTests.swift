import Core
import Foundation
import Testing
import Values

@testable import Endpoints

@Suite("Output")
struct OutputTests {
    struct Everything: APIOutput {
        let text: String
        let number: Int64
        let fraction: Double
        let flag: Bool
        let list: [String]
        let map: [UTF8Text: Int]
        let missing: String?
        let absent: Int?
        let nested: [Money]
        let choice: Gateway?

        static var example: Everything {
            Everything(
                text: "t", number: 1, fraction: 0.5, flag: true, list: ["a"], map: ["k": 1], missing: nil, absent: nil,
                nested: [.example], choice: .stripe)
        }

        func write(to out: inout ObjectWriter) {
            out.field("text", text)
            out.field("number", number)
            out.field("fraction", fraction)
            out.field("flag", flag)
            out.field("list", list)
            out.field("map", map)
            out.field("missing", missing)
            out.field(ifPresent: "absent", absent)
            out.field("nested", nested)
            out.field("choice", choice)
        }
    }

    /// A seeded generator, so that a failure can be repeated.
    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }

        mutating func text() -> String {
            let scalars = (0..<Int.random(in: 0...40, using: &self)).compactMap { _ -> Unicode.Scalar? in
                switch Int.random(in: 0..<4, using: &self) {
                case 0: Unicode.Scalar(UInt32.random(in: 0...0x1f, using: &self))
                case 1: ["\"", "\\", "/", "\u{7f}", "\u{2028}", "\u{FEFF}"].randomElement(using: &self)
                case 2: Unicode.Scalar(UInt32.random(in: 0x20...0x7e, using: &self))
                default: Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &self))
                }
            }
            return String(String.UnicodeScalarView(scalars))
        }
    }

    @Test("Whatever is written, Foundation reads back the same", arguments: 0..<200 as Range<UInt64>)
    func roundTrips(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let value = Everything(
            text: random.text(), number: Int64.random(in: .min ... .max, using: &random),
            fraction: Double(bitPattern: random.next()), flag: Bool.random(using: &random),
            list: (0..<3).map { _ in random.text() },
            map: [UTF8Text(random.text()): 1, UTF8Text(random.text() + "x"): -9],
            missing: nil,
            absent: nil, nested: [], choice: nil)
        var writer = JSONWriter()
        value.append(to: &writer)
        let decoder = JSONDecoder()
        let read = try decoder.decode(Read.self, from: Data(writer.bytes))
        #expect(read.text.utf8.elementsEqual(value.text.utf8))
        #expect(read.number == value.number)
        #expect(read.fraction == (value.fraction.isFinite ? value.fraction : nil))
        #expect(read.flag == value.flag)
        #expect(read.list == value.list)
        #expect(read.map == Dictionary(uniqueKeysWithValues: value.map.map { ($0.key.string, $0.value) }))
        #expect(read.missing == nil)
        let members = try #require(try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String: Any])
        #expect(members["missing"] is NSNull)
        #expect(!members.keys.contains("absent"))
        #expect(members.count == 9)
    }

    struct Read: Decodable {
        let text: String
        let number: Int64
        let fraction: Double?
        let flag: Bool
        let list: [String]
        let map: [String: Int]
        let missing: String?
    }

    @Test("The schema says what is always there, what may be null and what may be missing")
    func schema() throws {
        guard case .object(let schema) = Everything.schema else { throw Wreck() }
        let properties = Dictionary(uniqueKeysWithValues: schema.properties.map { ($0.name, $0) })
        #expect(properties["missing"]?.schema == .nullable(.text(TextSchema())))
        #expect(properties["missing"]?.isRequired == true)
        #expect(properties["absent"]?.isRequired == false)
        #expect(properties["choice"]?.schema == .nullable(.text(TextSchema(cases: ["stripe", "bkash"], isOpen: true))))
        #expect(properties["nested"]?.schema == .array(items: Money.schema, count: nil))
        #expect(schema.properties.map(\.name).first == "text")
    }

    @Test("Timestamps are RFC 3339 both ways", arguments: 0..<100 as Range<UInt64>)
    func timestamps(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let milliseconds = Double(Int64.random(in: -12_000_000_000_000...253_402_300_799_999, using: &random))
        let date = Date(timeIntervalSince1970: milliseconds / 1000)
        let text = RFC3339.format(date)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        #expect(text == style.format(date) || text == style.format(date.addingTimeInterval(0.0002)))
        #expect(try abs(#require(RFC3339.parse(text)).timeIntervalSince(date)) < 0.001)
    }

    @Test(
        "What is no timestamp is refused",
        arguments: [
            "", "2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00",
            "2026-13-01T00:00:00Z",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+25:00", "2026-01-01T00:00:00Zx", "２026-01-01T00:00:00Z",
        ])
    func badTimestamps(text: String) {
        #expect(RFC3339.parse(text) == nil)
    }
}
