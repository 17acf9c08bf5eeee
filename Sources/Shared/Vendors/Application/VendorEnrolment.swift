import Core
import Foundation
import Jobs
import Postgres

/// Puts a vendor on record with what every vendor has from its first moment: a name to be found by, a profile and the decision by which
/// it came about.
struct VendorEnrolment: Sendable {
    /// What is known of a vendor before it has a name to be found by.
    struct Draft: Sendable {
        let id: ID<Vendor>
        let name: String
        /// nil: one is made of the name.
        let slug: Slug?
        let email: EmailAddress
        let identity: VendorIdentity?
        let createdAt: Date
    }

    private let vendors = VendorStore()
    private let slugs = SlugStore()
    private let profiles = ProfileStore()
    private let decisions = VendorDecisionStore()
    private let ids: UUIDv7Generator

    init(ids: UUIDv7Generator) { self.ids = ids }

    /// - Parameter act: `.apply` or `.admit`.
    /// - Throws: a 409 `Problem` ("slug-taken"); `PostgresError`.
    func callAsFunction(
        _ draft: Draft, by act: VendorAct, to status: VendorStatus, actor: AuditActor, in work: UnitOfWork
    ) async throws -> Vendor {
        func vendor(called slug: String) -> Vendor {
            Vendor(
                id: draft.id, name: draft.name, slug: slug, email: draft.email, status: status,
                identity: draft.identity, createdAt: draft.createdAt)
        }
        let names =
            draft.slug.map { (wanted: $0, unique: $0) } ?? Slug.derived(from: draft.name, of: draft.id)
        try await vendors.insert(vendor(called: names.wanted.rawValue), in: work)
        try await profiles.insertEmpty(draft.id, in: work)
        try await decisions.insert(
            VendorDecision(
                id: ID(uuid: ids.next()), vendor: draft.id, act: act, from: nil, to: status, actor: actor, reason: "",
                decidedAt: draft.createdAt), in: work)
        let slug = try await slugs.insertFirst(
            names.wanted, orElse: names.unique, of: draft.id, at: draft.createdAt, in: work)
        guard let slug else { throw Problem.slugTaken }
        return vendor(called: slug)
    }
}
