import Hummingbird

extension Request {
    /// The body as a JSON object: JSON as it is, a form as texts, nothing as an empty object. Nil where it is neither.
    func looseBody(in context: SandboxContext) async throws -> JSON? {
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
}

extension String {
    /// A path's part without its `%` escapes; broken ones stay.
    var removingEscapes: String {
        FormBody("v=" + replacing("+", with: "%2B").replacing("&", with: "%26"))?["v"] ?? self
    }
}
