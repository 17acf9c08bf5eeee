package import Core
package import Registrations

/// Whom a parcel is for, and how a courier reaches them.
package struct Recipient: Hashable, Sendable {
    /// A full name in any script; one word is enough.
    package static let name = TextRule(1...200, .line)
    package static let latinName = TextRule(1...200, .only(" -~"))
    /// What a telephone number is typed like.
    package static let phone = TextRule(1...40, .line)

    package let name: String
    /// For labels that are printed in ASCII alone.
    package let latinName: String?
    package let phone: PhoneNumber
    /// Whom couriers call where nobody answers the other one.
    package let alternatePhone: PhoneNumber?

    package init(
        name: String, latinName: String? = nil, phone: PhoneNumber, alternatePhone: PhoneNumber? = nil
    ) {
        self.name = name
        self.latinName = latinName
        self.phone = phone
        self.alternatePhone = alternatePhone
    }
}

/// A recipient as somebody has entered them.
package struct NewRecipient: Hashable, Sendable {
    package let name: String
    package let latinName: String?
    /// As people of the country type it.
    package let phone: String
    package let alternatePhone: String?

    package init(name: String, latinName: String? = nil, phone: String, alternatePhone: String? = nil) {
        self.name = Recipient.name.normalized(name)
        self.latinName = latinName
        self.phone = phone
        self.alternatePhone = alternatePhone
    }

    /// The recipient, or nil after at least one failure.
    /// - Parameters:
    ///   - pointer: of the object that has the fields `name`, `latin_name`, `phone` and `alternate_phone`.
    ///   - market: where numbers without a country's code are from.
    package func checked(_ check: inout InputCheck, at pointer: String, in market: Market) -> Recipient? {
        var own = InputCheck()
        own.text(pointer + "/name", name, Recipient.name)
        if let latinName { own.text(pointer + "/latin_name", latinName, Recipient.latinName) }
        let number = Self.number(phone, &own, at: pointer + "/phone", in: market)
        let alternate = alternatePhone.flatMap {
            Self.number($0, &own, at: pointer + "/alternate_phone", in: market)
        }
        if let number, number == alternate {
            own.fail(pointer + "/alternate_phone", "same", "is the same number as phone")
        }
        check.add(own)
        guard own.isClean, let number else { return nil }
        return Recipient(name: name, latinName: latinName, phone: number, alternatePhone: alternate)
    }

    /// A mobile number as it is typed there, or any other with its country's code.
    private static func number(
        _ text: String, _ check: inout InputCheck, at pointer: String, in market: Market
    ) -> PhoneNumber? {
        if let number = PhoneNumber(typed: text, in: market.phones) ?? PhoneNumber(rawValue: text) { return number }
        check.fail(pointer, PhoneNumber.violation)
        return nil
    }
}
