/// SQL with its parameters.
///
/// Interpolation binds: `"select * from orders where id = \(id)"` sends `… where id = $1` and the id apart from it, so a
/// value can never become SQL. `\(unescaped:)` is the one way to splice SQL text and must never see outside input.
/// The statement is prepared once per connection, so keep the text constant.
package struct PostgresStatement: Sendable {
    /// The text, with `$1`, `$2` … where parameters go.
    package let sql: String
    /// The names of the queries in its `WITH`.
    package let queryNames: [String]
    /// These queries, without that word; empty where it has none.
    private let queries: String
    /// What follows them.
    private let main: String
    let parameters: PostgresParameters

    /// A constant text and its parameters, for hot paths.
    package init(sql: String, parameters: [any PostgresEncodable] = []) {
        self.init(with: [:], sql: sql, parameters: parameters)
    }

    /// The same for a text that begins with `WITH`, so that it can be joined to others.
    /// - Parameter queries: by their names, which differ where statements are joined.
    package init(
        with queries: KeyValuePairs<String, String>, sql: String, parameters: [any PostgresEncodable] = []
    ) {
        var encoded = PostgresParameters()
        for parameter in parameters { encoded.append(parameter) }
        self.init(
            queryNames: queries.map(\.key),
            queries: queries.map { "\($0.key) AS (\($0.value))" }.joined(separator: ", "), main: sql, encoded: encoded)
    }

    private init(
        queryNames: [String] = [], queries: String = "", main: String, encoded: PostgresParameters
    ) {
        sql = queries.isEmpty ? main : "WITH \(queries) \(main)"
        self.queryNames = queryNames
        self.queries = queries
        self.main = main
        parameters = encoded
    }

    /// The same with a word before it, such as `EXPLAIN`.
    package func preceded(by word: String) -> PostgresStatement {
        PostgresStatement(main: "\(word) \(sql)", encoded: parameters)
    }

    /// One statement that does what several do, and answers what the last one answers. They see nothing of one another and may
    /// not touch the same rows. Their texts hold a `$` only before the number of a parameter.
    /// - Parameter statements: at least one; writes that answer nothing, but for the last.
    package static func joined(_ statements: [PostgresStatement]) -> PostgresStatement {
        guard let first = statements.first, statements.count > 1 else { return statements.first ?? "SELECT" }
        var (queries, main, parameters) = ([first.queries], first.main, first.parameters)
        for (index, statement) in statements.enumerated().dropFirst() {
            let offset = parameters.count
            queries += ["write_\(index) AS (\(main))", statement.queries.renumbered(by: offset)]
            main = statement.main.renumbered(by: offset)
            parameters.append(contentsOf: statement.parameters)
        }
        return PostgresStatement(
            queryNames: statements.flatMap(\.queryNames),
            queries: queries.filter { !$0.isEmpty }.joined(separator: ", "), main: main, encoded: parameters)
    }
}

extension String {
    /// The same text with so much added to the number of each parameter.
    fileprivate func renumbered(by offset: Int) -> String {
        var renumbered: [UInt8] = []
        renumbered.reserveCapacity(utf8.count + 32)
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            renumbered.append(byte)
            guard byte == UInt8(ascii: "$") else { continue }
            let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
            guard let number = Int(String(digits) ?? "") else { continue }
            renumbered.append(contentsOf: String(number + offset).utf8)
            rest.removeFirst(digits.count)
        }
        return String(decoding: renumbered, as: UTF8.self)
    }
}

extension PostgresStatement: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) {
        self.init(sql: value)
    }

    package init(stringInterpolation: StringInterpolation) {
        self.init(main: stringInterpolation.sql, encoded: stringInterpolation.parameters)
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql = ""
        fileprivate var parameters = PostgresParameters()

        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(literalCapacity + interpolationCount * 3)
        }

        package mutating func appendLiteral(_ literal: String) {
            sql += literal
        }

        /// Binds the value as the next parameter.
        package mutating func appendInterpolation(_ value: some PostgresEncodable) {
            parameters.append(value)
            sql += "$"
            sql += String(parameters.count)
        }

        /// Binds the value, or NULL, as the next parameter.
        package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            parameters.append(value)
            sql += "$"
            sql += String(parameters.count)
        }

        /// Splices SQL text as it is. Never give it anything that came from outside.
        package mutating func appendInterpolation(unescaped text: String) {
            sql += text
        }
    }
}
