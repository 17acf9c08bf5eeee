package import Core
package import Foundation
import Jobs

/// A complaint has arrived.
package struct ComplaintFiled: Event, Hashable {
    package static let name = "complaint.filed"

    package let complaintID: ID<Complaint>
    package let messageID: ID<ComplaintMessage>
    /// Whether a vendor has to know of it.
    package let concernsVendor: Bool
}

/// A complaint is in another state.
package struct ComplaintMoved: Event, Hashable {
    package static let name = "complaint.moved"

    package let complaintID: ID<Complaint>
    /// What was done, such as `resolved`.
    package let action: String
    /// What was said about it, and which sides read that besides the staff and the one that said it.
    package let messageID: ID<ComplaintMessage>?
    package let readers: [ComplaintSide]
}

/// Somebody wrote about a complaint.
package struct ComplaintMessageWritten: Event, Hashable {
    package static let name = "complaint.message_written"

    package let complaintID: ID<Complaint>
    package let messageID: ID<ComplaintMessage>
    package let side: ComplaintSide
    /// Which sides read it, besides the staff and the one that wrote it.
    package let readers: [ComplaintSide]
}

/// What the law asks for has to be done soon.
package struct ComplaintDeadlineNear: Event, Hashable {
    package static let name = "complaint.deadline_near"

    package let complaintID: ID<Complaint>
    package let step: ComplaintStep
    package let round: Int
    package let dueAt: Date
}

/// What the law asks for was not done in time.
package struct ComplaintDeadlineMissed: Event, Hashable {
    package static let name = "complaint.deadline_missed"

    package let complaintID: ID<Complaint>
    package let step: ComplaintStep
    package let round: Int
    package let dueAt: Date
}
