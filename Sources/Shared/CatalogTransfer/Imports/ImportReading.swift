import Catalog
import Core
import NIOCore
import Values

/// Reads a file piece by piece into products.
struct ImportReading {
    private var parser = CSVParser()
    private var reader: (any LayoutReader)?
    private let layout: ImportLayout?
    private let context: LayoutContext
    private let families: WooCommerceFamilies?
    private(set) var head: TableHead?

    /// - Parameter families: what the first pass over a file of WooCommerce's has found.
    init(as layout: ImportLayout?, _ context: LayoutContext, families: WooCommerceFamilies? = nil) {
        self.layout = layout
        self.context = context
        self.families = families
    }

    var ownColumns: [String] { reader?.ownColumns ?? [] }

    mutating func take(_ piece: ByteBuffer) throws(ImportFault) -> [SourceProduct] {
        let records: [CSVParser.Record]
        do {
            records = try parser.feed(piece.readableBytesView)
        } catch {
            throw ImportFault(error)
        }
        var products: [SourceProduct] = []
        for record in records { products += try take(TableRow(record)) }
        return products
    }

    mutating func finish() throws(ImportFault) -> [SourceProduct] {
        let last: CSVParser.Record?
        do {
            last = try parser.finish()
        } catch {
            throw ImportFault(error)
        }
        var products: [SourceProduct] = []
        if let last { products += try take(TableRow(last)) }
        guard reader != nil else { throw ImportFault("the file is empty") }
        return products + (try reader?.finish() ?? [])
    }

    private mutating func take(_ row: TableRow) throws(ImportFault) -> [SourceProduct] {
        if reader != nil { return try reader?.take(row) ?? [] }
        let head = try TableHead(row, as: layout)
        self.head = head
        reader =
            switch head.layout {
            case .haat, .shopify: HandleLayout(head: head, context: context)
            case .woocommerce:
                WooCommerceLayout(
                    head: WooCommerceHead(head), context: context, families: families ?? WooCommerceFamilies())
            }
        return []
    }
}

/// The first pass over a file: whose it is and, of WooCommerce's, which rows belong together.
struct ImportSurvey {
    private var parser = CSVParser()
    private let wanted: ImportLayout?
    private var head: WooCommerceHead?
    private(set) var layout: ImportLayout?
    private(set) var families = WooCommerceFamilies()

    init(as wanted: ImportLayout?) { self.wanted = wanted }

    /// Whether the rest need not be looked at.
    var isEnough: Bool { layout != nil && head == nil }

    mutating func take(_ piece: ByteBuffer) throws(ImportFault) {
        guard !isEnough else { return }
        let records: [CSVParser.Record]
        do {
            records = try parser.feed(piece.readableBytesView)
        } catch {
            throw ImportFault(error)
        }
        for record in records { try note(TableRow(record)) }
    }

    mutating func finish() throws(ImportFault) {
        guard !isEnough else { return }
        let last: CSVParser.Record?
        do {
            last = try parser.finish()
        } catch {
            throw ImportFault(error)
        }
        if let last { try note(TableRow(last)) }
    }

    private mutating func note(_ row: TableRow) throws(ImportFault) {
        guard layout != nil else {
            let found = try TableHead(row, as: wanted)
            layout = found.layout
            if found.layout == .woocommerce { head = WooCommerceHead(found) }
            return
        }
        if let head { try families.note(row, head) }
    }
}
