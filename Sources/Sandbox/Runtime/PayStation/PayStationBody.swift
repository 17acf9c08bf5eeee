/// Bodies that PayStation takes: forms, multipart forms and JSON.
enum PayStationBody {
    /// The fields as texts; nothing where the body is malformed.
    static func fields(_ bytes: [UInt8], type: String) -> [String: String] {
        if type.hasPrefix("multipart/form-data"), let boundary = boundary(type) {
            return multipart(String(decoding: bytes, as: UTF8.self), boundary: boundary)
        }
        if bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") { return JSONBody.texts(bytes) }
        let form = FormBody(String(decoding: bytes, as: UTF8.self)) ?? FormBody()
        return Dictionary(form.pairs.map { ($0.name, $0.value) }) { first, _ in first }
    }

    private static func boundary(_ type: String) -> String? {
        guard let range = type.firstRange(of: "boundary=") else { return nil }
        let rest = type[range.upperBound...].prefix { $0 != ";" }
        return rest.isEmpty ? nil : rest.filter { $0 != "\"" }
    }

    private static func multipart(_ text: String, boundary: String) -> [String: String] {
        var fields: [String: String] = [:]
        for part in text.split(separator: "--\(boundary)") {
            guard let end = part.firstRange(of: "\r\n\r\n"), let start = part.firstRange(of: " name=\"") else {
                continue
            }
            let name = part[start.upperBound..<end.lowerBound].prefix { $0 != "\"" }
            var value = part[end.upperBound...]
            if value.hasSuffix("\r\n") { value = value.dropLast() }
            fields[String(name)] = String(value)
        }
        return fields
    }
}
