package import Core
package import Media
import Registrations
package import Values

/// A document as a vendor has entered it.
package struct NewDocument: Hashable, Sendable {
    /// What a number is typed like.
    package static let number = TextRule(1...100, .line)
    /// What the name of an authority must be like.
    package static let authority = TextRule(1...200, .line)

    package let kind: DocumentKind
    package let file: ID<MediaFile>
    package let number: String?
    package let authority: String?
    package let expiresOn: CivilDate?

    package init(
        kind: DocumentKind, file: ID<MediaFile>, number: String? = nil, authority: String? = nil,
        expiresOn: CivilDate? = nil
    ) {
        self.kind = kind
        self.file = file
        self.number = number
        self.authority = authority
        self.expiresOn = expiresOn
    }

    /// The number as far as it is kept, checked with all else.
    func checkedNumber(_ check: inout InputCheck, on day: CivilDate) -> DocumentNumber? {
        if let authority { check.text("/authority", authority, Self.authority) }
        if let expiresOn, expiresOn.daysSinceEpoch < day.daysSinceEpoch {
            check.fail("/expires_on", "expired", "must not be in the past")
        }
        do throws(IdentifierFault) {
            return try readNumber(&check)
        } catch {
            check.fail("/number", error.violation)
            return nil
        }
    }

    private func readNumber(
        _ check: inout InputCheck
    ) throws(IdentifierFault) -> DocumentNumber? {
        guard let number else {
            if kind == .tradeLicence || kind == .foodLicence {
                check.fail("/number", "required", "is required for a licence")
            }
            return nil
        }
        switch kind {
        case .tradeLicence: return .whole(try TradeLicenceNumber(number).text)
        case .foodLicence: return .whole(try FSSAILicence(number).text)
        case .nid: return .lastFour(String(try NID(number).text.suffix(4)))
        case .addressProof, .incorporation, .bankProof, .other:
            guard !Aadhaar.isContained(in: number) else { throw .aadhaar }
            check.text("/number", number, Self.number)
            return .whole(number)
        }
    }
}
