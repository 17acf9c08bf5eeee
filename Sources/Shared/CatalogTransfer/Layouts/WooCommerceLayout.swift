import Catalog
import Core
import Values

/// WooCommerce's layout: a row for each product and, wherever they stand, one for each variation, which names its parent.
///
/// A product waits for its variations. How many there are is counted in a first pass over the file, so that no more of it is held than is
/// still incomplete.
struct WooCommerceLayout: LayoutReader {
    /// The bytes of all rows that wait for others.
    static let maximumWaiting = 48 << 20

    private struct Waiting {
        var parent: TableRow?
        var variations: [TableRow] = []
        var expected: Int
    }

    let head: WooCommerceHead
    private let context: LayoutContext
    private let families: WooCommerceFamilies
    private var waiting: [Int: Waiting] = [:]
    private var waitingBytes = 0

    init(head: WooCommerceHead, context: LayoutContext, families: WooCommerceFamilies) {
        self.head = head
        self.context = context
        self.families = families
    }

    var ownColumns: [String] { head.own.map { head.names[$0] } }

    mutating func take(_ row: TableRow) throws(ImportFault) -> [SourceProduct] {
        let type = head.type(of: row)
        if type.isVariation {
            guard let family = families.family(namedBy: head.text("parent", row)) else {
                return [skipped(row, "parent", "unknown", "names no parent that the file has")]
            }
            return try wait(for: family) {
                $0.variations.append(row)
            } bytes: {
                row.bytes
            }
        }
        if type.isVariable {
            guard let family = families.family(of: row, head), families.expected(of: family) > 0 else {
                return [skipped(row, "type", "no_variations", "has no variations that could be sold")]
            }
            return try wait(for: family) {
                $0.parent = row
            } bytes: {
                row.bytes
            }
        }
        if let reason = type.reasonToSkip { return [skipped(row, "type", "not_taken", reason)] }
        return [WooCommerceProductReader(head: head, context: context, parent: row, variations: []).read()]
    }

    /// Those whose counterparts never came.
    mutating func finish() throws(ImportFault) -> [SourceProduct] {
        let rest = waiting.sorted { $0.key < $1.key }.map(\.value)
        waiting = [:]
        return rest.compactMap { family in
            guard let row = family.parent ?? family.variations.first else { return nil }
            return skipped(row, "parent", "incomplete", "lacks its parent or its variations")
        }
    }

    private mutating func wait(
        for family: Int, _ add: (inout Waiting) -> Void, bytes: () -> Int
    ) throws(ImportFault) -> [SourceProduct] {
        var members = waiting[family] ?? Waiting(expected: families.expected(of: family))
        add(&members)
        waitingBytes += bytes()
        guard waitingBytes <= Self.maximumWaiting else {
            throw ImportFault("too many products stand far from their variations: sort the file by product")
        }
        guard let parent = members.parent, members.variations.count >= members.expected else {
            waiting[family] = members
            return []
        }
        waiting[family] = nil
        waitingBytes -= ([parent] + members.variations).reduce(0) { $0 + $1.bytes }
        return [
            WooCommerceProductReader(head: head, context: context, parent: parent, variations: members.variations)
                .read()
        ]
    }

    private func skipped(_ row: TableRow, _ column: String, _ code: String, _ message: String) -> SourceProduct {
        var source = SourceProduct(key: head.key(of: row) ?? "line \(row.line)", line: row.line)
        source.note(row.line, head.name(column), code, message)
        return source
    }

}

/// Which rows belong together: numbers of families by the names of their parents.
struct WooCommerceFamilies: Sendable {
    /// More names of parents are not kept in mind.
    private static let maximumNames = 2 * ImportProgress.maximumProducts

    private var numbers: [UTF8Text: Int] = [:]
    private var counts: [Int] = []
    private var parents: Set<Int> = []

    /// Looks at a row in the first pass.
    mutating func note(_ row: TableRow, _ head: WooCommerceHead) throws(ImportFault) {
        guard numbers.count < Self.maximumNames else { throw .tooManyProducts }
        let type = head.type(of: row)
        if type.isVariable {
            let names = [head.text("id", row).isEmpty ? "" : "id:\(head.text("id", row))", head.text("sku", row)]
                .filter { !$0.isEmpty }
            let known = names.compactMap { numbers[UTF8Text($0)] }
            let number = known.first ?? make()
            // Variations before it may have named it both ways.
            for other in Set(known) where other != number {
                counts[number] += counts[other]
                counts[other] = 0
            }
            for name in names { numbers[UTF8Text(name)] = number }
            if !names.isEmpty { parents.insert(number) }
        } else if type.isVariation, !head.text("parent", row).isEmpty {
            let name = UTF8Text(head.text("parent", row))
            let number = numbers[name] ?? make()
            numbers[name] = number
            counts[number] += 1
        }
    }

