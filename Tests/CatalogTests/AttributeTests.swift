import Catalog
import CommerceTestSupport
import Core
import Identity
import Postgres
import Testing
import Vendors

@Suite("Attributes")
struct AttributeTests {
    private func manage(_ market: Marketplace) -> ManageAttributes {
        ManageAttributes(audit: market.audit, ids: market.ids, clock: market.clock)
    }

    private func create(_ new: NewAttribute, in market: Marketplace) async throws -> Attribute {
        try await market.work { try await manage(market).create(new, by: .system, in: $0) }
    }

    private func category(
        _ name: String, under parent: Catalog.Category? = nil, in market: Marketplace
    ) async throws -> Catalog.Category {
        try await market.work {
            try await ManageCategories(audit: market.audit, ids: market.ids, clock: market.clock).create(
                NewCategory(parent: parent?.id, name: name), by: .system, in: $0)
        }
    }

    private func product(in market: Marketplace, isOnSale: Bool = false) async throws -> Product {
        try await market.product(
            of: market.vendor(), isOnSale: isOnSale,
            NewVariant(sku: "S", kind: .licenceKey, price: Money(minorUnits: 1, currency: .bdt)))
    }

    private func describe(
        _ product: Product, _ values: [(Attribute, AttributeValue)], in market: Marketplace
    ) async throws {
        _ = try await market.work {
            try await DescribeProduct(audit: market.audit, clock: market.clock)(
                product.id, by: values.map { ($0.0.id, $0.1) }, by: .system, in: $0)
        }
    }

    private let colours = NewAttribute(
        code: "colour", kind: .choices, name: "Colour",
        choices: [AttributeChoice(code: "red", name: "Red"), AttributeChoice(code: "blue", name: "Blue")])

    @Test("A product is described by values of each kind, which are read back with what they mean")
    func values() async throws {
        try await Marketplace.open { market in
            let fabric = try await create(NewAttribute(code: "fabric", kind: .text, name: "Fabric"), in: market)
            let weight = try await create(
                NewAttribute(code: "gsm", kind: .number, name: "Weight", unit: "g/m²"), in: market)
            let washable = try await create(
                NewAttribute(code: "washable", kind: .boolean, name: "Washable"), in: market)
            let colour = try await create(colours, in: market)
            let product = try await product(in: market)
            let told: [(Attribute, AttributeValue)] = [
                (colour, .choices(["blue", "red"])), (fabric, .text("Cotton")), (weight, .number(180.5)),
                (washable, .boolean(false)),
            ]
            try await describe(product, told, in: market)
            let values = try await AttributeStore().values(of: product.id, from: market.client)
            #expect(values.map(\.code) == ["colour", "fabric", "gsm", "washable"])
            #expect(values.map(\.value) == told.map(\.1))
            #expect(values[0].choiceNames == ["Blue", "Red"] && values[2].unit == "g/m²")
            try await describe(product, [], in: market)
            #expect(try await AttributeStore().values(of: product.id, from: market.client).isEmpty)
        }
    }

    @Test("A value is of its attribute’s kind and one of its choices")
    func kinds() async throws {
        try await Marketplace.open { market in
            let colour = try await create(colours, in: market)
            let weight = try await create(NewAttribute(code: "gsm", kind: .number, name: "Weight"), in: market)
            let product = try await product(in: market)
            let cases: [([(Attribute, AttributeValue)], [String])] = [
                ([(colour, .text("red"))], ["/attributes/0"]),
                (
                    [(colour, .choices(["red", "green", "red"]))],
                    ["/attributes/0/choices/1", "/attributes/0/choices/2"]
                ),
                ([(colour, .choices([]))], ["/attributes/0/choices"]),
                ([(weight, .number(.infinity))], ["/attributes/0/number"]),
                ([(weight, .number(.nan))], ["/attributes/0/number"]),
                ([(weight, .number(1)), (weight, .number(2))], ["/attributes/1/attribute_id"]),
            ]
            for (values, pointers) in cases {
                let problem = await #expect(throws: Problem.self) { try await describe(product, values, in: market) }
                #expect(problem?.fields.map(\.pointer) == pointers)
            }
        }
    }

