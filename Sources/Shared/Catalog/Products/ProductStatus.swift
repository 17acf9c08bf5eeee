package import Core
import Postgres

/// Where a product is in its life.
///
/// | from | may become |
/// | --- | --- |
/// | draft | in review, active |
/// | in review | active (approved), draft (rejected or withdrawn) |
/// | active | archived, draft (withdrawn), in review (edited where edits are reviewed) |
/// | archived | active, in review (submitted again), draft |
package enum ProductStatus: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    /// Only those who sell it see it.
    case draft
    /// It waits for the marketplace to look at it.
    case inReview = "in_review"
    /// Everybody sees it and may buy it.
    case active
    /// No longer sold; kept for the orders that name it.
    case archived

    func mayBecome(_ next: ProductStatus) -> Bool {
        switch (self, next) {
        case (.draft, .inReview), (.draft, .active), (.inReview, .active), (.inReview, .draft), (.active, .archived),
            (.active, .draft), (.active, .inReview), (.archived, .active), (.archived, .inReview), (.archived, .draft):
            true
        default: false
        }
    }

    /// - Throws: a 409 `Problem` ("wrong-status") where this status does not lead there.
    func require(_ next: ProductStatus) throws(Problem) {
        guard mayBecome(next) else { throw .wrongStatus(self) }
    }

    /// Whether whoever offers it has to keep the duties of a listing.
    var isOffered: Bool { self == .inReview || self == .active }
}

extension Problem {
    static func wrongStatus(_ status: ProductStatus) -> Problem {
        var problem = Problem.conflict(
            "wrong-status", title: "Not in this status", detail: "The product is \(status.rawValue)")
        problem.extensions = ["status": .string(status.rawValue)]
        return problem
    }
}

/// How a variant reaches its buyer.
package enum VariantKind: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    case physical
    case licenceKey = "licence_key"
}
