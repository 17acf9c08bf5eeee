import Core
import Foundation
import NIOCore

@testable import Endpoints

/// Declared input is read from JSON and from a form without a trap, and what a field accepts is written as it is read.
enum InputChecks {
    static func check(_ bytes: [UInt8]) {
        if let value = accepted({ () throws(JSONParsingError) in try JSONValue(parsing: bytes, limits: .request) }),
            case .object(let members) = value
        {
            read(members.mapValues(FieldInput.json))
            for member in members.values { checkKinds(.json(member)) }
        }
        guard let form = accepted({ () throws(Problem) in try FormEntries(ByteBuffer(bytes: bytes)) }) else { return }
        read(form.members)
        for member in form.members.values { checkKinds(member) }
    }

    private static func read(_ members: [UTF8Text: FieldInput]) {
        do throws(InvalidFields) {
            _ = try Everything.read(members)
        } catch {
            promise(!error.problems.isEmpty, "refused for nothing")
        }
    }

    private static func checkKinds(_ input: FieldInput) {
        checkKind(.integer(Int.min...Int.max), input)
        checkKind(.integer(Int32(0)...100), input)
        checkKind(.boolean, input)
        checkKind(.date, input) { abs($0.timeIntervalSince($1)) < 0.0005 || isOutside($0) }
        checkKind(.uuid, input)
        checkKind(.currency, input)
        checkKind(.money(), input)
        checkKind(.text(TextRule(0...80, .line)), input)
        checkKind(.text(TextRule(1...80, .secret)), input)
        checkKind(.email, input)
        checkKind(.phone, input)
        checkKind(.webURL, input)
        checkKind(.array(of: .integer(0...9), count: 0...20), input)
        checkKind(.map(of: .string(0...20)), input)
        checkKind(.nullable(.boolean), input)
    }

    private static func checkKind<Value: Equatable>(
        _ kind: FieldKind<Value>, _ input: FieldInput, isSame: (Value, Value) -> Bool = { $0 == $1 }
    ) {
        var reading = FieldReading(pointer: "/field")
        guard let value = kind.read(input, &reading) else {
            return promise(!reading.problems.isEmpty, "\(Value.self): refused for nothing")
        }
        promise(reading.problems.isEmpty, "\(Value.self): accepted with a problem")
        let json = kind.text(value).flatMap { text in
            accepted { () throws(JSONParsingError) in try JSONValue(parsing: text) }
        }
        let again = json.flatMap { kind.read(.json($0), &reading) }
        promise(again.map { isSame($0, value) } ?? false, "\(Value.self): written and read again it is another")
    }

    /// RFC 3339 prints the years 0 to 9999 alone.
    private static func isOutside(_ date: Date) -> Bool {
        abs(date.timeIntervalSince1970 - 95_617_540_800) > 157_784_760_000 - 86_400
    }
}

/// An input with a field of each kind.
private struct Everything: APIInput {
    let note: String?
    let change: Change<Int?>
    let lines: [Line]

    init(_ fields: inout Fields) {
        note = fields.optional("note", .text(TextRule(0...500, .lines)), "A note")
        change = fields.change("change", .nullable(.integer(0...1_000_000)), "A change")
        lines = fields.required("lines", .array(of: .object(Line.self), count: 1...100), "Lines")
        fields.check(lines.count < 50, "lines", "must be fewer")
    }

    struct Line: APIInput {
        let quantity: Int
        let price: Money?
        let state: State
        let isGift: Bool
        let tags: [UTF8Text: String]?

        init(_ fields: inout Fields) {
            quantity = fields.required("quantity", .integer(1...1_000), "How many")
            price = fields.optional("price", .money(), "The price")
            state = fields.required("state", .oneOf(State.self), "The state")
            isGift = fields.optional("is_gift", .boolean, "Whether it is a gift", default: false)
            tags = fields.optional("tags", .map(of: .string(0...40)), "Tags")
        }
    }

    enum State: String, CaseIterable {
        case open, closed
    }
}
