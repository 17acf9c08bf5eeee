import Core
import Values

/// A key as a file gives it.
struct KeyFileRow: Hashable, Sendable {
    let line: Int64
    let text: String
    var expiresOn: CivilDate?
    /// What keeps it from being read.
    var fault: RuleViolation?
}

/// Reads a file of keys piece by piece.
struct KeyFileReading: Sendable {
    private enum Format {
        case table(KeyTableReader)
        case lines(KeyLineReader)
    }

    /// The bytes of a key at most: the longest key of the widest characters, with every one of them a quote.
    static let largestKey = 32 << 10

    private var format: Format
    private var count = 0

    init(_ format: KeyFileFormat) {
        self.format =
            switch format {
            case .csv: .table(KeyTableReader())
            case .lines: .lines(KeyLineReader(joinsLines: false))
            case .blocks: .lines(KeyLineReader(joinsLines: true))
            }
    }

    mutating func take(_ piece: [UInt8]) throws(KeyFileFault) -> [KeyFileRow] {
        switch format {
        case .table(var reader):
            defer { format = .table(reader) }
            return try counted(reader.take(piece))
        case .lines(var reader):
            defer { format = .lines(reader) }
            return try counted(reader.take(piece))
        }
    }

    mutating func finish() throws(KeyFileFault) -> [KeyFileRow] {
        switch format {
        case .table(var reader): try counted(reader.finish())
        case .lines(var reader): try counted(reader.finish())
        }
    }

    private mutating func counted(_ rows: [KeyFileRow]) throws(KeyFileFault) -> [KeyFileRow] {
        count += rows.count
        guard count <= KeyFileImport.mostKeys else {
            throw KeyFileFault(message: "a file has at most \(KeyFileImport.mostKeys) keys: split it")
        }
        return rows
    }
}

/// A table of keys.
private struct KeyTableReader: Sendable {
    /// By the names that makers' files have, their letters small.
    private static let keyNames: Set<UTF8Text> = [
        "key", "licence_key", "license_key", "licence key", "license key", "code", "serial",
    ]
    private static let expiryNames: Set<UTF8Text> = ["expires_on", "expiry", "expires"]

    private var parser: CSVParser
    private var head: (key: Int, expiry: Int?)?

    init() {
        var limits = CSVParser.Limits()
        limits.field = KeyFileReading.largestKey
        limits.fields = 100
        parser = CSVParser(limits: limits)
    }

    mutating func take(_ piece: [UInt8]) throws(KeyFileFault) -> [KeyFileRow] {
        let records: [CSVParser.Record]
        do {
            records = try parser.feed(piece)
        } catch {
            throw KeyFileFault(error)
        }
        var rows: [KeyFileRow] = []
        for record in records { if let row = try row(record) { rows.append(row) } }
        return rows
    }

    mutating func finish() throws(KeyFileFault) -> [KeyFileRow] {
        let last: CSVParser.Record?
        do {
            last = try parser.finish()
        } catch {
            throw KeyFileFault(error)
        }
        let row: KeyFileRow? = if let last { try row(last) } else { nil }
        guard head != nil else { throw Self.noKeys }
        return row.map { [$0] } ?? []
    }

    /// nil for the head.
    private mutating func row(_ record: CSVParser.Record) throws(KeyFileFault) -> KeyFileRow? {
        guard let head else {
            let names = record.fields.map(Self.plain)
            guard let key = names.firstIndex(where: Self.keyNames.contains) else { throw Self.noKeys }
            self.head = (key, names.firstIndex(where: Self.expiryNames.contains))
            return nil
        }
        let line = Int64(record.line)
        guard head.key < record.fields.count else {
            return KeyFileRow(
                line: line, text: "", fault: RuleViolation(code: "required", message: "has no key"))
        }
        var row = KeyFileRow(line: line, text: Self.withPlainBreaks(record.fields[head.key]))
        if record.isWindows1252 { row.fault = .notUTF8 }
        if let expiry = head.expiry, expiry < record.fields.count {
            let text = record.fields[expiry].trimmingBlanks
            if !text.isEmpty {
                row.expiresOn = CivilDate(iso8601: text)
                if row.expiresOn.map({ !KeyLife.years.contains($0.year) }) ?? true {
                    row.fault = RuleViolation(
                        code: "expires_on", message: "expires_on must be a day such as 2027-03-31")
                }
            }
        }
        return row
    }

