package import Core
import Crypto
import Foundation
package import Identity
import Media
package import Orders
package import Postgres
import Vendors

/// All SQL about documents that were issued.
package struct IssuedDocumentStore: Sendable {
    package init() {}

    /// The document, or nil.
    package func document(
        _ id: ID<IssuedDocument>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> IssuedDocument? {
        try await executor.queryOne(DocumentSQL.one(id, visibleTo: visibility), as: IssuedDocument.self)
    }

    /// The document with all that it says, or nil.
    package func details(
        _ id: ID<IssuedDocument>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> DocumentDetails? {
        let statement = DocumentSQL.one(id, visibleTo: visibility, withContent: true)
        guard let row = try await executor.queryOne(statement, as: PostgresRow.self) else { return nil }
        let content: String = try row.decode("content")
        return DocumentDetails(
            document: try IssuedDocument(row: row), content: try DocumentContent(canonicalBytes: Array(content.utf8)))
    }

    /// A page of documents, the newest first.
    package func documents(
        _ filter: DocumentFilter, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<IssuedDocument> {
        try await page.newestFirst("documents", by: \.id) { before, limit in
            try await executor.query(
                DocumentSQL.list(filter, visibleTo: visibility, before: before, limit: limit), as: IssuedDocument.self)
        }
    }

    /// Stores a document under a number that was taken in this transaction.
    func insert(
        _ document: IssuedDocument, _ content: DocumentContent, _ number: TakenNumber, in series: DocumentSeries,
        by actor: AuditActor, in transaction: some PostgresExecutor
    ) async throws {
        let bytes = try content.canonicalBytes()
        let text = String(decoding: bytes, as: UTF8.self)
        try await transaction.pipeline(
            """
            INSERT INTO documents (id, type, series_id, serial, issuer, financial_year, number, vendor_id, order_id, vendor_order_id,
                original_id, issued_at, currency, total_minor, content, content_sha256, created_by)
            VALUES (\(document.id), \(document.type), \(number.series), \(number.serial), \(series.numbering.issuer.rawValue),
                \(Int32(clamping: series.year.start)), \(document.number), \(document.vendor), \(document.order),
                \(document.vendorOrder), \(document.original), \(document.issuedAt), \(document.total.currency),
                \(document.total.minorUnits), \(text)::json, \(Array(SHA256.hash(data: bytes))), \(actor.rawValue))
            """)
        try await transaction.pipeline(DocumentSQL.insertLines(of: document.id, content))
    }

    /// Which units of a vendor order's lines were packed, and which charges invoiced.
    package func packed(
        _ vendorOrder: ID<VendorOrder>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PackedUnits {
        PackedUnits(
            rows: try await executor.query(
                """
                SELECT line.line_id, line.first_unit, line.quantity, line.adjustment_id, cancelled_at IS NOT NULL AS is_cancelled
                FROM documents JOIN document_lines AS line ON line.document_id = documents.id
                LEFT JOIN document_cancellations AS cancellation ON cancellation.document_id = documents.id
                WHERE vendor_order_id = \(vendorOrder) AND type <> 'credit_note'
                """, as: DocumentLineRow.self))
    }

    /// What credit notes took back of a document.
    func credited(
        _ original: ID<IssuedDocument>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PackedUnits {
        PackedUnits(
            rows: try await executor.query(
                """
                SELECT line.line_id, line.first_unit, line.quantity, line.adjustment_id, false AS is_cancelled
                FROM documents JOIN document_lines AS line ON line.document_id = documents.id
                WHERE original_id = \(original)
                """, as: DocumentLineRow.self))
    }

    /// Notes a document as cancelled.
    func cancel(
        _ id: ID<IssuedDocument>, reason: String, by actor: AuditActor, at time: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(
            """
            INSERT INTO document_cancellations (document_id, reason, actor, cancelled_at)
            VALUES (\(id), \(reason), \(actor.rawValue), \(time))
            """)
    }

    /// Notes a file that was drawn of a document. Waits for the answer, which may be a constraint's refusal.
    func add(
        _ media: ID<MediaFile>, as rendition: Rendition, of id: ID<IssuedDocument>, at time: Date,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            INSERT INTO document_files (document_id, rendition, media_id, created_at)
            VALUES (\(id), \(rendition), \(media), \(time))
            """)
    }
}

/// Which documents a list has.
package struct DocumentFilter: Hashable, Sendable {
    package let order: ID<Order>?
    package let vendorOrder: ID<VendorOrder>?
    package let type: DocumentType?

    package init(order: ID<Order>? = nil, vendorOrder: ID<VendorOrder>? = nil, type: DocumentType? = nil) {
        self.order = order
        self.vendorOrder = vendorOrder
        self.type = type
    }
}

/// What documents are about.
package struct PackedUnits: Hashable, Sendable {
    /// By documents that stand.
    package private(set) var standing: [ID<OrderLine>: UnitRanges] = [:]
    /// By these and those that were cancelled.
    package private(set) var ever: [ID<OrderLine>: UnitRanges] = [:]
    /// By documents that stand.
    private(set) var charges: Set<ID<OrderAdjustment>> = []

    fileprivate init(rows: [DocumentLineRow]) {
        for row in rows {
            if let line = row.line, let units = row.units {
                ever[line] = (ever[line] ?? UnitRanges()).union(units)
                if !row.isCancelled { standing[line] = (standing[line] ?? UnitRanges()).union(units) }
            }
            if let adjustment = row.adjustment, !row.isCancelled { charges.insert(adjustment) }
        }
    }
}

private struct DocumentLineRow: PostgresRowDecodable, Sendable {
    let line: ID<OrderLine>?
    let units: UnitRanges?
    let adjustment: ID<OrderAdjustment>?
    let isCancelled: Bool

    init(row: borrowing PostgresRow) throws(PostgresError) {
        line = try row.decode("line_id")
        adjustment = try row.decode("adjustment_id")
        isCancelled = try row.decode("is_cancelled")
        let (first, quantity): (Int64?, Int64?) = (try row.decode("first_unit"), try row.decode("quantity"))
        units =
            if let first, let quantity, quantity > 0, first <= .max - quantity {
                UnitRanges([first..<(first + quantity)])
            } else {
                nil
            }
    }
}

extension IssuedDocument: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        let (renditions, media): ([Rendition], [ID<MediaFile>]) =
            (try row.decode("renditions"), try row.decode("media"))
        self.init(
            id: try row.decode("id"), type: try row.decode("type"), number: try row.decode("number"),
            vendor: try row.decode("vendor_id"), order: try row.decode("order_id"),
            vendorOrder: try row.decode("vendor_order_id"), original: try row.decode("original_id"),
            issuedAt: try row.decode("issued_at"),
            total: Money(minorUnits: try row.decode("total_minor"), currency: try row.decode("currency")),
            files: Dictionary(zip(renditions, media), uniquingKeysWith: { first, _ in first }),
            cancelledAt: try row.decode("cancelled_at"))
    }
}

private enum DocumentSQL {
    private static func selection(withContent: Bool = false) -> String {
        """
        SELECT documents.id, type, number, vendor_id, order_id, vendor_order_id, original_id, issued_at, currency, total_minor,
            cancelled_at, files.renditions, files.media\(withContent ? ", content::text AS content" : "")
        FROM documents LEFT JOIN document_cancellations AS cancellation ON cancellation.document_id = documents.id
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(rendition ORDER BY rendition), '{}') AS renditions,
                coalesce(array_agg(media_id ORDER BY rendition), '{}') AS media
            FROM document_files WHERE document_id = documents.id
        ) AS files
        """
    }

    private static func isVisible(to visibility: Visibility, _ parameter: String) -> String {
        visibility.condition(
            parameter, vendor: "documents.vendor_id = \(parameter)",
            customer: "EXISTS (SELECT FROM orders WHERE orders.id = documents.order_id AND customer_id = \(parameter))",
            order: "documents.order_id = \(parameter)")
    }

    static func one(
        _ id: ID<IssuedDocument>, visibleTo visibility: Visibility, withContent: Bool = false
    ) -> PostgresStatement {
        PostgresStatement(
            sql:
                "\(selection(withContent: withContent)) WHERE documents.id = $1 AND \(isVisible(to: visibility, "$2"))",
            parameters: [id, visibility.subject])
    }

    static func list(
        _ filter: DocumentFilter, visibleTo visibility: Visibility, before: ID<IssuedDocument>?, limit: Int
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("documents.id < $1", "$1::uuid", isSet: before != nil)
        let ofOrder = OptionalFilter.condition("order_id = $4", "$4::uuid", isSet: filter.order != nil)
        let ofPart = OptionalFilter.condition("vendor_order_id = $5", "$5::uuid", isSet: filter.vendorOrder != nil)
        return PostgresStatement(
            sql: """
                \(selection()) WHERE \(fromCursor) AND \(ofOrder) AND \(ofPart)
                    AND \(OptionalFilter.equals("type", filter.type)) AND \(isVisible(to: visibility, "$3"))
                ORDER BY documents.id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject, filter.order, filter.vendorOrder])
    }

    static func insertLines(of id: ID<IssuedDocument>, _ content: DocumentContent) -> PostgresStatement {
        var rows: [(line: ID<OrderLine>?, first: Int64?, quantity: Int64?, adjustment: ID<OrderAdjustment>?)] = []
        for line in content.lines {
            for range in line.ranges.ranges {
                rows.append((line.orderLine.flatMap { ID($0) }, range.lowerBound, Int64(range.count), nil))
            }
        }
        let charged = content.charges.flatMap { $0.adjustments ?? [] } + (content.totals.roundingAdjustments ?? [])
        for adjustment in charged {
            rows.append((nil, nil, nil, ID(adjustment)))
        }
        return PostgresStatement(
            sql: """
                INSERT INTO document_lines (document_id, position, line_id, first_unit, quantity, adjustment_id)
                SELECT $1, position, line_id, first_unit, quantity, adjustment_id
                FROM unnest($2::uuid[], $3::int8[], $4::int8[], $5::uuid[]) WITH ORDINALITY
                    AS line (line_id, first_unit, quantity, adjustment_id, position)
                """,
            parameters: [id, rows.map(\.line), rows.map(\.first), rows.map(\.quantity), rows.map(\.adjustment)])
    }
}
