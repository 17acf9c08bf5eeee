/// Writes comma-separated values (RFC 4180).
package struct CSVWriter: Sendable {
    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []
    private var isFirst = true
    private var recordStart = 0

    package init() {}

    /// A field; in quotes where it has to be.
    package mutating func write(_ text: String) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        let needsQuotes = text.utf8.contains {
            [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains($0)
        }
        guard needsQuotes || text.utf8.first == UInt8(ascii: " ") || text.utf8.last == UInt8(ascii: " ") else {
            return bytes.append(contentsOf: text.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func endRecord() {
        // A record of one empty field would be no record.
        if bytes.count == recordStart { bytes.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: "\"")]) }
        bytes.append(contentsOf: [UInt8(ascii: "\r"), UInt8(ascii: "\n")])
        isFirst = true
        recordStart = bytes.count
    }
}
