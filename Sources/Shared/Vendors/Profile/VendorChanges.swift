package import Addresses
package import Core
package import Media

/// To whom customers complain, as it was entered.
package struct NewGrievanceOfficer: Hashable, Sendable {
    package let name: String
    package let designation: String
    package let email: String?
    package let phone: String?

    package init(name: String, designation: String, email: String?, phone: String?) {
        self.name = name
        self.designation = designation
        self.email = email
        self.phone = phone
    }

    /// The officer, or nil after at least one failure.
    func checked(_ check: inout InputCheck, at pointer: String) -> GrievanceOfficer? {
        var own = InputCheck()
        own.text(pointer + "/name", name, GrievanceOfficer.name)
        own.text(pointer + "/designation", designation, GrievanceOfficer.name)
        let address = email.flatMap { own.email(pointer + "/email", $0) }
        let number = phone.flatMap { own.phone(pointer + "/phone", $0) }
        if email == nil, phone == nil { own.fail(pointer + "/email", "required", "or a telephone number is required") }
        check.add(own)
        guard own.isClean else { return nil }
        return GrievanceOfficer(name: name, designation: designation, email: address, phone: number)
    }
}

/// An edit of a field that may be empty.
package enum Edit<Value: Hashable & Sendable>: Hashable, Sendable {
    case keep
    case clear
    case set(Value)
}

/// An edit of a vendor and its profile; what is nil stays as it is.
package struct VendorChanges: Hashable, Sendable {
    package var name: String?
    package var slug: String?
    package var email: String?
    package var legalName: String?
    package var country: String?
    package var kind: VendorKind?
    package var description: String?
    package var logo = Edit<ID<MediaFile>>.keep
    package var returnPolicy: String?
    package var shippingPolicy: String?
    package var supportEmail = Edit<String>.keep
    package var supportPhone = Edit<String>.keep
    package var grievanceOfficer = Edit<NewGrievanceOfficer>.keep
    package var registeredAddress = Edit<NewPostalAddress>.keep
    package var holiday = Edit<Holiday>.keep
    package var mailsLowStock: Bool?

    package init() {}

    /// Whether it says who contracts.
    var namesIdentity: Bool { legalName != nil || country != nil || kind != nil }
}
