import Endpoints

/// All of a short listing, which needs no pages.
struct ListOutput<Item: APIOutput>: APIOutput {
    let items: [Item]

    init(_ items: [Item]) { self.items = items }

    static var schemaName: String { "\(Item.schemaName)List" }
    static var example: ListOutput { ListOutput([Item.example]) }

    func write(to out: inout ObjectWriter) { out.field("data", items, "The entries") }
}