    private static func plain(_ name: String) -> UTF8Text { UTF8Text(name.trimmingBlanks).lowercasedASCII }

    /// Line breaks inside of a key are those of whoever wrote the file.
    private static func withPlainBreaks(_ text: String) -> String {
        let (feed, end) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        guard text.utf8.contains(end) else { return text }
        var (bytes, isAfterReturn) = ([UInt8](), false)
        for byte in text.utf8 {
            defer { isAfterReturn = byte == end }
            if byte == feed, isAfterReturn { continue }
            bytes.append(byte == end ? feed : byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let noKeys = KeyFileFault(message: "the first line must name a column key")
}

/// A text of keys: one on each line, or one in each block of lines.
private struct KeyLineReader: Sendable {
    private let joinsLines: Bool
    private var line: Int64 = 1
    private var bytes: [UInt8] = []
    private var isAfterReturn = false
    private var isAtStart = true
    /// The lines of a block so far.
    private var block: [UInt8] = []
    private var blockLine: Int64 = 1

    init(joinsLines: Bool) { self.joinsLines = joinsLines }

    mutating func take(_ piece: [UInt8]) throws(KeyFileFault) -> [KeyFileRow] {
        var rows: [KeyFileRow] = []
        for byte in piece {
            if byte == UInt8(ascii: "\n"), isAfterReturn {
                isAfterReturn = false
                continue
            }
            isAfterReturn = byte == UInt8(ascii: "\r")
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
                bytes.append(byte)
                guard bytes.count + block.count <= KeyFileReading.largestKey else {
                    throw KeyFileFault(message: "line \(line) is too long")
                }
                continue
            }
            if let row = endLine() { rows.append(row) }
        }
        return rows
    }

    mutating func finish() throws(KeyFileFault) -> [KeyFileRow] {
        [endLine(), joinsLines ? endBlock() : nil].compactMap(\.self)
    }

    private mutating func endLine() -> KeyFileRow? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        if isAtStart, bytes.starts(with: mark) { bytes.removeFirst(mark.count) }
        isAtStart = false
        defer {
            bytes.removeAll(keepingCapacity: true)
            line += 1
        }
        let isBlank = bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 }
        guard joinsLines else { return isBlank ? nil : Self.row(bytes, at: line) }
        guard !isBlank else { return endBlock() }
        if block.isEmpty { blockLine = line } else { block.append(UInt8(ascii: "\n")) }
        block += bytes
        return nil
    }

    private mutating func endBlock() -> KeyFileRow? {
        defer { block.removeAll(keepingCapacity: true) }
        return block.isEmpty ? nil : Self.row(block, at: blockLine)
    }

    private static func row(_ bytes: [UInt8], at line: Int64) -> KeyFileRow {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return KeyFileRow(line: line, text: "", fault: .notUTF8)
        }
        return KeyFileRow(line: line, text: text)
    }
}

extension KeyFileFault {
    fileprivate init(_ fault: CSVParser.Fault) {
        message =
            switch fault {
            case .malformed(let line): "line \(line) has a quote where none can stand"
            case .fieldTooLong(let line), .recordTooLong(let line): "line \(line) is too long"
            case .tooManyFields(let line): "line \(line) has too many columns"
            }
    }
}

extension RuleViolation {
    fileprivate static let notUTF8 = RuleViolation(code: "encoding", message: "must be UTF-8")
}

extension String {
    /// Without the spaces, tabs and line breaks around it.
    fileprivate var trimmingBlanks: String {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let kept = utf8.drop(while: isBlank)
        return String(decoding: kept.reversed().drop(while: isBlank).reversed(), as: UTF8.self)
    }
}
