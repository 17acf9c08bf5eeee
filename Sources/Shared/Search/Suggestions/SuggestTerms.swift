package import Core
import Foundation
package import Postgres

/// How what somebody is typing may go on.
package struct Suggestion: Hashable, Sendable {
    package let text: String
    /// In about how many products' names it is, as of the last count.
    package let products: Int

    package init(text: String, products: Int) {
        self.text = text
        self.products = products
    }
}

/// Completes what is typed, from what products are called.
package struct SuggestTerms: Sendable {
    package static let text = TextRule(1...100, .line)
    package static let count = 1...20

    private let recent: RecentAnswers<Question, [Suggestion]>

    private struct Question: Hashable {
        let words: [String]
        let limit: Int
    }

    package init(clock: some WallClock) {
        recent = RecentAnswers(clock: clock, freshness: .seconds(60), most: 20_000)
    }

    /// The most frequent first: what begins so, what has another spelling or script and sounds so and, where there is neither, what is
    /// spelt nearly so.
    /// - Throws: a 422 `Problem`; `PostgresError`.
    package func callAsFunction(
        _ text: String, limit: Int, from executor: some PostgresExecutor
    ) async throws -> [Suggestion] {
        var check = InputCheck()
        check.text("/q", text, Self.text)
        check.number("/limit", limit, in: Self.count)
        try check.finish()
        let words = Array(SearchText.words(text).prefix(SearchWords.most))
        guard let last = words.last else { return [] }
        let question = Question(words: words, limit: limit)
        if let answer = recent.answer(to: question) { return answer }
        var suggestions = try await begin(with: words.joined(separator: " "), limit, executor)
        if suggestions.count < limit, words.count == 1 {
            suggestions += try await sound(like: last, limit, executor)
        }
        if suggestions.count < limit, words.count > 1 {
            // No name begins so: the last word is completed by itself.
            let before = words.dropLast().joined(separator: " ")
            suggestions += try await begin(with: last, limit, executor).filter { !$0.text.contains(" ") }.map {
                Suggestion(text: "\(before) \($0.text)", products: 0)
            }
        }
        if suggestions.isEmpty { suggestions = try await near(last, executor) }
        var seen: Set<String> = []
        let answer = Array(suggestions.filter { seen.insert($0.text).inserted }.prefix(limit))
        recent.keep(answer, size: 1 + answer.count, for: question)
        return answer
    }

    private func begin(
        with text: String, _ limit: Int, _ executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Suggestion] {
        try await suggestions(SuggestionSQL.begin(with: text, limit: limit), executor)
    }

    private func sound(
        like word: String, _ limit: Int, _ executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Suggestion] {
        let sound = WordSound(word).sound
        guard !sound.isEmpty else { return [] }
        return try await suggestions(SuggestionSQL.sound(like: sound, limit: limit), executor)
    }

    private func near(
        _ word: String, _ executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Suggestion] {
        let sound = WordSound(word)
        let length = sound.latin.unicodeScalars.count
        guard length > 3 else { return [] }
        let rows = try await executor.query(
            WordSQL.near([word], trigrams: [sound.trigrams], lengths: [length], atMost: 40),
            columns: (Int32, String, Int32).self)
        return rows.filter { sound.distance(to: WordSound($0.1)) != nil }.map {
            Suggestion(text: $0.1, products: Int($0.2))
        }.sorted { $0.products > $1.products }
    }

    private func suggestions(
        _ statement: PostgresStatement, _ executor: some PostgresExecutor
    ) async throws(PostgresError) -> [Suggestion] {
        try await executor.query(statement, columns: (String, Int32).self).map {
            Suggestion(text: $0.0, products: Int($0.1))
        }
    }
}

enum SuggestionSQL {
    /// A single letter begins so many terms that the frequent ones are looked through; of two letters there are few enough to sort.
    static func begin(with text: String, limit: Int) -> PostgresStatement {
        guard text.unicodeScalars.count > 1 else {
            return """
                SELECT term, products FROM search_terms WHERE left(term, 1) = \(text) COLLATE "C"
                ORDER BY products DESC LIMIT \(limit)
                """
        }
        return """
            SELECT term, products FROM search_terms
            WHERE term >= \(text) COLLATE "C" AND term < \(text + "\u{10FFFF}") COLLATE "C"
            ORDER BY products DESC, term LIMIT \(limit)
            """
    }

    static func sound(like sound: String, limit: Int) -> PostgresStatement {
        """
        SELECT term, products FROM search_terms
        WHERE sound >= \(sound) COLLATE "C" AND sound < \(sound + "\u{10FFFF}") COLLATE "C" AND sound <> ''
        ORDER BY products DESC, term LIMIT \(limit)
        """
    }
}
