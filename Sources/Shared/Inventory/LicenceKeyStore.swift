import Catalog
package import Core
package import Foundation
package import Postgres
import Vault
import Vendors

/// All SQL about licence keys.
package struct LicenceKeyStore: Sendable {
    package init() {}

    /// Gives each demand exactly its number of keys, or none where the pool has fewer; a key goes to one line only.
    /// The lines that got their keys. One round trip; a further one where keys seem to lack, which may only be in others' hands.
    package func assign(
        _ demands: [KeyDemand], at time: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Set<UUID> {
        let served = Set(try await transaction.queryValues(LicenceKeySQL.assign(demands, at: time), as: UUID.self))
        let short = demands.filter { !served.contains($0.line) }
        guard !short.isEmpty else { return served }
        let statement = LicenceKeySQL.assign(short, at: time, waiting: true)
        return served.union(try await transaction.queryValues(statement, as: UUID.self))
    }

    /// Revokes the keys of order lines: they stay theirs and are shown to nobody any more. The keys that held until now.
    package func revoke(
        lines: [UUID], in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<LicenceKey>] {
        try await transaction.queryValues(
            LicenceKeySQL.move(lines, from: "assigned", to: "revoked"), as: ID<LicenceKey>.self)
    }

    /// Lets revoked keys of order lines hold again.
    package func reinstate(lines: [UUID], in transaction: some PostgresExecutor) async throws(PostgresError) {
        _ = try await transaction.queryValues(
            LicenceKeySQL.move(lines, from: "revoked", to: "assigned"), as: ID<LicenceKey>.self)
    }

    /// The identifiers of `keys` that were not in the vendor's pools yet, now in the pool and counted as stock.
    func insert(
        _ keys: [LicenceKey], under dataKey: UUID, variant: Variant, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Set<ID<LicenceKey>> {
        let statement = LicenceKeySQL.insert(keys, under: dataKey, variant: variant)
        return Set(try await transaction.queryValues(statement, as: ID<LicenceKey>.self))
    }

    /// Locks the variant's stock and counts imported keys in.
    func countIn(
        _ count: Int, of variant: Variant, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(LicenceKeySQL.countIn(Int64(count), of: variant))
    }

    /// The keys of order lines, still encrypted, with what opens them, in the order of lines and units.
    func assigned(
        to lines: [UUID], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [AssignedKey] {
        try await executor.query(LicenceKeySQL.assigned(to: lines), as: AssignedKey.self)
    }

    func newest(_ count: Int, in executor: some PostgresExecutor) async throws(PostgresError) -> [SealedLicenceKey] {
        try await executor.query(LicenceKeySQL.newest(count), as: SealedLicenceKey.self)
    }

    /// A vendor's keys whose data key is retired, after `position` in the order of their fingerprints.
    func underRetiredDataKeys(
        of vendor: ID<Vendor>, after position: [UInt8], limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [SealedLicenceKey] {
        try await executor.query(
            LicenceKeySQL.underRetiredDataKeys(of: vendor, after: position, limit: limit), as: SealedLicenceKey.self)
    }

    /// Leaves out keys that somebody else has sealed anew meanwhile.
    func reseal(
        _ keys: [SealedLicenceKey], as ciphertexts: [[UInt8]], under dataKey: UUID,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(LicenceKeySQL.reseal(keys, as: ciphertexts, under: dataKey))
    }
}

/// A key as it is stored, with the data key that opens it.
struct SealedLicenceKey: PostgresRowDecodable, Sendable {
    let id: ID<LicenceKey>
    let vendor: ID<Vendor>
    let ciphertext: [UInt8]
    let fingerprint: [UInt8]
    let dataKeyID: UUID
    let dataKey: WrappedKey

    init(row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        vendor = try row.decode("vendor_id")
        ciphertext = try row.decode("ciphertext")
        fingerprint = try row.decode("fingerprint")
        dataKeyID = try row.decode("data_key_id")
        dataKey = try WrappedKey(row: row)
    }
}

/// A key that belongs to an order line.
struct AssignedKey: PostgresRowDecodable, Sendable {
    let key: SealedLicenceKey
    let variant: ID<Variant>
    let line: UUID
    let unit: Int64

    init(row: borrowing PostgresRow) throws(PostgresError) {
        key = try SealedLicenceKey(row: row)
        variant = try row.decode("variant_id")
        line = try row.decode("order_line_id")
        unit = try row.decode("unit_number")
    }
}

private enum LicenceKeySQL {
    private static let sealedColumns = """
        licence_keys.id, licence_keys.vendor_id, licence_keys.ciphertext, licence_keys.fingerprint, \(WrappedKey.columns)
        """
    private static let sealedKeys = "licence_keys JOIN data_keys ON data_keys.id = licence_keys.data_key_id"

    /// The oldest keys first; those that another transaction has in its hands right now are skipped, unless they are waited for.
    static func assign(_ demands: [KeyDemand], at time: Date, waiting: Bool = false) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH demand AS (
                    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int8[]) AS demand (line_id, variant_id, quantity)
                ), candidate AS (
                    SELECT demand.line_id, demand.quantity, pool.id
                    FROM demand CROSS JOIN LATERAL (
                        SELECT id FROM licence_keys
                        WHERE licence_keys.variant_id = demand.variant_id AND state = 'available'
                        ORDER BY id LIMIT demand.quantity
                        FOR UPDATE \(waiting ? "" : "SKIP LOCKED")
                    ) AS pool
                ), numbered AS (
                    SELECT line_id, quantity, id, row_number() OVER (PARTITION BY line_id ORDER BY id) AS unit_number,
                        count(*) OVER (PARTITION BY line_id) = quantity AS complete
                    FROM candidate
                ), assigned AS (
                    UPDATE licence_keys SET state = 'assigned', order_line_id = numbered.line_id,
                        unit_number = numbered.unit_number, line_quantity = numbered.quantity, assigned_at = $4
                    FROM numbered
                    WHERE licence_keys.id = numbered.id AND numbered.complete AND licence_keys.state = 'available'
                    RETURNING licence_keys.order_line_id
                )
                SELECT DISTINCT order_line_id FROM assigned
                """,
            parameters: [demands.map(\.line), demands.map(\.variant), demands.map(\.quantity), time])
    }

    static func insert(_ keys: [LicenceKey], under dataKey: UUID, variant: Variant) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO licence_keys (id, vendor_id, variant_id, ciphertext, data_key_id, fingerprint)
                SELECT id, $1, $2, ciphertext, $6, fingerprint
                FROM unnest($3::uuid[], $4::bytea[], $5::bytea[]) AS input (id, ciphertext, fingerprint)
                ON CONFLICT (vendor_id, fingerprint) DO NOTHING
                RETURNING id
                """,
            parameters: [
                variant.vendor, variant.id, keys.map(\.id), keys.map(\.ciphertext), keys.map(\.fingerprint), dataKey,
            ])
    }

    static func countIn(_ count: Int64, of variant: Variant) -> PostgresStatement {
        PostgresStatement(
            sql: """
                WITH counted AS (
                    INSERT INTO stock (variant_id, vendor_id, on_hand) VALUES ($1, $3, $2)
                    ON CONFLICT (variant_id) DO UPDATE SET on_hand = stock.on_hand + $2
                )
                INSERT INTO stock_movements (variant_id, vendor_id, reason, on_hand_change, reserved_change)
                VALUES ($1, $3, 'imported', $2, 0)
                """,
            parameters: [variant.id, count, variant.vendor])
    }

    static func move(_ lines: [UUID], from: String, to state: String) -> PostgresStatement {
        """
        UPDATE licence_keys SET state = \(state) WHERE order_line_id = ANY(\(lines)::uuid[]) AND state = \(from)
        RETURNING id
        """
    }

    static func assigned(to lines: [UUID]) -> PostgresStatement {
        """
        SELECT \(unescaped: sealedColumns), variant_id, order_line_id, unit_number FROM \(unescaped: sealedKeys)
        WHERE order_line_id = ANY(\(lines)::uuid[]) AND state = 'assigned' ORDER BY order_line_id, unit_number
        """
    }

    static func newest(_ count: Int) -> PostgresStatement {
        "SELECT \(unescaped: sealedColumns) FROM \(unescaped: sealedKeys) ORDER BY licence_keys.id DESC LIMIT \(count)"
    }

    static func underRetiredDataKeys(
        of vendor: ID<Vendor>, after position: [UInt8], limit: Int
    ) -> PostgresStatement {
        """
        SELECT \(unescaped: sealedColumns) FROM \(unescaped: sealedKeys)
        WHERE vendor_id = \(vendor) AND fingerprint > \(position) AND data_keys.retired_at IS NOT NULL
        ORDER BY fingerprint LIMIT \(limit)
        """
    }

    static func reseal(
        _ keys: [SealedLicenceKey], as ciphertexts: [[UInt8]], under dataKey: UUID
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                UPDATE licence_keys SET ciphertext = sealed.ciphertext, data_key_id = $4
                FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS sealed (id, data_key_id, ciphertext)
                WHERE licence_keys.id = sealed.id AND licence_keys.data_key_id = sealed.data_key_id
                """,
            parameters: [keys.map(\.id), keys.map(\.dataKeyID), ciphertexts, dataKey])
    }
}