    private mutating func make() -> Int {
        counts.append(0)
        return counts.count - 1
    }

    /// nil where the file has no such parent.
    func family(namedBy name: String) -> Int? { numbers[UTF8Text(name)].flatMap { parents.contains($0) ? $0 : nil } }

    func family(of row: TableRow, _ head: WooCommerceHead) -> Int? {
        numbers[UTF8Text("id:\(head.text("id", row))")] ?? numbers[UTF8Text(head.text("sku", row))]
    }

    func expected(of family: Int) -> Int { counts[family] }
}

/// What a row is, as its column “Type” says: words with commas between them.
struct WooCommerceType: Sendable {
    private let words: Set<UTF8Text>

    init(_ text: String) {
        words = Set(
            text.split(separator: ",").map {
                UTF8Text(String(decoding: $0.utf8.trimmingBlanks(), as: UTF8.self)).lowercasedASCII
            })
    }

    var isVariation: Bool { words.contains("variation") }
    var isVariable: Bool { words.contains("variable") }
    var isSent: Bool { !words.contains("virtual") && !words.contains("downloadable") }

    var reasonToSkip: String? {
        if words.contains("grouped") { return "is a group of other products" }
        if words.contains("external") { return "is sold elsewhere" }
        return nil
    }
}

/// The first line of a file of WooCommerce's.
struct WooCommerceHead: Sendable {
    static let gtin = "gtin, upc, ean, or isbn"
    private static let known: Set<UTF8Text> = [
        "id", "type", "sku", "name", "published", "short description", "description", "date sale price starts",
        "date sale price ends", "sale price", "regular price", "categories", "images", "parent", "position", "brands",
        UTF8Text(gtin),
    ]

    let names: [String]
    private let places: [UTF8Text: Int]
    private(set) var own: [Int] = []
    /// The unit in the name of the column of weights or sizes, by that name.
    private(set) var units: [String: String] = [:]
    private(set) var attributes: [Int] = []

    init(_ head: TableHead) {
        names = head.names
        var places: [UTF8Text: Int] = [:]
        for (index, name) in head.names.enumerated() {
            let key = UTF8Text(name).lowercasedASCII
            if let unit = Self.measure(key.string) {
                places[UTF8Text(unit.name)] = index
                units[unit.name] = unit.unit
                continue
            }
            if let number = Self.attribute(key.string) {
                attributes.append(number)
            } else if !Self.known.contains(key), !key.isEmpty {
                own.append(index)
            }
            if places[key] == nil { places[key] = index }
        }
        self.places = places
    }

    func has(_ column: String) -> Bool { places[UTF8Text(column)] != nil }

    func text(_ column: String, _ row: TableRow) -> String { places[UTF8Text(column)].map { row.text(at: $0) } ?? "" }

    func name(_ column: String) -> String { places[UTF8Text(column)].map { names[$0] } ?? column }

    func type(of row: TableRow) -> WooCommerceType { WooCommerceType(text("type", row)) }

    /// By what a later file finds the product again.
    func key(of row: TableRow) -> String? {
        let (sku, id) = (text("sku", row), text("id", row))
        if !sku.isEmpty { return sku }
        return id.isEmpty ? nil : "woocommerce-\(id)"
    }

    /// “Weight (kg)”, “Length (cm)”.
    private static func measure(_ name: String) -> (name: String, unit: String)? {
        for measure in ["weight", "length", "width", "height"]
        where name.hasPrefix("\(measure) (") && name.hasSuffix(")") {
            return (measure, String(name.dropFirst(measure.utf8.count + 2).dropLast()))
        }
        return nil
    }

    /// “Attribute 2 name”.
    private static func attribute(_ name: String) -> Int? {
        guard name.hasPrefix("attribute "), name.hasSuffix(" name") else { return nil }
        return Int(name.dropFirst("attribute ".count).dropLast(" name".count))
    }
}
