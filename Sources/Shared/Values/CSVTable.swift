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
        let records = try Self.records(bytes, maximumField: maximumField)
        guard let head = records.first else { throw .empty }
        guard !records.contains(where: \.isWindows1252) else { throw .notUTF8 }
        let order = try Self.order(of: head.fields, columns)
        var rows: [Row] = []
        for record in records.dropFirst() {
            guard rows.count < maximumRows else { throw .tooManyRows }
            guard record.fields.count == head.fields.count else { throw .fieldCount(line: record.line) }
            rows.append(Row(line: record.line, fields: order.map { record.fields[$0] }))
        }
        guard !rows.isEmpty else { throw .empty }
        self.rows = rows
    }

    private static func records(
        _ bytes: some Collection<UInt8>, maximumField: Int
    ) throws(Fault) -> [CSVParser.Record] {
        var limits = CSVParser.Limits()
        limits.field = maximumField
        do throws(CSVParser.Fault) {
            var parser = CSVParser(limits: limits)
            let records = try parser.feed(bytes)
            return try parser.finish().map { records + [$0] } ?? records
        } catch {
            switch error {
            case .malformed(let line): throw .malformed(line: line)
            case .fieldTooLong(let line), .recordTooLong(let line): throw .fieldTooLong(line: line)
            case .tooManyFields(let line): throw .fieldCount(line: line)
            }
        }
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
