package import Core

/// One page of a listing.
package struct PageOutput<Item: APIOutput>: APIOutput {
    package let items: [Item]
    package let nextCursor: String?

    package init(_ page: Page<Item>) {
        items = page.items
        nextCursor = page.next?.encoded
    }

    private init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }

    package static var schemaName: String { "\(Item.schemaName)Page" }

    package static var example: PageOutput {
        PageOutput(items: [Item.example], nextCursor: "WyJvcmRlcnMiLCJvcmRfMDFqIl0")
    }

    package func write(to out: inout ObjectWriter) {
        out.field("data", items, "The entries of this page")
        out.field("next_cursor", nextCursor, "Pass it as `cursor` to read the next page; null on the last")
        out.field("has_more", nextCursor != nil, "Whether there is a next page")
    }
}

extension Fields {
    /// The `cursor` and `limit` of a listing.
    package mutating func page() -> PageRequest {
        let cursor = optional("cursor", .string(1...1024), "Where to go on: the next_cursor of the page before")
        let limit = optional(
            "limit", .integer(1...PageRequest.maximumLimit), "How many entries at most",
            default: PageRequest.defaultLimit)
        return PageRequest(limit: limit, cursor: cursor)
    }
}

/// The query of a listing without filters.
package struct PageQuery: APIInput {
    package let page: PageRequest

    package init(_ fields: inout Fields) {
        page = fields.page()
    }
}
