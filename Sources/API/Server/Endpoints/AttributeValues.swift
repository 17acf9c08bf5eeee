import Catalog
import Core
import Endpoints
import Foundation

struct AttributeCreateInput: APIInput {
    let attribute: NewAttribute

    init(_ fields: inout Fields) {
        attribute = NewAttribute(
            code: fields.required(
                "code", .text(Attribute.code), "By which programs know it; begins with a letter", example: "platform"),
            kind: fields.required("kind", .oneOf(AttributeKind.self), "What its values are", example: .choice),
            name: fields.required("name", .text(Attribute.name), "For people", example: "Platform"),
            unit: fields.optional("unit", .text(Attribute.unit), "Of numbers alone"),
            isFilter: fields.optional("is_filter", .boolean, "Whether a search is narrowed by it", default: true),
            choices: fields.optional(
                "choices", .array(of: .object(AttributeChoiceInput.self), count: Attribute.choiceCount),
                "In their order; of choices alone", default: []
            ).map(\.choice))
    }
}

struct AttributeUpdateInput: APIInput {
    let changes: AttributeChanges

    init(_ fields: inout Fields) {
        var changes = AttributeChanges()
        changes.name = fields.change("name", .text(Attribute.name), "For people", example: "Runs on").value
        changes.unit = fields.change("unit", .nullable(.text(Attribute.unit)), "Of numbers alone").value
        changes.isFilter = fields.change("is_filter", .boolean, "Whether a search is narrowed by it").value
        changes.choices =
            fields.change(
                "choices", .array(of: .object(AttributeChoiceInput.self), count: Attribute.choiceCount),
                "All there are from then on, in their order"
            ).value?.map(\.choice)
        self.changes = changes
    }
}

struct AttributeChoiceInput: APIInput {
    let choice: AttributeChoice

    init(_ fields: inout Fields) {
        choice = AttributeChoice(
            code: fields.required("code", .text(Attribute.code), "By which programs know it", example: "linux"),
            name: fields.required("name", .text(Attribute.name), "For people", example: "Linux"))
    }
}

struct AttributeTranslationInput: APIInput {
    private let name: String
    private let choices: [UTF8Text: String]

    init(_ fields: inout Fields) {
        name = fields.required("name", .text(Attribute.name), "For people", example: "প্ল্যাটফর্ম")
        choices = fields.optional(
            "choices", .map(of: .text(Attribute.name), count: Attribute.choiceCount),
            "The names of choices, by their codes", default: [:])
    }

    func translation(in locale: ContentLocale) -> AttributeTranslation {
        AttributeTranslation(locale: locale, name: name, choices: choices)
    }
}

struct CategoryAttributesInput: APIInput {
    let attributes: [CategoryAttribute]

    init(_ fields: inout Fields) {
        attributes = fields.required(
            "attributes", .array(of: .object(CategoryAttributeInput.self), count: CategoryAttribute.count),
            "In the order in which they are shown"
        ).map(\.attribute)
    }
}

struct CategoryAttributeInput: APIInput {
    let attribute: CategoryAttribute

    init(_ fields: inout Fields) {
        attribute = CategoryAttribute(
            attribute: fields.required("attribute_id", .id(Attribute.self), "What is asked for", example: .example),
            isRequired: fields.optional(
                "is_required", .boolean, "Whether a product is published only with a value", default: false))
    }
}

struct ProductAttributesInput: APIInput {
    let values: [(attribute: ID<Attribute>, value: AttributeValue)]

    init(_ fields: inout Fields) {
        values = fields.required(
            "attributes", .array(of: .object(AttributeValueInput.self), count: AttributeValue.count),
            "All that it is described by"
        ).map { ($0.attribute, $0.value) }
    }
}

struct AttributeValueInput: APIInput {
    let attribute: ID<Attribute>
    let value: AttributeValue

