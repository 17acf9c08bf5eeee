package import Core
package import Foundation
package import Identity
package import Postgres

/// That a person wants the marketplace to forget them.
package struct Erasure: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "ers"

    package enum State: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        /// Waits for its day; the person may think better of it.
        case requested
        case cancelled
        case done
    }

    package let id: ID<Erasure>
    package let account: ID<Account>
    package let state: State
    /// Why it did not happen on its day: the codes of what has to be settled first.
    package let heldBy: [String]
    package let requestedAt: Date
    /// When it happens, unless something has to be settled first.
    package let dueAt: Date
    /// When it was cancelled or done.
    package let endedAt: Date?

    package init(
        id: ID<Erasure>, account: ID<Account>, state: State = .requested, heldBy: [String] = [], requestedAt: Date,
        dueAt: Date, endedAt: Date? = nil
    ) {
        self.id = id
        self.account = account
        self.state = state
        self.heldBy = heldBy
        self.requestedAt = requestedAt
        self.dueAt = dueAt
        self.endedAt = endedAt
    }
}
