package import Core

/// What the law asks sellers of packed goods to tell, beside what stands elsewhere.
package struct Declarations: Hashable, Sendable {
    /// ISO 3166-1 alpha-2.
    package var countryOfOrigin: String?
    /// What kind of goods it is, in common words; empty where it is not told.
    package var genericName: String
    package var manufacturer: Establishment?
    package var packer: Establishment?
    package var importer: Establishment?
    package var consumerCare: ConsumerCare?

    package init(
        countryOfOrigin: String? = nil, genericName: String = "", manufacturer: Establishment? = nil,
        packer: Establishment? = nil, importer: Establishment? = nil, consumerCare: ConsumerCare? = nil
    ) {
        self.countryOfOrigin = countryOfOrigin
        self.genericName = genericName
        self.manufacturer = manufacturer
        self.packer = packer
        self.importer = importer
        self.consumerCare = consumerCare
    }
}

/// A business and where it is.
package struct Establishment: Hashable, Sendable {
    package static let name = TextRule(1...200, .line)
    /// With its postal code.
    package static let address = TextRule(1...500, .lines)

    package let name: String
    package let address: String

    package init(name: String, address: String) {
        self.name = name
        self.address = address
    }
}

/// Whom buyers turn to, as the package says: an office, never a private person.
package struct ConsumerCare: Hashable, Sendable {
    package static let name = TextRule(1...200, .line)

    package let name: String
    package let phone: String
    package let email: String

    package init(name: String, phone: String, email: String) {
        self.name = name
        self.phone = phone
        self.email = email
    }
}

extension InputCheck {
    mutating func declarations(_ declarations: Declarations) {
        if let country = declarations.countryOfOrigin { text("/country_of_origin", country, Declarations.country) }
        text("/generic_name", declarations.genericName, Declarations.genericNameRule)
        establishment("/manufacturer", declarations.manufacturer)
        establishment("/packer", declarations.packer)
        establishment("/importer", declarations.importer)
        if let care = declarations.consumerCare {
            text("/consumer_care/name", care.name, ConsumerCare.name)
            _ = phone("/consumer_care/phone", care.phone)
            _ = email("/consumer_care/email", care.email)
        }
    }

    private mutating func establishment(_ pointer: String, _ establishment: Establishment?) {
        guard let establishment else { return }
        text(pointer + "/name", establishment.name, Establishment.name)
        text(pointer + "/address", establishment.address, Establishment.address)
    }
}

extension Declarations {
    package static let country = TextRule(2...2, .only("A-Z"))
    package static let genericNameRule = TextRule(0...200, .line)
}
