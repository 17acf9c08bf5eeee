/// A table of comma-separated values with a head (RFC 4180): the fields of each line by the head's names.
package struct CSVTable: Sendable {
    /// Why bytes are no such table.
    package enum Fault: Error, Hashable, Sendable {
        case notUTF8
        case empty
        /// A quote that is not closed, or text beside a quoted field.
        case malformed(line: Int)
        /// Another number of fields than the head has.
        case fieldCount(line: Int)
        /// A name of the head that is not known, comes twice or is missing.
        case head(String)
        case tooManyRows
        case fieldTooLong(line: Int)

        package var message: String {
            switch self {
            case .notUTF8: "must be UTF-8"
            case .empty: "has no rows"
            case .malformed(let line): "line \(line) has a quote where none can stand"
            case .fieldCount(let line): "line \(line) has another number of fields than the first"
            case .head(let name): "the first line must have each of its columns once and no other: \(name)"
            case .tooManyRows: "has too many rows"
            case .fieldTooLong(let line): "line \(line) has a field that is too long"
            }
        }
    }

    package struct Row: Sendable, Hashable {
        /// From 1, the head included; where its record begins.
        package let line: Int
        fileprivate let fields: [String]

        /// By the position of its name in `columns`.
        package subscript(column: Int) -> String { fields[column] }
    }

    package let rows: [Row]

    /// - Parameters:
    ///   - columns: what the head has to have, in any order.
    ///   - maximumRows: without the head.
    ///   - maximumField: the bytes of a field.
    package init(
        _ bytes: some Collection<UInt8>, columns: [String], maximumRows: Int, maximumField: Int = 1_000
    ) throws(Fault) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        var reader = CSVReader(text.utf8, maximumField: maximumField)
        guard let head = try reader.next() else { throw .empty }
        let order = try Self.order(of: head.fields, columns)
        var rows: [Row] = []
        while let record = try reader.next() {
            guard rows.count < maximumRows else { throw .tooManyRows }
            guard record.fields.count == head.fields.count else { throw .fieldCount(line: record.line) }
            rows.append(Row(line: record.line, fields: order.map { record.fields[$0] }))
        }
        guard !rows.isEmpty else { throw .empty }
        self.rows = rows
    }

    private static func order(of head: [String], _ columns: [String]) throws(Fault) -> [Int] {
        // A head is bounded by the reader's field length and compared by bytes.
        let names = head.map { Array($0.utf8) }
        let wanted = columns.map { Array($0.utf8) }
        if let other = names.indices.first(where: { !wanted.contains(names[$0]) }) {
            throw .head(String(head[other].prefix(60)))
        }
        var order: [Int] = []
        for (index, column) in wanted.enumerated() {
            let places = names.indices.filter { names[$0] == column }
            guard places.count == 1 else { throw .head(columns[index]) }
            order += places
        }
        return order
    }
}

/// Takes the records out of a text, one after the other.
private struct CSVReader {
    private let bytes: [UInt8]
    private let maximumField: Int
    private var position = 0
    private var line = 1

    init(_ text: String.UTF8View, maximumField: Int) {
        // Spreadsheets begin UTF-8 with a mark that is no part of it.
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        bytes = Array(text.starts(with: mark) ? text.dropFirst(3) : text[...])
        self.maximumField = maximumField
    }

    /// The next record; lines without anything are none.
    mutating func next() throws(CSVTable.Fault) -> (line: Int, fields: [String])? {
        while position < bytes.count, skipLineEnd() {}
        guard position < bytes.count else { return nil }
        let start = line
        var fields = [try field()]
        while position < bytes.count, bytes[position] == UInt8(ascii: ",") {
            position += 1
            fields.append(try field())
        }
        guard position == bytes.count || skipLineEnd() else { throw .malformed(line: line) }
        return (start, fields)
    }

    private mutating func skipLineEnd() -> Bool {
        if bytes[position] == UInt8(ascii: "\n") {
            position += 1
        } else if bytes[position] == UInt8(ascii: "\r"), position + 1 < bytes.count,
            bytes[position + 1] == UInt8(ascii: "\n")
        {
            position += 2
        } else {
            return false
        }
        line += 1
        return true
    }

    private mutating func field() throws(CSVTable.Fault) -> String {
        position < bytes.count && bytes[position] == UInt8(ascii: "\"") ? try quoted() : try plain()
    }

    private mutating func plain() throws(CSVTable.Fault) -> String {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: ","), !isAtLineEnd {
            guard bytes[position] != UInt8(ascii: "\"") else { throw .malformed(line: line) }
            position += 1
        }
        guard position - start <= maximumField else { throw .fieldTooLong(line: line) }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private var isAtLineEnd: Bool {
        bytes[position] == UInt8(ascii: "\n")
            || bytes[position] == UInt8(ascii: "\r") && position + 1 < bytes.count
                && bytes[position + 1] == UInt8(ascii: "\n")
    }

    private mutating func quoted() throws(CSVTable.Fault) -> String {
        let start = line
        position += 1
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard position < bytes.count, bytes[position] == byte else {
                    return String(decoding: content, as: UTF8.self)
                }
                position += 1
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            content.append(byte)
            guard content.count <= maximumField else { throw .fieldTooLong(line: start) }
        }
        throw .malformed(line: start)
    }
}
