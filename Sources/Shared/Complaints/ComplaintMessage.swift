package import Core
package import Foundation
import Identity
package import Media
import Postgres
import Registrations

/// For whom somebody speaks about a complaint.
package enum ComplaintSide: String, Hashable, Sendable, CaseIterable, Codable, PostgresCodable {
    case customer, vendor, staff
}

/// What one of them has written.
package struct ComplaintMessage: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "cmm"

    /// What the words must be like.
    package static let body = TextRule(1...8_000, .lines)
    /// How many a complaint has.
    package static let mostPerComplaint = 500
    /// How many files one carries.
    package static let attachmentCount = 0...5

    /// Who reads it besides the staff, who read all.
    package enum Audience: String, Hashable, Sendable, CaseIterable, PostgresCodable {
        /// The customer and the vendor.
        case everyone
        case customer, vendor
        /// Nobody.
        case staff

        /// Whether `side` reads it.
        package func includes(_ side: ComplaintSide) -> Bool {
            side == .staff || self == .everyone || rawValue == side.rawValue
        }

        /// Whether `side` may write for them: nobody writes what they don't read themselves, and only the staff can leave others out.
        package func isOpen(to side: ComplaintSide) -> Bool {
            switch side {
            case .staff: true
            case .vendor: self == .everyone || self == .vendor
            case .customer: self == .everyone || self == .customer
            }
        }
    }

    package let id: ID<ComplaintMessage>
    package let complaint: ID<Complaint>
    package let side: ComplaintSide
    package let audience: Audience
    package let body: String
    package let attachments: [ID<MediaFile>]
    package let createdBy: AuditActor
    package let createdAt: Date

    package init(
        id: ID<ComplaintMessage>, complaint: ID<Complaint>, side: ComplaintSide, audience: Audience, body: String,
        attachments: [ID<MediaFile>], createdBy: AuditActor, createdAt: Date
    ) {
        self.id = id
        self.complaint = complaint
        self.side = side
        self.audience = audience
        self.body = body
        self.attachments = attachments
        self.createdBy = createdBy
        self.createdAt = createdAt
    }
}

/// What somebody writes about a complaint.
package struct NewComplaintMessage: Hashable, Sendable {
    package let body: String
    package let attachments: [ID<MediaFile>]
    package let audience: ComplaintMessage.Audience

    package init(
        body: String, attachments: [ID<MediaFile>] = [], audience: ComplaintMessage.Audience = .everyone
    ) {
        self.body = body
        self.attachments = attachments
        self.audience = audience
    }

    /// The words to keep. An Aadhaar number has no business in them.
    func checked(_ check: inout InputCheck, from side: ComplaintSide) -> String {
        let text = ComplaintMessage.body.normalized(body)
        check.text("/body", text, ComplaintMessage.body)
        if Aadhaar.isContained(in: text) { check.fail("/body", IdentifierFault.aadhaar.violation) }
        check.number("/attachment_ids", attachments.count, in: ComplaintMessage.attachmentCount)
        if !audience.isOpen(to: side) {
            check.fail("/audience", "not_yours", "is not for you to choose")
        }
        return text
    }
}
