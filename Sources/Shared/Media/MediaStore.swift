package import Core
package import Foundation
package import Identity
package import Postgres

/// All SQL about media.
package struct MediaStore: Sendable {
    package init() {}

    /// The file, be it uploaded or made of one, or nil; what was deleted is not there any more.
    /// - Parameter includingPersonal: for whoever has a link, and for no list: whether those for one person alone count.
    package func media(
        _ id: ID<MediaFile>, visibleTo visibility: Visibility, includingPersonal: Bool = false,
        in executor: some PostgresExecutor
    ) async throws(PostgresError) -> MediaFile? {
        try await executor.queryOne(
            MediaSQL.one(id, visibleTo: visibility, includingPersonal: includingPersonal), as: MediaFile.self)
    }

    /// A page of files, the newest first; those for one purpose, or all.
    package func media(
        for purpose: MediaPurpose?, page: PageRequest, visibleTo visibility: Visibility,
        in executor: some PostgresExecutor
    ) async throws -> Page<MediaFile> {
        try await page.newestFirst("media", by: \.id) { before, limit in
            try await executor.query(
                MediaSQL.list(for: purpose, visibleTo: visibility, before: before, limit: limit), as: MediaFile.self)
        }
    }

    /// An uploaded file, held so that nobody else refers to it or deletes it before the transaction ends.
    func hold(
        _ id: ID<MediaFile>, visibleTo visibility: Visibility, includingPersonal: Bool = false,
        in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> MediaFile? {
        try await transaction.queryOne(
            MediaSQL.one(
                id, visibleTo: visibility, includingPersonal: includingPersonal,
                locking: "AND original_id IS NULL FOR UPDATE"), as: MediaFile.self)
    }

    /// Waits for the answer, which may be a constraint's refusal.
    func insert(_ media: MediaFile, in transaction: some PostgresExecutor) async throws(PostgresError) {
        try await transaction.execute(MediaSQL.insert(media))
    }

    /// Adds what was made of another file.
    func insert(
        _ media: MediaFile, of original: ID<MediaFile>, width: Int, height: Int, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline(MediaSQL.insert(media, of: original, width: width, height: height))
    }

    /// What was made of pictures, by those, the smallest first and of one size the most compact first.
    package func variants(
        of originals: [ID<MediaFile>], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<MediaFile>: [MediaVariant]] {
        guard !originals.isEmpty else { return [:] }
        let rows = try await executor.query(MediaSQL.variants(of: originals), as: VariantRow.self)
        return Dictionary(grouping: rows, by: \.original).mapValues { $0.map(\.variant) }
    }

    /// Takes a file out of use, with what was made of it.
    /// - Returns: all whose bytes are to leave the folder.
    func markDeleted(
        _ id: ID<MediaFile>, at now: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<MediaFile>] {
        try await transaction.queryValues(
            """
            UPDATE media SET deleted_at = \(now) WHERE (id = \(id) OR original_id = \(id)) AND deleted_at IS NULL
            RETURNING id
            """, as: ID<MediaFile>.self)
    }

    /// Deleted files that still stand in the folder, those deleted first before others.
    func unremoved(
        deletedBefore moment: Date, atMost limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ID<MediaFile>] {
        try await executor.queryValues(
            """
            SELECT id FROM media WHERE deleted_at < \(moment) AND removed_at IS NULL ORDER BY deleted_at LIMIT \(limit)
            """, as: ID<MediaFile>.self)
    }

    /// Notes that a deleted file has left the folder, and takes what it counted from its vendor's share. Again it changes nothing.
    func markRemoved(
        _ id: ID<MediaFile>, at now: Date, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.execute(
            """
            WITH removed AS (
                UPDATE media SET removed_at = \(now), file_name = NULL
                WHERE id = \(id) AND deleted_at IS NOT NULL AND removed_at IS NULL RETURNING vendor_id, size_bytes, original_id)
            UPDATE media_usage SET size_bytes = media_usage.size_bytes - removed.size_bytes
            FROM removed WHERE media_usage.vendor_id = removed.vendor_id AND removed.original_id IS NULL
            """)
    }

    /// Whether a file has to stand in the folder.
    func isKept(_ id: ID<MediaFile>, in executor: some PostgresExecutor) async throws(PostgresError) -> Bool {
        try await executor.queryValue(
            "SELECT EXISTS (SELECT FROM media WHERE id = \(id) AND deleted_at IS NULL)", as: Bool.self) ?? false
    }

    /// Adds a file to what a vendor's files take.
    /// - Returns: false, and nothing is added, where that would be more than its quota.
    func charge(
        _ media: MediaFile, quota: MediaQuota, in transaction: some PostgresExecutor
    ) async throws(PostgresError) -> Bool {
        guard let vendor = media.vendor else { return true }
        return try await transaction.execute(
            MediaSQL.charge(media.sizeBytes, to: vendor, quota: quota)) == 1
    }
}

/// One of those that were made of a picture.
private struct VariantRow: PostgresRowDecodable, Sendable {
    let original: ID<MediaFile>
    let variant: MediaVariant

    init(row: borrowing PostgresRow) throws(PostgresError) {
        original = try row.decode("original_id")
        variant = MediaVariant(
            id: try row.decode("id"), contentType: try row.decode("content_type"),
            width: Int(try row.decode("width", as: Int32.self)), height: Int(try row.decode("height", as: Int32.self)))
    }
}

extension MediaFile: PostgresRowDecodable {
    package init(row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        vendor = try row.decode("vendor_id")
        purpose = try row.decode("purpose")
        visibility = try row.decode("is_public", as: Bool.self) ? .public : .private
        contentType = try row.decode("content_type")
        sizeBytes = try row.decode("size_bytes")
        sha256 = try row.decode("sha256")
        fileName = try row.decode("file_name")
        createdBy = AuditActor(rawValue: try row.decode("created_by"))
        createdAt = try row.decode("created_at")
    }
}

private enum MediaSQL {
    static let columns = """
        id, vendor_id, purpose, is_public, content_type, size_bytes, sha256, file_name, created_by, created_at
        """

    /// Not for one person alone.
    private static let isImpersonal = MediaPurpose.allCases.filter(\.isPersonal)
        .map { "purpose <> '\($0.rawValue)'" }.joined(separator: " AND ")

    static func one(
        _ id: ID<MediaFile>, visibleTo visibility: Visibility, includingPersonal: Bool, locking: String = ""
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT \(columns) FROM media
                WHERE id = $1 AND deleted_at IS NULL AND \(includingPersonal ? "TRUE" : isImpersonal) AND \(visibility.condition("$2", vendor: "vendor_id = $2")) \(locking)
                """,
            parameters: [id, visibility.subject])
    }

    static func list(
        for purpose: MediaPurpose?, visibleTo visibility: Visibility, before: ID<MediaFile>?, limit: Int
    ) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        let ofPurpose = OptionalFilter.condition("purpose = $4", "$4::text", isSet: purpose != nil)
        return PostgresStatement(
            sql: """
                SELECT \(columns) FROM media
                WHERE \(fromCursor) AND \(ofPurpose) AND deleted_at IS NULL AND original_id IS NULL AND \(isImpersonal)
                    AND \(visibility.condition("$3", vendor: "vendor_id = $3"))
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit, visibility.subject, purpose])
    }

    static func variants(of originals: [ID<MediaFile>]) -> PostgresStatement {
        """
        SELECT original_id, id, content_type, width, height FROM media
        WHERE original_id = ANY(\(originals)) AND deleted_at IS NULL ORDER BY original_id, width, size_bytes, id
        """
    }

    static func charge(_ bytes: Int64, to vendor: UUID, quota: MediaQuota) -> PostgresStatement {
        let room = """
            (SELECT CASE WHEN EXISTS (
                SELECT FROM vendors WHERE id = $1 AND status IN ('applied', 'in_review', 'rejected')
            ) THEN $4 ELSE $3 END)
            """
        return PostgresStatement(
            sql: """
                INSERT INTO media_usage (vendor_id, size_bytes) SELECT $1, $2 WHERE $2 <= \(room)
                ON CONFLICT (vendor_id) DO UPDATE SET size_bytes = media_usage.size_bytes + excluded.size_bytes
                WHERE media_usage.size_bytes <= \(room) - excluded.size_bytes
                """,
            parameters: [vendor, bytes, quota.vendor, quota.applicant])
    }

    static func insert(
        _ media: MediaFile, of original: ID<MediaFile>? = nil, width: Int? = nil, height: Int? = nil
    ) -> PostgresStatement {
        """
        INSERT INTO media (\(unescaped: columns), original_id, width, height)
        VALUES (\(media.id), \(media.vendor), \(media.purpose), \(media.visibility == .public), \(media.contentType),
            \(media.sizeBytes), \(media.sha256), \(media.fileName), \(media.createdBy.rawValue), \(media.createdAt),
            \(original), \(width.map(Int32.init(clamping:))), \(height.map(Int32.init(clamping:))))
        """
    }
}
