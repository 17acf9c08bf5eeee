/// Collects values in PostgreSQL's binary format, one after the other in one buffer.
package struct PostgresBinaryWriter: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var wroteNull = false

    package init() {}

    /// Appends an integer in network byte order.
    package mutating func write(integer: some FixedWidthInteger) {
        withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends raw bytes.
    package mutating func write(bytes raw: some Collection<UInt8>) {
        bytes.append(contentsOf: raw)
    }

    /// Appends text as UTF-8.
    package mutating func write(text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Marks the value that is being written as NULL; it must not have any bytes.
    package mutating func writeNull() {
        wroteNull = true
    }

    /// Forgets what was written; the memory stays.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    mutating func reserve(_ count: Int) {
        bytes.reserveCapacity(bytes.count + count)
    }

    /// Writes one value; the length is nil for NULL.
    mutating func field(_ write: (inout PostgresBinaryWriter) -> Void) -> Int32? {
        let start = bytes.count
        wroteNull = false
        write(&self)
        defer { wroteNull = false }
        return wroteNull ? nil : Int32(truncatingIfNeeded: bytes.count - start)
    }

    /// Overwrites four bytes that were written earlier.
    mutating func patch(integer: Int32, at offset: Int) {
        withUnsafeBytes(of: integer.bigEndian) { source in
            for index in 0..<4 { bytes[offset + index] = source[index] }
        }
    }
}
