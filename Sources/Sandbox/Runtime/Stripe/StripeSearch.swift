/// Stripe's search query: `metadata['order_id']:'42' AND status:'succeeded' AND -currency:'usd' AND amount>100`.
struct StripeSearch {
    enum Comparison: String {
        case equals = ":", less = "<", greater = ">", atMost = "<=", atLeast = ">=", contains = "~"
    }

    struct Clause {
        let field: String
        let key: String?
        let comparison: Comparison
        /// Nil asks for the field's absence.
        let value: String?
        let negated: Bool
    }

    let clauses: [Clause]
    let any: Bool

    init(_ query: String) throws(StripeError) {
        var reader = Reader(query)
        var clauses: [Clause] = []
        var joiners: Set<String> = []
        repeat {
            clauses.append(try reader.clause())
        } while try reader.joiner(into: &joiners)
        guard joiners.count <= 1 else {
            throw .invalid("You can't combine AND and OR in a search query.", param: "query")
        }
        guard clauses.count <= 10 else {
            throw .invalid("A search query may have up to 10 clauses.", param: "query")
        }
        self.clauses = clauses
        any = joiners == ["OR"]
    }

    func matches(_ intent: PaymentIntent) throws(StripeError) -> Bool {
        for clause in clauses {
            let fits = try Self.fits(clause, intent) != clause.negated
            if fits == any { return any }
        }
        return !any
    }

    private static func fits(_ clause: Clause, _ intent: PaymentIntent) throws(StripeError) -> Bool {
        switch clause.field {
        case "metadata": compare(intent.metadata[clause.key ?? ""], clause)
        case "status": compare(intent.status.rawValue, clause)
        case "currency": compare(intent.currency, clause)
        case "customer": compare(intent.customer, clause)
        case "amount": compare(intent.amount, clause)
        case "created": compare(intent.created, clause)
        default:
            throw .invalid(
                "Field `\(clause.field)` is an unsupported search field for resource `payment_intents`.", param: "query"
            )
        }
    }

    private static func compare(_ actual: String?, _ clause: Clause) -> Bool {
        guard let value = clause.value else { return actual == nil }
        guard let actual else { return false }
        return clause.comparison == .contains
            ? actual.lowercased().contains(value.lowercased()) : actual.lowercased() == value.lowercased()
    }

    private static func compare(_ actual: Int, _ clause: Clause) -> Bool {
        guard let value = clause.value.flatMap(Int.init) else { return false }
        return switch clause.comparison {
        case .equals, .contains: actual == value
        case .less: actual < value
        case .greater: actual > value
        case .atMost: actual <= value
        case .atLeast: actual >= value
        }
    }
}

extension StripeSearch {
    private struct Reader {
        private var rest: Substring

        init(_ query: String) { rest = query[...] }

        mutating func clause() throws(StripeError) -> Clause {
            skipSpace()
            let negated = take("-")
            let field = String(rest.prefix { $0.isLetter || $0 == "_" || $0 == "." })
            rest = rest.dropFirst(field.count)
            guard !field.isEmpty else { throw malformed }
            let key = take("[") ? try quoted() : nil
            if key != nil, !take("]") { throw malformed }
            let comparison = try comparison()
            return Clause(field: field, key: key, comparison: comparison, value: try value(), negated: negated)
        }

        /// Reads AND or OR; false at the end of the query.
        mutating func joiner(into joiners: inout Set<String>) throws(StripeError) -> Bool {
            skipSpace()
            guard !rest.isEmpty else { return false }
            let word = rest.prefix { $0.isLetter }.uppercased()
            guard word == "AND" || word == "OR" else { throw malformed }
            rest = rest.dropFirst(word.count)
            joiners.insert(word)
            return true
        }

        private mutating func comparison() throws(StripeError) -> Comparison {
            for symbol in ["<=", ">=", "<", ">", ":", "~"] where take(symbol) {
                if let comparison = Comparison(rawValue: symbol) { return comparison }
            }
            throw malformed
        }

        private mutating func value() throws(StripeError) -> String? {
            if rest.first == "'" || rest.first == "\"" { return try quoted() }
            let word = String(rest.prefix { !$0.isWhitespace })
            guard !word.isEmpty else { throw malformed }
            rest = rest.dropFirst(word.count)
            return word.lowercased() == "null" ? nil : word
        }

        private mutating func quoted() throws(StripeError) -> String {
            guard let quote = rest.first, quote == "'" || quote == "\"" else { throw malformed }
            rest = rest.dropFirst()
            var text = ""
            while let character = rest.popFirst() {
                if character == quote { return text }
                if character == "\\", let escaped = rest.popFirst() {
                    text.append(escaped)
                } else {
                    text.append(character)
                }
            }
            throw malformed
        }

        private mutating func take(_ text: String) -> Bool {
            guard rest.hasPrefix(text) else { return false }
            rest = rest.dropFirst(text.count)
            return true
        }

        private mutating func skipSpace() {
            rest = rest.drop(while: \.isWhitespace)
        }

        private var malformed: StripeError {
            .invalid(
                "We were unable to parse your search query. Try using the format `metadata[\"key\"]:\"value\"` to query for "
                    + "metadata or key:\"value\" to query for other fields.", param: "query")
        }
    }
}
