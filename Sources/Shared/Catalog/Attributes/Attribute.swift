package import Core
package import Foundation
package import Postgres

/// What an attribute's values are.
package enum AttributeKind: String, Hashable, Sendable, CaseIterable, PostgresCodable {
    case text
    case number
    case boolean
    /// One of its choices.
    case choice
    /// Any of its choices.
    case choices

    var isChosen: Bool { self == .choice || self == .choices }
}

/// Something that products of a category are described by: the memory of a telephone, the fabric of a shirt.
package struct Attribute: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "att"

    package static let code = TextRule(1...60, .only("a-z0-9_"))
    package static let name = TextRule(1...100, .line)
    package static let unit = TextRule(1...20, .line)
    /// How many choices it has.
    package static let choiceCount = 0...500

    package let id: ID<Attribute>
    /// By which programs know it; it stays.
    package let code: String
    package let kind: AttributeKind
    package internal(set) var name: String
    /// Of numbers alone.
    package internal(set) var unit: String?
    /// Whether buyers narrow a search by it.
    package internal(set) var isFilter: Bool
    /// In their order; of choices alone.
    package internal(set) var choices: [AttributeChoice]
    package internal(set) var version: Int64
    package let createdAt: Date

    package init(
        id: ID<Attribute>, code: String, kind: AttributeKind, name: String, unit: String?, isFilter: Bool,
        choices: [AttributeChoice], version: Int64, createdAt: Date
    ) {
        self.id = id
        self.code = code
        self.kind = kind
        self.name = name
        self.unit = unit
        self.isFilter = isFilter
        self.choices = choices
        self.version = version
        self.createdAt = createdAt
    }

    func check() throws(Problem) {
        var check = InputCheck()
        check.text("/code", code, Self.code)
        if let first = code.utf8.first, !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) {
            check.fail("/code", "format", "must begin with a letter")
        }
        check.text("/name", name, Self.name)
        if let unit {
            check.text("/unit", unit, Self.unit)
            if kind != .number { check.fail("/unit", "not_allowed", "only numbers have a unit") }
        }
        check.number("/choices", choices.count, in: kind.isChosen ? 1...Self.choiceCount.upperBound : 0...0)
        var seen: Set<UTF8Text> = []
        for (index, choice) in choices.prefix(Self.choiceCount.upperBound).enumerated() {
            check.text("/choices/\(index)/code", choice.code, Self.code)
            if choice.code.utf8.first == UInt8(ascii: "_") {
                check.fail("/choices/\(index)/code", "format", "must begin with a letter or digit")
            }
            check.text("/choices/\(index)/name", choice.name, Self.name)
            if !seen.insert(UTF8Text(choice.code)).inserted {
                check.fail("/choices/\(index)/code", "duplicate", "is named before")
            }
        }
        try check.finish()
    }
}

/// What can be chosen as a value.
package struct AttributeChoice: Hashable, Sendable {
    /// By which programs know it; it stays.
    package let code: String
    package let name: String

    package init(code: String, name: String) {
        self.code = code
        self.name = name
    }
}

/// What somebody enters to create an attribute.
package struct NewAttribute: Hashable, Sendable {
    package let code: String
    package let kind: AttributeKind
    package let name: String
    package let unit: String?
    package let isFilter: Bool
    package let choices: [AttributeChoice]

    package init(
        code: String, kind: AttributeKind, name: String, unit: String? = nil, isFilter: Bool = true,
        choices: [AttributeChoice] = []
    ) {
        self.code = code
        self.kind = kind
        self.name = name
        self.unit = unit
        self.isFilter = isFilter
        self.choices = choices
    }
}

/// An edit of an attribute; nil leaves a field as it is, nil within clears it.
package struct AttributeChanges: Hashable, Sendable {
    package var name: String?
    package var unit: String??
    package var isFilter: Bool?
    /// All there are from now on; those that products have must stay.
    package var choices: [AttributeChoice]?

    package init() {}
}

/// An attribute that products of a category have.
package struct CategoryAttribute: Hashable, Sendable {
    /// How many a category asks for by itself.
    package static let count = 0...50

    package let attribute: ID<Attribute>
    /// Whether a product is published only with a value.
    package let isRequired: Bool

    package init(attribute: ID<Attribute>, isRequired: Bool) {
        self.attribute = attribute
        self.isRequired = isRequired
    }
}

/// What an attribute is for one product.
package enum AttributeValue: Hashable, Sendable {
    package static let text = TextRule(1...1_000, .line)
    /// Beyond which a double tells no whole numbers apart.
    package static let magnitude = 9_007_199_254_740_991.0
    /// How many of an attribute's choices a product has.
    package static let choiceCount = 1...50
    /// How many attributes a product has values of.
    package static let count = 0...100

    case text(String)
    case number(Double)
    case boolean(Bool)
    /// The codes of what is chosen, in the order in which they are told.
    case choices([String])
}
