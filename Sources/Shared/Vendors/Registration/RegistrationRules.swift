import Addresses
import Core
import Registrations
import Values

/// A registration whose number was found to be one.
struct CheckedRegistration: Sendable {
    let kind: RegistrationKind
    let number: String
    let region: String?
    let pan: PAN?
}

/// What registrations have to be like, by themselves and together with the others of their vendor.
struct RegistrationRules: Sendable {
    let identity: VendorIdentity
    let regions: Regions
    let day: CivilDate

    /// The registration in its one form, or nil after at least one failure.
    /// - Parameter others: those that the vendor has.
    func checked(
        _ new: NewRegistration, beside others: [TaxRegistration], _ check: inout InputCheck, at pointer: String
    ) -> CheckedRegistration? {
        var own = InputCheck()
        own.text(pointer + "/legal_name", new.legalName, VendorIdentity.legalName)
        if new.kind.market.rawValue != identity.country {
            own.fail(pointer + "/kind", "other_country", "is of another country than the vendor")
        }
        if let from = new.validFrom, let to = new.validTo, to.daysSinceEpoch < from.daysSinceEpoch {
            own.fail(pointer + "/valid_to", "order", "must not be before valid_from")
        }
        if let to = new.validTo, to.daysSinceEpoch < day.daysSinceEpoch {
            own.fail(pointer + "/valid_to", "past", "must not be in the past")
        }
        let found = read(new, &own, at: pointer)
        if let pan = found?.pan { checkHolder(of: pan, beside: others, &own, at: pointer) }
        check.add(own)
        return own.isClean ? found : nil
    }

    private func read(
        _ new: NewRegistration, _ check: inout InputCheck, at pointer: String
    ) -> CheckedRegistration? {
        if new.state != nil, new.kind != .gstEnrolment {
            check.fail(pointer + "/state", "not_wanted", "is told by the number")
        }
        do throws(IdentifierFault) {
            switch new.kind {
            case .gstin, .gstComposition:
                let gstin = try GSTIN(new.number, in: regions.gstStates, on: day)
                guard gstin.purpose == .supply else { throw .form(GSTIN.example) }
                return CheckedRegistration(
                    kind: new.kind, number: gstin.text, region: gstin.state, pan: gstin.pan)
            case .gstEnrolment:
                let number = try EnrolmentNumber(new.number)
                guard let state = new.state, let region = regions.region(state, .state, on: day) else {
                    check.fail(
                        pointer + "/state", new.state == nil ? "required" : "unknown",
                        "must be the State that the vendor is enrolled in")
                    return nil
                }
                return CheckedRegistration(kind: new.kind, number: number.text, region: region.code, pan: nil)
            case .pan:
                let pan = try PAN(new.number)
                return CheckedRegistration(kind: .pan, number: pan.text, region: nil, pan: pan)
            case .bin: return CheckedRegistration(kind: .bin, number: try BIN(new.number).text, region: nil, pan: nil)
            case .etin:
                return CheckedRegistration(kind: .etin, number: try ETIN(new.number).text, region: nil, pan: nil)
            }
        } catch {
            check.fail(pointer + "/number", error.violation)
            return nil
        }
    }

    /// A vendor is one holder, of the kind that it says it is.
    private func checkHolder(
        of pan: PAN, beside others: [TaxRegistration], _ check: inout InputCheck, at pointer: String
    ) {
        if others.contains(where: { $0.status != .refused && $0.pan.map { $0 != pan } ?? false }) {
            check.fail(pointer + "/number", "other_holder", "is another holder’s than the vendor’s other registrations")
        }
        if let expected = identity.kind.holder, expected != pan.kind {
            check.fail(
                pointer + "/number", "holder_kind", "is held by another kind of person than the vendor says it is")
        }
    }
}

extension VendorKind {
    /// The kind of PAN that such a vendor has; nil where there are several.
    fileprivate var holder: PAN.HolderKind? {
        switch self {
        case .individual, .proprietorship: .person
        case .hinduUndividedFamily: .hinduUndividedFamily
        case .partnership: .firm
        case .company: .company
        case .other: nil
        }
    }
}
