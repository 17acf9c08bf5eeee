import CLibPQ

/// The parameters of a statement, encoded one after the other in one buffer.
struct PostgresParameters: Sendable {
    /// What the protocol's 16-bit count can carry.
    static let countLimit = 65_535
    /// Half of what the server takes in one message, and far from what a length of 32 bits can't carry.
    static let byteLimit = 512 << 20

    private struct Field: Sendable {
        var offset: Int
        /// Nil for NULL.
        var length: Int32?
    }

    private var writer = PostgresBinaryWriter()
    private var fields: [Field] = []
    /// The OIDs of the parameters' types.
    private(set) var types: [UInt32] = []

    var count: Int { fields.count }

    /// Why the protocol can't carry them; nil where it can.
    var objection: String? {
        if fields.count > Self.countLimit { return "a statement can have \(Self.countLimit) parameters at most" }
        if writer.bytes.count > Self.byteLimit {
            return "the parameters of a statement can have \(Self.byteLimit) bytes at most"
        }
        return nil
    }

    mutating func append(_ value: some PostgresEncodable) {
        let offset = writer.bytes.count
        let length = writer.field { value.encode(into: &$0) }
        fields.append(Field(offset: offset, length: length))
        types.append(type(of: value).postgresType.oid)
    }

    /// Appends all that others hold, in their order.
    mutating func append(contentsOf others: PostgresParameters) {
        let start = writer.bytes.count
        writer.write(bytes: others.writer.bytes)
        fields += others.fields.map { Field(offset: start + $0.offset, length: $0.length) }
        types += others.types
    }

    /// The parallel arrays that libpq's send functions take; valid for the length of the call.
    struct Arrays {
        var count: Int32
        var values: UnsafePointer<UnsafePointer<CChar>?>?
        var lengths: UnsafePointer<Int32>?
        var formats: UnsafePointer<Int32>?
    }

    func withArrays<R>(_ body: (Arrays) -> R) -> R {
        guard !fields.isEmpty else { return body(Arrays(count: 0)) }
        return writer.bytes.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: count * 2) { numbers in
                    fill(from: bytes, values, numbers)
                    return body(
                        Arrays(
                            count: Int32(count), values: UnsafePointer(values.baseAddress),
                            lengths: UnsafePointer(numbers.baseAddress),
                            formats: numbers.baseAddress.map { UnsafePointer($0 + count) }))
                }
            }
        }
    }

    private func fill(
        from bytes: UnsafeRawBufferPointer, _ values: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>,
        _ numbers: UnsafeMutableBufferPointer<Int32>
    ) {
        let binary: Int32 = 1
        for (index, field) in fields.enumerated() {
            // A nil pointer means NULL to libpq, so an empty value needs some address that is not nil.
            let address = bytes.baseAddress.map { $0 + field.offset } ?? UnsafeRawPointer(values.baseAddress)
            values.initializeElement(
                at: index, to: field.length == nil ? nil : address?.assumingMemoryBound(to: CChar.self))
            numbers.initializeElement(at: index, to: field.length ?? 0)
            numbers.initializeElement(at: count + index, to: binary)
        }
    }
}
