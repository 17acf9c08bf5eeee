package import Core
package import Foundation
package import Postgres

/// What shows or keeps which files. Each domain notes here what its things refer to, so that nobody deletes it.
package struct MediaReferences: Sendable {
    package init() {}

    /// Has `subject` refer to these files in `role` and to no others in it; none ends its references.
    /// - Parameters:
    ///   - media: each is held until the transaction ends. Order and repetitions are the caller's own affair.
    ///   - owner: the vendor whose the files must be; nil for the marketplace's own.
    ///   - purpose: for what they must have been uploaded.
    ///   - visibility: what they must be; nil where it does not matter.
    ///   - subject: the TypeID of what refers to them.
    ///   - role: what they are to it, such as "image".
    ///   - pointer: the field that names them, for the refusal.
    /// - Throws: a 422 `Problem` naming the files that are not there, not the owner's, or for something else; `PostgresError`.
    package func set(
        _ media: [ID<MediaFile>], ownedBy owner: UUID?, for purpose: MediaPurpose,
        visibility: MediaVisibility? = nil, from subject: some CustomStringConvertible, as role: String,
        pointer: String, in transaction: some PostgresExecutor
    ) async throws {
        let wanted = Set(media).sorted()
        if !wanted.isEmpty {
            let usable = try await Set(
                transaction.queryValues(
                    """
                    SELECT id FROM media WHERE id = ANY(\(wanted)) AND deleted_at IS NULL AND original_id IS NULL
                        AND vendor_id IS NOT DISTINCT FROM \(owner) AND purpose = \(purpose)
                        AND is_public = coalesce(\(visibility.map { $0 == .public }), is_public)
                    ORDER BY id FOR SHARE
                    """, as: ID<MediaFile>.self))
            let missing = wanted.filter { !usable.contains($0) }
            guard missing.isEmpty else {
                throw Problem.invalidInput(
                    missing.prefix(FieldProblems.limit).map {
                        FieldProblem(pointer: pointer, code: "unknown", message: "there is no file \($0) for this")
                    })
            }
        }
        try await transaction.pipeline(
            """
            DELETE FROM media_references
            WHERE subject = \(subject.description) AND role = \(role) AND media_id <> ALL(\(wanted))
            """)
        guard !wanted.isEmpty else { return }
        try await transaction.pipeline(
            """
            INSERT INTO media_references (media_id, subject, role)
            SELECT id, \(subject.description), \(role) FROM unnest(\(wanted)) AS id
            ON CONFLICT DO NOTHING
            """)
    }

    /// Ends all references of what is gone.
    package func end(
        from subject: some CustomStringConvertible, in transaction: some PostgresExecutor
    ) async throws(PostgresError) {
        try await transaction.pipeline("DELETE FROM media_references WHERE subject = \(subject.description)")
    }

    /// What refers to a file, in no particular order.
    package func subjects(
        of media: ID<MediaFile>, atMost limit: Int, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [String] {
        try await executor.queryValues(
            "SELECT DISTINCT subject FROM media_references WHERE media_id = \(media) LIMIT \(limit)", as: String.self)
    }
}
