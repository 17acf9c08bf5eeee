/// Pages of objects, newest first, as all of Stripe's lists work.
struct StripeListing {
    private static let limits = 1...100

    let limit: Int
    let startingAfter: String?
    let endingBefore: String?
    let created: ClosedRange<Int>

    /// The parameters that every list has.
    static let parameters: Set<String> = ["limit", "starting_after", "ending_before", "created"]

    init(_ parameters: StripeParameters) throws(StripeError) {
        limit = try parameters.integer("limit") ?? 10
        guard Self.limits.contains(limit) else {
            throw .invalid(
                limit < 1
                    ? "This value must be greater than or equal to 1."
                    : "This value must be less than or equal to 100.",
                code: "parameter_invalid_integer", param: "limit")
        }
        startingAfter = try parameters.text("starting_after")
        endingBefore = try parameters.text("ending_before")
        guard startingAfter == nil || endingBefore == nil else {
            throw .invalid("You cannot parameterize both starting_after and ending_before.")
        }
        created = try Self.createdRange(parameters)
    }

    private static func createdRange(_ parameters: StripeParameters) throws(StripeError) -> ClosedRange<Int> {
        guard let value = parameters.nested("created") else { return 0...Int.max }
        if value.root.children.isEmpty {
            guard let exact = try parameters.integer("created") else { return 0...Int.max }
            return exact...exact
        }
        try value.allow(["gt", "gte", "lt", "lte"])
        var low = 0
        var high = Int.max
        if let bound = try value.integer("gte") { low = max(low, bound) }
        if let bound = try value.integer("gt") { low = max(low, bound + 1) }
        if let bound = try value.integer("lte") { high = min(high, bound) }
        if let bound = try value.integer("lt") { high = min(high, bound - 1) }
        // Bounds that exclude everything.
        return low <= high ? low...high : Int.max...Int.max
    }

    func page<Element: Recorded>(
        of store: ObjectStore<Element>, kind: String, where matches: (Element) -> Bool = { _ in true }
    ) throws(StripeError) -> (page: [Element], hasMore: Bool) {
        if let endingBefore {
            guard let cursor = store.position(of: endingBefore) else {
                throw .noSuch(kind, endingBefore, param: "ending_before")
            }
            let found = collect(store.elements[(cursor + 1)...], where: matches)
            return (found.page.reversed(), found.hasMore)
        }
        var end = store.count
        if let startingAfter {
            guard let cursor = store.position(of: startingAfter) else {
                throw .noSuch(kind, startingAfter, param: "starting_after")
            }
            end = cursor
        }
        return collect(store.elements[..<end].reversed(), where: matches)
    }

    private func collect<Element: Recorded>(
        _ candidates: some Collection<Element>, where matches: (Element) -> Bool
    ) -> (page: [Element], hasMore: Bool) {
        var page: [Element] = []
        for element in candidates {
            // Newest first, nothing older can match; oldest first (ending_before), nothing newer.
            if element.created < created.lowerBound, endingBefore == nil { break }
            if element.created > created.upperBound, endingBefore != nil { break }
            guard created.contains(element.created), matches(element) else { continue }
            guard page.count < limit else { return (page, true) }
            page.append(element)
        }
        return (page, false)
    }
}
