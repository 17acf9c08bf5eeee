package import Core
import Foundation
package import Identity
package import Jobs

/// Takes a file out of use. Its bytes leave the folder by a job.
package struct DeleteMedia: Sendable {
    private let store = MediaStore()
    private let references = MediaReferences()
    private let audit: AuditStore
    private let clock: any WallClock

    package init(audit: AuditStore, clock: some WallClock) {
        self.audit = audit
        self.clock = clock
    }

    /// - Throws: `Problem`: 404, 409 ("media-in-use") while anything refers to it; `PostgresError`.
    package func callAsFunction(_ id: ID<MediaFile>, by principal: Principal, in work: UnitOfWork) async throws {
        guard try await store.hold(id, visibleTo: principal.visibility, in: work) != nil else {
            throw Problem.notFound("file")
        }
        let subjects = try await references.subjects(of: id, atMost: Self.toldReferences, in: work)
        guard subjects.isEmpty else { throw Problem.mediaInUse(by: subjects) }
        let deleted = try await store.markDeleted(id, at: clock.now.roundedToMicroseconds, in: work)
        try await audit.append(AuditEntry(actor: principal.actor, action: "media.deleted", subject: id), in: work)
        for file in deleted { try work.enqueue(RemoveMediaFile.Job(mediaID: file)) }
    }

    /// The same for a file of the marketplace's own making, also one for a person alone, to which nothing refers any more. Again it does
    /// nothing.
    package func discard(_ id: ID<MediaFile>, in work: UnitOfWork) async throws {
        guard try await store.hold(id, visibleTo: .everything, includingPersonal: true, in: work) != nil else { return }
        try await store.markDeleted(id, at: clock.now.roundedToMicroseconds, in: work)
        try await audit.append(AuditEntry(actor: .system, action: "media.deleted", subject: id), in: work)
        try work.enqueue(RemoveMediaFile.Job(mediaID: id))
    }

    private static let toldReferences = 20
}

extension Problem {
    /// - Parameter subjects: the TypeIDs of what refers to it, some of them where they are many.
    package static func mediaInUse(by subjects: [String]) -> Problem {
        var problem = Problem.conflict(
            "media-in-use", title: "The file is in use", detail: "Take it out of what refers to it first")
        problem.extensions["references"] = .array(subjects.map { .string($0) })
        return problem
    }
}
