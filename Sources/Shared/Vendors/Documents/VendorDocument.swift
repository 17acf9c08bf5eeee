package import Core
package import Foundation
package import Media
import Postgres
package import Values

/// What a document proves.
package enum DocumentKind: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    case tradeLicence = "trade_licence"
    case nid
    case addressProof = "address_proof"
    case foodLicence = "food_licence"
    case incorporation
    case bankProof = "bank_proof"
    case other
}

/// Whether somebody of the marketplace has looked at a document.
package enum DocumentStatus: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    case pending, accepted, refused
}

/// The number of a document, as far as it is kept.
package enum DocumentNumber: Hashable, Sendable {
    /// Of a licence, which everybody may know.
    case whole(String)
    /// Of a person, of which no more is kept: the document itself shows it.
    case lastFour(String)
}

/// A document by which a vendor proves what it says.
package struct VendorDocument: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "vdo"

    package let id: ID<VendorDocument>
    package let vendor: ID<Vendor>
    package let kind: DocumentKind
    package let file: ID<MediaFile>
    package let number: DocumentNumber?
    /// Who has given it out.
    package let authority: String?
    /// The last day on which it holds; nil for good.
    package let expiresOn: CivilDate?
    package let status: DocumentStatus
    /// Of a refusal.
    package let reason: String
    package let createdAt: Date
    package let reviewedAt: Date?

    package init(
        id: ID<VendorDocument>, vendor: ID<Vendor>, kind: DocumentKind, file: ID<MediaFile>,
        number: DocumentNumber? = nil, authority: String? = nil, expiresOn: CivilDate? = nil,
        status: DocumentStatus = .pending, reason: String = "", createdAt: Date, reviewedAt: Date? = nil
    ) {
        self.id = id
        self.vendor = vendor
        self.kind = kind
        self.file = file
        self.number = number
        self.authority = authority
        self.expiresOn = expiresOn
        self.status = status
        self.reason = reason
        self.createdAt = createdAt
        self.reviewedAt = reviewedAt
    }

    package func isExpired(on day: CivilDate) -> Bool {
        expiresOn.map { $0.daysSinceEpoch < day.daysSinceEpoch } ?? false
    }
}
