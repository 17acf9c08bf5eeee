package import Core
import Foundation
package import Postgres

/// By what somebody looks for people.
package enum AccountQuery: Hashable, Sendable {
    /// The beginning of an address, in small letters.
    case email(String)
    /// One of the numbers that what was typed may mean.
    case phone([PhoneNumber])
    /// The beginning of a name or of an address, or a whole word of a name, its ASCII letters small.
    case name(String)

    /// What is typed has to be like this.
    package static let rule = TextRule(1...200, .line)

    private static let leastDigits = 7

    /// What a text that keeps the rule means. Numbers are read as people of each country that is known type them.
    package init(typed text: String) {
        let trimmed = Self.rule.normalized(text).trimmingCharacters(in: .whitespaces)
        let wanted = UTF8Text(trimmed).lowercasedASCII.string
        if wanted.utf8.contains(UInt8(ascii: "@")) {
            self = .email(wanted)
            return
        }
        let digits = DecimalDigits.ascii(trimmed).utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let numbers = digits.count < Self.leastDigits ? [] : Self.numbers(trimmed)
        self = numbers.isEmpty ? .name(wanted) : .phone(numbers)
    }

    private static func numbers(_ text: String) -> [PhoneNumber] {
        let meant = PhoneCountry.allCases.compactMap { PhoneNumber(typed: text, in: $0) }
        return Set(meant).sorted { $0.rawValue < $1.rawValue }
    }
}

extension AccountStore {
    /// A page of accounts, the newest first; all of them, or those that are looked for.
    package func accounts(
        matching query: AccountQuery?, page: PageRequest, in executor: some PostgresExecutor
    ) async throws -> Page<Account> {
        try await page.newestFirst("accounts", by: \.id) { before, limit in
            try await executor.query(AccountQuerySQL.list(query, before: before, limit: limit), as: Account.self)
        }
    }
}

private enum AccountQuerySQL {
    static func list(_ query: AccountQuery?, before: ID<Account>?, limit: Int) -> PostgresStatement {
        let fromCursor = OptionalFilter.condition("id < $1", "$1::uuid", isSet: before != nil)
        let (condition, parameters) = condition(query)
        return PostgresStatement(
            sql: """
                SELECT \(AccountSQL.columns) FROM accounts WHERE \(fromCursor) AND erased_at IS NULL AND \(condition)
                ORDER BY id DESC LIMIT $2
                """,
            parameters: [before, limit] + parameters)
    }

    /// Ranges by bytes, which an index serves whatever the parameters are.
    private static func condition(_ query: AccountQuery?) -> (String, [any PostgresEncodable]) {
        let (email, name) = (begins("email_key"), begins("name_key"))
        switch query {
        case nil: return ("TRUE", [])
        case .email(let text): return (email, [text, end(of: text)])
        case .phone(let numbers): return ("phone = ANY ($3::text[])", [numbers.map(\.rawValue)])
        case .name(let text):
            return ("(\(name) OR \(email) OR name_words @> ARRAY[$3::text])", [text, end(of: text)])
        }
    }

    private static func begins(_ column: String) -> String { "(\(column) ~>=~ $3 AND \(column) ~<~ $4)" }

    /// What comes after all texts that begin with `text`.
    private static func end(of text: String) -> String { text + "\u{10FFFF}" }
}
