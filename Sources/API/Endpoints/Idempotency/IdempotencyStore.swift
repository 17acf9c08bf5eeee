package import Foundation
package import Jobs

/// Remembers what was answered to requests that carry an `Idempotency-Key`.
package protocol IdempotencyStore: Sendable {
    /// Claims the key before the work starts. Atomic: of many concurrent callers one gets `started`.
    ///
    /// A key whose holder's lease ran out is handed to the next caller with the same fingerprint; an expired key is as
    /// new.
    func start(
        _ key: IdempotencyKey, fingerprint: [UInt8], lease: Duration, retention: Duration
    ) async throws -> IdempotencyStart

    /// Extends the lease of a claim; false when it is no longer ours.
    func renew(_ claim: IdempotencyClaim, lease: Duration) async throws -> Bool

    /// Stores the answer; false, and nothing is stored, when the claim is no longer ours.
    func finish(_ claim: IdempotencyClaim, with response: StoredResponse) async throws -> Bool

    /// Stores the answer by the commit of the unit of work that the store is joined to and that has taken the key itself, so that
    /// nobody else can have it.
    func answer(_ claim: IdempotencyClaim, with response: StoredResponse) async throws

    /// Gives the key back, so that a repetition runs again.
    func abandon(_ claim: IdempotencyClaim) async throws

    /// The same keys, claimed and finished by the commit of a unit of work: of many concurrent callers the others wait for the
    /// first one's end, and a key whose unit is rolled back was never claimed.
    func joined(to work: UnitOfWork) -> any IdempotencyStore

    /// Deletes what has expired; returns how many rows.
    func purge() async throws -> Int
}

/// One caller's key for one endpoint.
package struct IdempotencyKey: Sendable, Hashable {
    /// Who: keys of different callers never meet. For callers without credentials also what: see the pipeline.
    package let scope: String
    /// `POST /orders`
    package let endpoint: String
    package let value: String

    package init(scope: String, endpoint: String, value: String) {
        self.scope = scope
        self.endpoint = endpoint
        self.value = value
    }

    /// One text for the three.
    var text: String { "\(scope)|\(endpoint)|\(value)" }
}

/// The right to do the work for a key, until its lease runs out.
package struct IdempotencyClaim: Sendable, Hashable {
    package let key: IdempotencyKey
    /// Tells this holder from a later one.
    package let owner: UUID

    package init(key: IdempotencyKey, owner: UUID) {
        self.key = key
        self.owner = owner
    }
}

package enum IdempotencyStart: Sendable, Equatable {
    /// Do the work.
    case started(IdempotencyClaim)
    /// Someone else is at it.
    case inProgress
    /// It was done.
    case finished(StoredResponse)
    /// The key belongs to a request with other content.
    case mismatch
}

/// An answer that can be given again.
package struct StoredResponse: Sendable, Hashable {
    package let status: Int
    /// Only those that belong to the answer itself.
    package let headers: [String: String]
    package let body: [UInt8]

    package init(status: Int, headers: [String: String], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
