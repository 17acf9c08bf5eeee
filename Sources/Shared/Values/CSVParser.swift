/// Takes the records out of comma-separated values (RFC 4180) while their bytes arrive, in whatever pieces.
///
/// Lines end with LF, CR LF or CR; lines without anything are no records. A quote inside of a field that does not begin with one is an
/// ordinary character. A field is UTF-8 or, where it can't be that, Windows-1252, which spreadsheets write.
package struct CSVParser: Sendable {
    /// Why bytes are no such values; where the record begins.
    package enum Fault: Error, Hashable, Sendable {
        /// Text behind a closed quote, or a quote that is never closed.
        case malformed(line: Int)
        case fieldTooLong(line: Int)
        case recordTooLong(line: Int)
        case tooManyFields(line: Int)
    }

    package struct Record: Hashable, Sendable {
        /// From 1; where it begins.
        package let line: Int
        package let fields: [String]
        /// Whether a field was not UTF-8 and has been read as Windows-1252.
        package let isWindows1252: Bool
    }

    /// How much is taken.
    package struct Limits: Hashable, Sendable {
        /// The bytes of a field.
        package var field = 256 << 10
        /// The bytes of a record.
        package var record = 1 << 20
        package var fields = 1_000

        package init() {}
    }

    private enum State {
        case fieldStart, plain, quoted, quoteInQuoted
        /// Behind a CR, whose LF may come with the next piece.
        case afterReturn
    }

    private let limits: Limits
    private var state = State.fieldStart
    private var mark: [UInt8]? = []
    private var field: [UInt8] = []
    private var fields: [String] = []
    private var isWindows1252 = false
    private var recordBytes = 0
    private var line = 1
    private var recordLine = 1
    /// Whether anything of a record was there, if only a quote or a comma.
    private var hasBegun = false

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// The records that end in this piece.
    package mutating func feed(_ piece: some Sequence<UInt8>) throws(Fault) -> [Record] {
        let bytes = withoutMark(Array(piece))
        var records: [Record] = []
        var index = 0
        while index < bytes.count {
            let run = plainRun(in: bytes, from: index)
            if run > index {
                field.append(contentsOf: bytes[index..<run])
                try grow(by: run - index)
                index = run
                continue
            }
            if let record = try take(bytes[index]) { records.append(record) }
            index += 1
        }
        return records
    }

    /// The last record, where the bytes end without a line's end.
    package mutating func finish() throws(Fault) -> Record? {
        if let begun = mark, !begun.isEmpty {
            mark = nil
            _ = try feed(begun)
        }
        if state == .quoted { throw .malformed(line: recordLine) }
        return hasBegun ? endRecord() : nil
    }

    /// Spreadsheets begin UTF-8 with a mark that is no part of it.
    private mutating func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        guard var begun = mark else { return bytes }
        begun += bytes
        let whole: [UInt8] = [0xEF, 0xBB, 0xBF]
        if begun.count < whole.count, whole.starts(with: begun) {
            mark = begun
            return []
        }
        mark = nil
        return begun.starts(with: whole) ? Array(begun.dropFirst(whole.count)) : begun
    }

    /// Where the bytes end that are part of the field whatever follows.
    private func plainRun(in bytes: [UInt8], from start: Int) -> Int {
        switch state {
        case .plain:
            bytes[start...].firstIndex {
                $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
            } ?? bytes.count
        case .quoted: bytes[start...].firstIndex { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") } ?? bytes.count
        case .fieldStart, .quoteInQuoted, .afterReturn: start
        }
    }

    private mutating func grow(by count: Int) throws(Fault) {
        recordBytes += count
        guard field.count <= limits.field else { throw .fieldTooLong(line: recordLine) }
        guard recordBytes <= limits.record else { throw .recordTooLong(line: recordLine) }
    }

    private mutating func take(_ byte: UInt8) throws(Fault) -> Record? {
        if state == .afterReturn {
            state = .fieldStart
            if byte == UInt8(ascii: "\n") { return nil }
        }
        switch (state, byte) {
        case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
        case (.quoted, _):
            line += 1
            try append(byte)
        case (.quoteInQuoted, UInt8(ascii: "\"")):
            state = .quoted
            try append(byte)
        case (.fieldStart, UInt8(ascii: "\"")):
            begin()
            state = .quoted
        case (_, UInt8(ascii: ",")):
            begin()
            try endField()
        case (_, UInt8(ascii: "\n")), (_, UInt8(ascii: "\r")):
            let record = hasBegun ? endRecord() : nil
            line += 1
            state = byte == UInt8(ascii: "\r") ? .afterReturn : .fieldStart
            return record
        case (.quoteInQuoted, _): throw .malformed(line: recordLine)
        default:
            begin()
            state = .plain
            try append(byte)
        }
        return nil
    }

    private mutating func begin() {
        if !hasBegun { recordLine = line }
        hasBegun = true
    }

    private mutating func append(_ byte: UInt8) throws(Fault) {
        field.append(byte)
        try grow(by: 1)
    }

    /// Behind a comma there is another field.
    private mutating func endField() throws(Fault) {
        guard fields.count + 1 < limits.fields else { throw .tooManyFields(line: recordLine) }
        closeField()
    }

    private mutating func closeField() {
        if let text = String(validating: field, as: UTF8.self) {
            fields.append(text)
        } else {
            isWindows1252 = true
            fields.append(Windows1252.text(field))
        }
        field.removeAll(keepingCapacity: true)
        state = .fieldStart
    }

    private mutating func endRecord() -> Record {
        closeField()
        defer {
            fields.removeAll(keepingCapacity: true)
            (isWindows1252, recordBytes, hasBegun) = (false, 0, false)
        }
        return Record(line: recordLine, fields: fields, isWindows1252: isWindows1252)
    }
}

/// The code page of Western European Windows, as browsers read it: every byte is a character.
package enum Windows1252 {
    /// 0x80 to 0x9F; the others have their own number.
    private static let special: [UInt16] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]

    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(
            decoding: bytes.map { (0x80...0x9F).contains($0) ? special[Int($0) - 0x80] : UInt16($0) }, as: UTF16.self)
    }
}
