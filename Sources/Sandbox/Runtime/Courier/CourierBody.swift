import Hummingbird

extension Request {
    /// The body as a JSON object: JSON as it is, a form as texts, nothing as an empty object. Nil where it is neither.
    func courierBody(in context: SandboxContext) async throws -> JSON? {
        let bytes = try await bytes(in: context)
        guard bytes.contains(where: { $0 > 0x20 }) else { return [:] }
        if header("Content-Type")?.hasPrefix("application/x-www-form-urlencoded") == true,
            bytes.first != UInt8(ascii: "{")
        {
            return FormBody(String(decoding: bytes, as: UTF8.self)).map { JSON(form: $0.root) }
        }
        do throws(JSONSyntaxError) {
            let json = try JSONParser.parse(bytes)
            guard case .object = json else { return nil }
            return json
        } catch {
            return nil
        }
    }
}

extension JSON {
    /// A text or a number as the text that a loosely typed server sees.
    var looseText: String? {
        switch self {
        case .string(let text): text
        case .int(let number): "\(number)"
        case .number(let number): "\(number)"
        case .bool(let flag): flag ? "1" : "0"
        default: nil
        }
    }

    /// Hundredths of the currency; nil where it is no number.
    var hundredths: Int? {
        guard let number = doubleValue, number.isFinite, abs(number) < 1e13 else { return nil }
        return Int((number * 100).rounded())
    }

    /// An amount as a number without a needless fraction: 1060, 81.5.
    static func amount(_ hundredths: Int) -> JSON {
        hundredths % 100 == 0 ? .int(hundredths / 100) : .number(Double(hundredths) / 100)
    }

    /// An amount as a number that always has a fraction: 81.0.
    static func decimal(_ hundredths: Int) -> JSON { .number(Double(hundredths) / 100) }

    /// An amount as a text with two decimals.
    static func decimalText(_ hundredths: Int) -> JSON { .string(Hundredths.text(hundredths)) }
}

enum Hundredths {
    /// `-1234.05`
    static func text(_ hundredths: Int) -> String {
        let rest = abs(hundredths) % 100
        return "\(hundredths < 0 ? "-" : "")\(abs(hundredths) / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
