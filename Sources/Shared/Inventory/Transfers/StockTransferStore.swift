package import Catalog
package import Core
import Foundation
package import Identity
package import Postgres
import Vendors

/// All SQL about transfers.
package struct StockTransferStore: Sendable {
    package init() {}

    /// A page of transfers, the newest first.
    package func transfers(
        in state: StockTransferState? = nil, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<StockTransfer> {
        try await page.newestFirst("stock_transfers", by: \.id) { before, limit in
            try await executor.query(
                TransferSQL.list(in: state, visibleTo: visibility, before: before, limit: limit), as: StockTransfer.self
            )
        }
    }

    /// One of them with its lines, or nil.
    package func details(
        _ id: ID<StockTransfer>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> StockTransferDetails? {
        let found = try await executor.queryOne(
            TransferSQL.one(id, visibleTo: visibility), as: StockTransfer.self)
        guard let found else { return nil }
        return StockTransferDetails(transfer: found, lines: try await lines(of: id, in: executor))
    }

    /// The same, held until the transaction ends.
    func held(
        _ id: ID<StockTransfer>, visibleTo visibility: Visibility, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> StockTransferDetails? {
        let found = try await transaction.queryOne(
            TransferSQL.one(id, visibleTo: visibility, locking: "FOR UPDATE"), as: StockTransfer.self)
        guard let found else { return nil }
        return StockTransferDetails(transfer: found, lines: try await lines(of: id, in: transaction))
    }

    private func lines(
        of id: ID<StockTransfer>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [StockTransfer.Line] {
        try await executor.query(TransferSQL.lines(of: id), as: StockTransfer.Line.self)
    }

    func insert(
        _ transfer: StockTransfer, _ lines: [StockTransfer.Line], in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(TransferSQL.insert(transfer))
        try await transaction.pipeline(TransferSQL.insert(lines, of: transfer))
    }

    /// Writes where a transfer that is held stands, and what of it has arrived.
    func update(
        _ transfer: StockTransfer, received: [Int64]? = nil, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(TransferSQL.update(transfer))
        try await transaction.pipeline(TransferSQL.update(transfer, received: received))
    }

    /// What of these batches, and of these locations, is not the variants' and the vendor's.
    func unknown(
        _ new: NewStockTransfer, of vendor: ID<Vendor>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> InputCheck {
        let locations = Set([new.origin, new.destination].compactMap(\.self))
        let known = Set(
            try await executor.queryValues(
                """
                SELECT id FROM pickup_locations WHERE id = ANY(\(Array(locations))::uuid[]) AND vendor_id = \(vendor)
                """, as: ID<PickupLocation>.self))
        let batches = Dictionary(
            try await executor.query(
                "SELECT id, variant_id FROM stock_batches WHERE id = ANY(\(new.lines.compactMap(\.batch))::uuid[])",
                columns: (ID<StockBatch>, ID<Variant>).self), uniquingKeysWith: { $1 })
        var check = InputCheck()
        let fields = [("/from_location_id", new.origin), ("/to_location_id", new.destination)]
        for case (let pointer, let location?) in fields where !known.contains(location) {
            check.fail(pointer, "unknown", "is no pickup location of the vendor")
        }
        for (index, line) in new.lines.enumerated() {
            if let batch = line.batch, batches[batch] != line.variant {
                check.fail("/lines/\(index)/batch_id", "unknown", "is no batch of the variant")
            }
        }
        return check
    }

    /// Units of a variant that are on their way.
    package func inTransit(
        of variant: ID<Variant>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> Int64 {
        try await executor.queryValue(
            """
            SELECT coalesce(sum(quantity), 0)::int8 FROM stock_transfer_lines WHERE variant_id = \(variant) AND is_in_transit
            """, as: Int64.self) ?? 0
    }
}

extension StockTransferState: PostgresCodable {}

extension StockTransfer: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), vendor: try row.decode("vendor_id"), origin: try row.decode("from_location_id"),
            destination: try row.decode("to_location_id"), state: try row.decode("state"),
            note: try row.decode("note"), createdBy: AuditActor(rawValue: try row.decode("created_by")),
            createdAt: try row.decode("created_at"), sentAt: try row.decode("sent_at"),
            closedAt: try row.decode("closed_at"))
    }
}

extension StockTransfer.Line: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        self.init(
            variant: try row.decode("variant_id"), batch: try row.decode("batch_id"),
            quantity: try row.decode("quantity"), received: try row.decode("received"))
    }
}

private enum TransferSQL {
    static let columns = """
        id, vendor_id, from_location_id, to_location_id, state, note, created_by, created_at, sent_at, closed_at
        """

    static func list(
        in state: StockTransferState?, visibleTo visibility: Visibility, before: ID<StockTransfer>?, limit: Int
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM stock_transfers
                WHERE \(fromCursor) AND \(OptionalFilter.equals("state", state))
                    AND \(visibility.condition("$2", vendor: "vendor_id = $2"))
                ORDER BY id DESC LIMIT $3
                """,
            parameters: [before, visibility.subject, limit])
    }

    static func one(
        _ id: ID<StockTransfer>, visibleTo visibility: Visibility, locking: String = ""
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM stock_transfers
                WHERE id = $1 AND \(visibility.condition("$2", vendor: "vendor_id = $2")) \(locking)
                """,
            parameters: [id, visibility.subject])
    }

    static func lines(of id: ID<StockTransfer>) -> PostgresStatement {
        """
        SELECT variant_id, batch_id, quantity, received FROM stock_transfer_lines WHERE transfer_id = \(id) ORDER BY position
        """
    }

    static func insert(_ transfer: StockTransfer) -> PostgresStatement {
        """
        INSERT INTO stock_transfers (id, vendor_id, from_location_id, to_location_id, note, created_by, created_at)
        VALUES (\(transfer.id), \(transfer.vendor), \(transfer.origin), \(transfer.destination), \(transfer.note),
            \(transfer.createdBy.rawValue), \(transfer.createdAt))
        """
    }

    static func insert(_ lines: [StockTransfer.Line], of transfer: StockTransfer) -> PostgresStatement {
        """
        INSERT INTO stock_transfer_lines (transfer_id, vendor_id, position, variant_id, batch_id, quantity)
        SELECT \(transfer.id), \(transfer.vendor), position, variant_id, batch_id, quantity
        FROM unnest(\(lines.map(\.variant))::uuid[], \(lines.map(\.batch))::uuid[], \(lines.map(\.quantity))::int8[])
            WITH ORDINALITY AS line (variant_id, batch_id, quantity, position)
        """
    }

    static func update(_ transfer: StockTransfer) -> PostgresStatement {
        """
        UPDATE stock_transfers SET state = \(transfer.state), sent_at = \(transfer.sentAt), closed_at = \(transfer.closedAt)
        WHERE id = \(transfer.id)
        """
    }

    static func update(_ transfer: StockTransfer, received: [Int64]?) -> PostgresStatement {
        """
        UPDATE stock_transfer_lines SET is_in_transit = \(transfer.state == .inTransit),
            received = (\(received)::int8[])[position]
        WHERE transfer_id = \(transfer.id)
        """
    }
}