    @Test("What a category asks for is asked of all below it, and the nearest says whether it is required")
    func inheritance() async throws {
        try await Marketplace.open { market in
            let colour = try await create(colours, in: market)
            let fabric = try await create(NewAttribute(code: "fabric", kind: .text, name: "Fabric"), in: market)
            let clothes = try await category("Clothes", in: market)
            let shirts = try await category("Shirts", under: clothes, in: market)
            func ask(
                _ attributes: [CategoryAttribute], in category: Catalog.Category
            ) async throws -> [InheritedAttribute] {
                try await market.work {
                    try await manage(market).ask(for: attributes, in: category.id, by: .system, in: $0)
                }
            }
            _ = try await ask(
                [
                    CategoryAttribute(attribute: colour.id, isRequired: true),
                    CategoryAttribute(attribute: fabric.id, isRequired: false),
                ], in: clothes)
            let inherited = try await ask([CategoryAttribute(attribute: fabric.id, isRequired: true)], in: shirts)
            #expect(inherited.map(\.attribute) == [colour, fabric])
            #expect(inherited.map(\.category) == [clothes.id, shirts.id])
            #expect(inherited.map(\.isRequired) == [true, true])
            let above = try await AttributeStore().attributes(of: clothes.id, from: market.client)
            #expect(above.map(\.isRequired) == [true, false])
        }
    }

    @Test("A product is published in a category only with what that asks for")
    func required() async throws {
        try await Marketplace.open { market in
            let colour = try await create(colours, in: market)
            let clothes = try await category("Clothes", in: market)
            let shirts = try await category("Shirts", under: clothes, in: market)
            _ = try await market.work {
                try await manage(market).ask(
                    for: [CategoryAttribute(attribute: colour.id, isRequired: true)], in: clothes.id, by: .system,
                    in: $0)
            }
            let product = try await product(in: market)
            _ = try await market.work {
                try await PlaceProduct(audit: market.audit, clock: market.clock)(
                    product.id, in: [shirts.id], by: .system, in: $0)
            }
            func submit() async throws {
                _ = try await market.work {
                    try await ChangeProductStatus(audit: market.audit, clock: market.clock).submit(
                        product.id, by: .system, in: $0)
                }
            }
            let problem = await #expect(throws: Problem.self) { try await submit() }
            #expect(problem?.fields.map(\.pointer) == ["/attributes/colour"])
            try await describe(product, [(colour, .choices(["red"]))], in: market)
            try await submit()
            await #expect(throws: Problem.self) { try await describe(product, [], in: market) }
        }
    }

    @Test("Choices are renamed, reordered and added; one that a product has stays")
    func choices() async throws {
        try await Marketplace.open { market in
            let colour = try await create(colours, in: market)
            try await describe(try await product(in: market), [(colour, .choices(["red"]))], in: market)
            func set(_ choices: [AttributeChoice]) async throws -> Attribute {
                var changes = AttributeChanges()
                changes.choices = choices
                return try await market.work { [changes] in
                    try await manage(market).update(colour.id, changes, version: nil, by: .system, in: $0)
                }
            }
            let wanted = [
                AttributeChoice(code: "green", name: "Green"), AttributeChoice(code: "red", name: "Crimson"),
            ]
            let edited = try await set(wanted)
            #expect(edited.choices == wanted && edited.version == 2)
            #expect(try await AttributeStore().attribute(colour.id, from: market.client) == edited)
            let problem = await #expect(throws: Problem.self) { try await set([wanted[0]]) }
            #expect(problem?.type == "choice-in-use")
        }
    }

    @Test(
        "What is no attribute is refused",
        arguments: [
            (NewAttribute(code: "1st", kind: .text, name: "N"), ["/code"]),
            (NewAttribute(code: "c", kind: .text, name: "N", unit: "cm"), ["/unit"]),
            (NewAttribute(code: "c", kind: .choice, name: "N"), ["/choices"]),
            (
                NewAttribute(code: "c", kind: .text, name: "N", choices: [AttributeChoice(code: "a", name: "A")]),
                ["/choices"]
            ),
            (
                NewAttribute(
                    code: "c", kind: .choice, name: "N",
                    choices: [AttributeChoice(code: "a", name: "A"), AttributeChoice(code: "a", name: "B")]),
                ["/choices/1/code"]
            ),
        ])
    func refusal(new: NewAttribute, pointers: [String]) async throws {
        try await Marketplace.open { market in
            let problem = await #expect(throws: Problem.self) { try await create(new, in: market) }
            #expect(problem?.fields.map(\.pointer) == pointers)
        }
    }
}
