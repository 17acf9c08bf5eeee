import Catalog
import Core
import Values

/// What was refused, assumed or left out of a product of a file.
package struct ImportNote: Hashable, Sendable {
    package let line: Int
    /// The column, or where in the product.
    package let place: String
    package let code: String
    package let message: String

    package init(line: Int, place: String, code: String, message: String) {
        self.line = line
        self.place = place
        self.code = code
        self.message = message
    }
}

/// A picture that a file names.
struct SourcePicture: Hashable, Sendable {
    let line: Int
    let url: String
    let altText: String
    /// The variant that it shows; nil for all of them.
    let sku: String?
}

/// A product of a file with all its lines.
struct SourceProduct: Sendable {
    let key: String
    let line: Int
    var lastLine: Int
    /// nil for what is no product here: `notes` say why.
    var draft: ProductDraft?
    /// Where each of the draft's variants stands.
    var variantLines: [Int] = []
    /// nil where the file says nothing of pictures.
    var pictures: [SourcePicture]?
    var notes: [ImportNote] = []
    /// What its rows take in memory.
    var bytes = 0
    /// Whether `notes` say why it can't be taken although it is a product.
    var isRefused = false
    /// The columns that have something in them which the catalogue has no place for.
    var keptColumns: Set<String> = []

    /// What of a product is noted at most.
    private static let maximumNotes = 100

    init(key: String, line: Int) {
        self.key = key
        self.line = line
        lastLine = line
    }

    mutating func note(_ line: Int, _ place: String, _ code: String, _ message: String) {
        guard notes.count < Self.maximumNotes else { return }
        notes.append(ImportNote(line: line, place: place, code: code, message: message))
    }

    /// Everything that no other product of a file may have.
    var claims: [UTF8Text] {
        [UTF8Text("key \(key)")] + (draft?.variants.map { UTF8Text("sku \($0.sku)") } ?? [])
    }
}

/// A line of a table.
struct TableRow: Sendable {
    let line: Int
    let fields: [String]
    let isWindows1252: Bool

    init(_ record: CSVParser.Record) {
        line = record.line
        fields = record.fields
        isWindows1252 = record.isWindows1252
    }

    /// What it takes in memory.
    var bytes: Int { fields.reduce(64) { $0 + $1.utf8.count + 16 } }

    /// Without blanks around it; empty where the row is shorter.
    func text(at index: Int) -> String {
        guard index < fields.count else { return "" }
        let field = fields[index]
        guard let first = field.utf8.first, let last = field.utf8.last, first <= 0x20 || last <= 0x20 else {
            return field
        }
        let bytes = field.utf8.drop { $0 <= 0x20 }
        let end = bytes.lastIndex { $0 > 0x20 }
        return end.map { String(field[bytes.startIndex...$0]) } ?? ""
    }
}

/// What layouts need to know besides the file.
struct LayoutContext: Sendable {
    let currency: Currency
    let categories: CategoryIndex
}

/// Makes products of the rows of one layout.
protocol LayoutReader {
    /// The columns that the layout doesn't know.
    var ownColumns: [String] { get }

    /// The products that are complete now.
    mutating func take(_ row: TableRow) throws(ImportFault) -> [SourceProduct]

    /// Those that the end of the file completes.
    mutating func finish() throws(ImportFault) -> [SourceProduct]
}

/// Why a file can't be read any further.
package struct ImportFault: Error, Hashable, Sendable {
    package let message: String

    package init(_ message: String) { self.message = message }
}

extension ImportFault {
    init(_ fault: CSVParser.Fault) {
        switch fault {
        case .malformed(let line): self.init("line \(line) has a quote that is not closed, or text behind a closed one")
        case .fieldTooLong(let line): self.init("line \(line) has a field that is too long")
        case .recordTooLong(let line): self.init("line \(line) is too long")
        case .tooManyFields(let line): self.init("line \(line) has too many fields")
        }
    }
}
