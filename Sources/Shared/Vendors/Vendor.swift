package import Core
package import Foundation
import Postgres
package import Registrations

/// What kind of person or body sells; what it has to show depends on it.
package enum VendorKind: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    case individual
    case proprietorship
    case hinduUndividedFamily = "hindu_undivided_family"
    case partnership
    case company
    case other
}

/// Who contracts when a vendor sells.
package struct VendorIdentity: Hashable, Sendable {
    /// What a legal name must be like.
    package static let legalName = TextRule(1...200, .line)
    /// ISO 3166-1 alpha-2.
    package static let country = TextRule(2...2, .only("A-Z"))

    package let legalName: String
    /// Whose law and whose numbers apply.
    package let country: String
    package let kind: VendorKind

    package init(legalName: String, country: String, kind: VendorKind) {
        self.legalName = legalName
        self.country = country
        self.kind = kind
    }

    func check(_ check: inout InputCheck) {
        check.text("/legal_name", legalName, Self.legalName)
        check.text("/country", country, Self.country)
    }
}

/// A time in which a vendor sells nothing and comes back.
package struct Holiday: Hashable, Sendable {
    /// What customers may be told.
    package static let message = TextRule(0...500, .lines)
    /// Who stays away for longer is suspended or closed.
    package static let longest: TimeInterval = 366 * 86_400

    package let from: Date
    /// The first moment at which it is over.
    package let until: Date
    package let message: String

    package init(from: Date, until: Date, message: String) {
        self.from = from
        self.until = until
        self.message = message
    }

    func check(_ check: inout InputCheck, at pointer: String) {
        check.text(pointer + "/message", message, Self.message)
        if until <= from {
            check.fail(pointer + "/until", "order", "must be after from")
        } else if until.timeIntervalSince(from) > Self.longest {
            check.fail(pointer + "/until", "too_long", "must be within a year of from")
        }
    }

    package func contains(_ time: Date) -> Bool { from <= time && time < until }
}

/// Somebody who sells on the marketplace, or asks to.
package struct Vendor: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "ven"
    /// What a name must be like.
    package static let name = TextRule(1...200, .line)

    package let id: ID<Vendor>
    /// As customers know it.
    package let name: String
    /// By which its public profile is found.
    package let slug: String
    /// Where sales are announced.
    package let email: EmailAddress
    package let status: VendorStatus
    /// nil where an operator admitted the vendor before it was known.
    package let identity: VendorIdentity?
    package let holiday: Holiday?
    /// Whether those of its team who may see stock are mailed when some is low.
    package let mailsLowStock: Bool
    /// Grows with every edit and every decision.
    package let version: Int64
    package let createdAt: Date

    package init(
        id: ID<Vendor>, name: String, slug: String, email: EmailAddress, status: VendorStatus,
        identity: VendorIdentity? = nil, holiday: Holiday? = nil, mailsLowStock: Bool = true,
        version: Int64 = 1, createdAt: Date
    ) {
        self.id = id
        self.name = name
        self.slug = slug
        self.email = email
        self.status = status
        self.identity = identity
        self.holiday = holiday
        self.mailsLowStock = mailsLowStock
        self.version = version
        self.createdAt = createdAt
    }

    /// Where its country is one that is known.
    package var market: Market? { identity.flatMap { Market(rawValue: $0.country) } }
}
