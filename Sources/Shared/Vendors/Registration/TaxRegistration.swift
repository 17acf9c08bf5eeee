package import Core
package import Foundation
import Postgres
package import Registrations
package import Values

/// What a registration is for.
package enum RegistrationKind: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    /// India's goods and services tax: regular, by composition, and the number by which who is too small for either may sell through a
    /// marketplace.
    case gstin
    case gstComposition = "gst_composition"
    case gstEnrolment = "gst_enrolment"
    case pan
    case bin
    case etin

    package var market: Market {
        switch self {
        case .gstin, .gstComposition, .gstEnrolment, .pan: .india
        case .bin, .etin: .bangladesh
        }
    }

    /// Whether buyers have to be shown it. A PAN and an e-TIN are between the vendor, the marketplace and the tax office.
    package var isPublic: Bool {
        switch self {
        case .gstin, .gstComposition, .gstEnrolment, .bin: true
        case .pan, .etin: false
        }
    }
}

/// Whether somebody of the marketplace has looked at what a vendor says.
package enum RegistrationStatus: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    case pending, verified, refused
}

/// A number under which a vendor is known to a tax office.
package struct TaxRegistration: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "reg"

    package let id: ID<TaxRegistration>
    package let vendor: ID<Vendor>
    package let kind: RegistrationKind
    /// In its one form.
    package let number: String
    /// The State of a registration that is one State's.
    package let region: String?
    /// Whose it is, as the tax office writes it.
    package let legalName: String
    /// The first and the last day; nil where there is none.
    package let validFrom: CivilDate?
    package let validTo: CivilDate?
    package let status: RegistrationStatus
    /// Of a refusal.
    package let reason: String
    package let createdAt: Date
    package let verifiedAt: Date?

    package init(
        id: ID<TaxRegistration>, vendor: ID<Vendor>, kind: RegistrationKind, number: String, region: String?,
        legalName: String, validFrom: CivilDate? = nil, validTo: CivilDate? = nil,
        status: RegistrationStatus = .pending, reason: String = "", createdAt: Date, verifiedAt: Date? = nil
    ) {
        self.id = id
        self.vendor = vendor
        self.kind = kind
        self.number = number
        self.region = region
        self.legalName = legalName
        self.validFrom = validFrom
        self.validTo = validTo
        self.status = status
        self.reason = reason
        self.createdAt = createdAt
        self.verifiedAt = verifiedAt
    }

    package func isValid(on day: CivilDate) -> Bool {
        status != .refused && (validFrom.map { $0.daysSinceEpoch <= day.daysSinceEpoch } ?? true)
            && (validTo.map { day.daysSinceEpoch <= $0.daysSinceEpoch } ?? true)
    }

    /// The PAN that it is or holds.
    var pan: PAN? {
        switch kind {
        case .pan: try? PAN(number)
        case .gstin, .gstComposition: try? PAN(String(number.dropFirst(2).prefix(10)))
        case .gstEnrolment, .bin, .etin: nil
        }
    }
}

/// A registration as a vendor has entered it.
package struct NewRegistration: Hashable, Sendable {
    /// What a number is typed like.
    package static let number = TextRule(1...60, .line)

    package let kind: RegistrationKind
    package let number: String
    /// Needed where the number does not tell it: of an enrolment.
    package let state: String?
    package let legalName: String
    package let validFrom: CivilDate?
    package let validTo: CivilDate?

    package init(
        kind: RegistrationKind, number: String, state: String? = nil, legalName: String,
        validFrom: CivilDate? = nil, validTo: CivilDate? = nil
    ) {
        self.kind = kind
        self.number = number
        self.state = state
        self.legalName = legalName
        self.validFrom = validFrom
        self.validTo = validTo
    }
}
