import Catalog
package import Core
package import Foundation
package import Postgres
import Values
import Vault
import Vendors

/// All SQL about licence keys.
package struct LicenceKeyStore: Sendable {
    package init() {}

    /// Gives each demand exactly its number of keys, or none where the pool has fewer; a key goes to one line only. One that has too
    /// little left of its life stays where it is.
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

    /// Lets revoked keys of order lines hold again, but for those that somebody of the staff has revoked.
    package func reinstate(lines: [UUID], in transaction: some PostgresExecutor) async throws(PostgresError) {
        _ = try await transaction.queryValues(
            LicenceKeySQL.move(lines, from: "revoked", to: "assigned"), as: ID<LicenceKey>.self)
    }

    /// The identifiers of `keys` that the marketplace had not yet, now in the pool; the database counts them as stock.
    func insert(
        _ keys: [LicenceKey], under dataKey: UUID, variant: Variant, from origin: KeyOrigin,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Set<ID<LicenceKey>> {
        let statement = LicenceKeySQL.insert(keys, under: dataKey, variant: variant, from: origin)
        return Set(try await transaction.queryValues(statement, as: ID<LicenceKey>.self))
    }

    /// Where keys are that the marketplace has already, by their positions among `keys`.
    func known(
        _ keys: [LicenceKey], of vendor: ID<Vendor>, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Int: KnownKey] {
        let rows = try await executor.query(LicenceKeySQL.known(keys, of: vendor), as: KnownKey.self)
        return Dictionary(rows.map { ($0.position, $0) }, uniquingKeysWith: { first, _ in first })
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

/// Where keys come from.
struct KeyOrigin: Sendable {
    var batch: ID<LicenceKeyBatch>?
    var file: ID<KeyFileImport>?
}

/// A key that the marketplace has.
struct KnownKey: PostgresRowDecodable, Sendable {
    /// Among those that were looked for.
    let position: Int
    let vendor: ID<Vendor>
    let file: ID<KeyFileImport>?
    let line: Int64?

    init(row: borrowing PostgresRow) throws(PostgresError) {
        let number: Int64 = try row.decode("number")
        position = Int(number)
        vendor = try row.decode("vendor_id")
        file = try row.decode("import_id")
        line = try row.decode("line")
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

    /// Those that end first, then the oldest; those that another transaction has in its hands right now are skipped, unless they are waited
    /// for.
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
                            AND (sell_until IS NULL OR sell_until >= $5::text::date)
                        ORDER BY sell_until, id LIMIT demand.quantity
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
            parameters: [
                demands.map(\.line), demands.map(\.variant), demands.map(\.quantity), time,
                KeyLife.today(at: time).iso8601,
            ])
    }

    /// In the order of what is unique, so that two who import the same keys don't wait for each other.
    static func insert(
        _ keys: [LicenceKey], under dataKey: UUID, variant: Variant, from origin: KeyOrigin
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                INSERT INTO licence_keys (id, vendor_id, variant_id, ciphertext, data_key_id, fingerprint, marketplace_fingerprint,
                    batch_id, import_id, line, expires_on, sell_until)
                SELECT id, $1, $2, ciphertext, $3, fingerprint, marketplace_fingerprint, $4, $5, line, expires_on::date,
                    sell_until::date
                FROM unnest($6::uuid[], $7::bytea[], $8::bytea[], $9::bytea[], $10::int8[], $11::text[], $12::text[])
                    AS input (id, ciphertext, fingerprint, marketplace_fingerprint, line, expires_on, sell_until)
                ORDER BY marketplace_fingerprint, id
                ON CONFLICT DO NOTHING
                RETURNING id
                """,
            parameters: [
                variant.vendor, variant.id, dataKey, origin.batch, origin.file, keys.map(\.id), keys.map(\.ciphertext),
                keys.map(\.fingerprint), keys.map(\.marketplaceFingerprint), keys.map(\.line),
                keys.map { $0.life?.expiresOn.iso8601 }, keys.map { $0.life?.sellUntil.iso8601 },
            ])
    }

    /// Keys from before there was a fingerprint of the marketplace's are found by their vendor's.
    static func known(_ keys: [LicenceKey], of vendor: ID<Vendor>) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT number, known.vendor_id, known.import_id, known.line
                FROM unnest($1::int8[], $2::bytea[], $3::bytea[]) AS input (number, fingerprint, common)
                CROSS JOIN LATERAL (
                    SELECT vendor_id, import_id, line FROM licence_keys WHERE marketplace_fingerprint = input.common
                    UNION ALL
                    SELECT vendor_id, import_id, line FROM licence_keys
                    WHERE vendor_id = $4 AND licence_keys.fingerprint = input.fingerprint
                    LIMIT 1
                ) AS known
                """,
            parameters: [
                keys.indices.map(Int64.init), keys.map(\.fingerprint), keys.map(\.marketplaceFingerprint), vendor,
            ])
    }

    static func move(_ lines: [UUID], from: String, to state: String) -> PostgresStatement {
        """
        UPDATE licence_keys SET state = \(state)
        WHERE order_line_id = ANY(\(lines)::uuid[]) AND state = \(from) AND closed_at IS NULL
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
