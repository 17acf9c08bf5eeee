import Catalog
import Core
import Values

/// Our own layout and Shopify's: rows that follow one another with one handle are a product. Each may have a variant, a picture or both;
/// the first one tells of the product.
struct HandleLayout: LayoutReader {
    /// A product of more lines is none that anybody could keep.
    private static let maximumRows = 1_000
    private static let maximumBytes = 16 << 20

    private let head: TableHead
    private let context: LayoutContext
    private var key = ""
    private var rows: [TableRow] = []
    private var bytes = 0

    init(head: TableHead, context: LayoutContext) {
        self.head = head
        self.context = context
    }

    var ownColumns: [String] { head.own.map { head.names[$0] } }

    mutating func take(_ row: TableRow) throws(ImportFault) -> [SourceProduct] {
        let handle = head.text(.handle, in: row) ?? ""
        guard UTF8Text(handle) == UTF8Text(key), !handle.isEmpty, !rows.isEmpty else {
            let complete = completed()
            key = handle.isEmpty ? madeKey(of: row) : handle
            rows = [row]
            bytes = row.bytes
            return complete
        }
        bytes += row.bytes
        guard rows.count < Self.maximumRows, bytes <= Self.maximumBytes else {
            throw ImportFault("from line \(rows[0].line) on, a product has more lines or words than one can have")
        }
        rows.append(row)
        return []
    }

    mutating func finish() throws(ImportFault) -> [SourceProduct] { completed() }

    private mutating func completed() -> [SourceProduct] {
        defer { rows = [] }
        return rows.isEmpty ? [] : [HandleProductReader(head: head, context: context, key: key, rows: rows).read()]
    }

    /// What has no handle is called by its title, as Shopify does.
    private func madeKey(of row: TableRow) -> String {
        let title = head.text(.title, in: row) ?? ""
        return Slug(wordsOf: title, limit: 100)?.rawValue ?? head.text(.sku, in: row) ?? ""
    }
}