    init(_ fields: inout Fields) {
        attribute = fields.required("attribute_id", .id(Attribute.self), "What is told", example: .example)
        let text = fields.optional("text", .text(AttributeValue.text), "Where it is a text")
        let number = fields.optional("number", .number, "Where it is a number, in the attribute’s unit")
        let boolean = fields.optional("boolean", .boolean, "Where it is true or false")
        let choices = fields.optional(
            "choices", .array(of: .text(Attribute.code), count: AttributeValue.choiceCount),
            "Where it is chosen: the codes")
        let given: [AttributeValue?] = [
            text.map(AttributeValue.text), number.map(AttributeValue.number), boolean.map(AttributeValue.boolean),
            choices.map(AttributeValue.choices),
        ]
        let values = given.compactMap { $0 }
        fields.check(
            values.count == 1, "attribute_id", code: "one_value", "needs one of text, number, boolean and choices")
        value = values.first ?? .boolean(false)
    }
}

struct AttributeView: APIOutput {
    let attribute: Attribute

    static let example = AttributeView(
        attribute: Attribute(
            id: .example, code: "platform", kind: .choice, name: "Platform", unit: nil, isFilter: true,
            choices: [AttributeChoice(code: "linux", name: "Linux")], version: 1, createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", attribute.id)
        out.field("code", attribute.code)
        out.field("kind", attribute.kind)
        out.field("name", attribute.name)
        out.field("unit", attribute.unit, "Of numbers")
        out.field("is_filter", attribute.isFilter, "Whether a search is narrowed by it")
        out.field("choices", attribute.choices.map(AttributeChoiceView.init), "In their order")
        out.field("version", attribute.version, "Grows with every edit; name it, in quotes, in If-Match")
        out.field("created_at", attribute.createdAt)
    }
}

struct AttributeChoiceView: APIOutput {
    let choice: AttributeChoice

    static let schemaName = "AttributeChoiceNamed"
    static let example = AttributeChoiceView(choice: AttributeChoice(code: "linux", name: "Linux"))

    func write(to out: inout ObjectWriter) {
        out.field("code", choice.code)
        out.field("name", choice.name)
    }
}

struct InheritedAttributesView: APIOutput {
    let attributes: [InheritedAttribute]

    static let example = InheritedAttributesView(attributes: [InheritedAttributeView.example.inherited])

    func write(to out: inout ObjectWriter) {
        out.field("data", attributes.map(InheritedAttributeView.init), "From the root on")
    }
}

struct InheritedAttributeView: APIOutput {
    let inherited: InheritedAttribute

    static let example = InheritedAttributeView(
        inherited: InheritedAttribute(
            attribute: AttributeView.example.attribute, category: .example, isRequired: false))

    func write(to out: inout ObjectWriter) {
        out.field("attribute", AttributeView(attribute: inherited.attribute))
        out.field("category_id", inherited.category, "What asks for it: the category or one above")
        out.field("is_required", inherited.isRequired, "Whether a product is published only with a value")
    }
}

/// What a product is described by.
struct AttributeValueView: APIOutput {
    let value: DescribedValue

    static let schemaName = "AttributeValueTold"
    static let example = AttributeValueView(
        value: DescribedValue(
            attribute: .example, code: "platform", name: "Platform", unit: nil, kind: .choice,
            value: .choices(["linux"]), choiceNames: ["Linux"]))

    func write(to out: inout ObjectWriter) {
        out.field("attribute_id", value.attribute)
        out.field("code", value.code)
        out.field("name", value.name)
        out.field("unit", value.unit)
        out.field("kind", value.kind)
        out.field("text", text)
        out.field("number", number)
        out.field("boolean", boolean)
        out.field("choices", codes, "The codes of what is chosen")
        out.field("choice_names", value.choiceNames, "In the order of the codes")
    }

    private var text: String? { if case .text(let text) = value.value { text } else { nil } }
    private var number: Double? { if case .number(let number) = value.value { number } else { nil } }
    private var boolean: Bool? { if case .boolean(let flag) = value.value { flag } else { nil } }
    private var codes: [String] { if case .choices(let codes) = value.value { codes } else { [] } }
}
