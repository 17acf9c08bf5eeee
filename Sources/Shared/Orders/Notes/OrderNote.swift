package import Core
package import Foundation
import Registrations
package import Vendors

/// What somebody has written about an order for their own side.
///
/// A vendor's notes are read by that vendor and by the staff, the staff's by the staff alone. Customers read none: what they are to read
/// is a message of a complaint.
package struct OrderNote: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "ont"

    /// What a note must be like.
    package static let body = TextRule(1...4_000, .lines)
    /// How many an order has, those of one vendor or of the staff.
    package static let mostPerSide = 200

    package let id: ID<OrderNote>
    package let order: ID<Order>
    /// Whose it is; nil: the staff's.
    package let vendor: ID<Vendor>?
    /// nil once it was taken back.
    package let body: String?
    package let createdBy: AuditActor
    package let createdAt: Date
    package let removedAt: Date?

    package init(
        id: ID<OrderNote>, order: ID<Order>, vendor: ID<Vendor>?, body: String?, createdBy: AuditActor, createdAt: Date,
        removedAt: Date? = nil
    ) {
        self.id = id
        self.order = order
        self.vendor = vendor
        self.body = body
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.removedAt = removedAt
    }

    /// The text to keep.
    /// - Throws: a 422 `Problem`; an Aadhaar number has no business in a note.
    static func checked(_ text: String) throws(Problem) -> String {
        let text = Self.body.normalized(text)
        var check = InputCheck()
        check.text("/body", text, Self.body)
        if Aadhaar.isContained(in: text) { check.fail("/body", IdentifierFault.aadhaar.violation) }
        try check.finish()
        return text
    }
}
