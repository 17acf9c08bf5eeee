import Values

extension JSONValue {
    /// The canonical bytes: no white space, keys sorted by their UTF-8 bytes, only what must be escaped is escaped.
    /// Equal values give equal bytes, so they can be hashed and signed. A number that is not finite becomes `null`.
    package var canonicalBytes: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 256)
        append(to: &writer)
        return writer.bytes
    }

    /// The canonical bytes as text.
    package var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }

    private func append(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.writeNull()
        case .bool(let value): writer.write(value)
        case .integer(let value): writer.write(value)
        case .number(let value): writer.write(value)
        case .string(let value): writer.write(value.string)
        case .array(let elements): writer.writeArray(elements) { $1.append(to: &$0) }
        case .object(let members):
            writer.write(raw: "{")
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { writer.write(raw: ",") }
                writer.write(member.key.string)
                writer.write(raw: ":")
                member.value.append(to: &writer)
            }
            writer.write(raw: "}")
        }
    }
}
