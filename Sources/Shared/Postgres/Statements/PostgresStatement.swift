/// SQL with its parameters.
///
/// Interpolation binds: `"select * from orders where id = \(id)"` sends `… where id = $1` and the id apart from it, so a
/// value can never become SQL. `\(unescaped:)` is the one way to splice SQL text and must never see outside input.
/// The statement is prepared once per connection, so keep the text constant.
package struct PostgresStatement: Sendable {
    /// The text, with `$1`, `$2` … where parameters go.
    package let sql: String
    let parameters: PostgresParameters

    /// A constant text and its parameters, for hot paths.
    package init(sql: String, parameters: [any PostgresEncodable] = []) {
        self.sql = sql
        var encoded = PostgresParameters()
        for parameter in parameters { encoded.append(parameter) }
        self.parameters = encoded
    }

    private init(sql: String, encoded: PostgresParameters) {
        self.sql = sql
        parameters = encoded
    }

    /// The same with a word before it, such as `EXPLAIN`.
    package func preceded(by word: String) -> PostgresStatement {
        PostgresStatement(sql: "\(word) \(sql)", encoded: parameters)
    }
}

extension PostgresStatement: ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) {
        self.init(sql: value)
    }

    package init(stringInterpolation: StringInterpolation) {
        sql = stringInterpolation.sql
        parameters = stringInterpolation.parameters
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
