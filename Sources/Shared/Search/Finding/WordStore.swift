import Core
import Foundation
import Postgres

/// Finds out what the words of a query stand for.
struct WordStore: Sendable {
    /// How many other spellings of a word are searched for besides it.
    private static let mostAlike = 6
    private static let mostCorrections = 3
    /// Of a misspelt word, how many known words are compared with it letter by letter.
    private static let mostCompared = 40

    /// The words with their forms, and how the query would be written rightly where some of it was not.
    func understand(
        _ text: String, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> (words: SearchWords, corrected: String?) {
        var words = SearchWords(text)
        guard !words.isEmpty else { return (words, nil) }
        let unique = Array(Set(words.words))
        let sounds = unique.map { WordSound($0) }
        let rows = try await executor.query(
            WordSQL.forms(
                of: unique, sounds: sounds.map(\.sound), phrases: words.phrases, atMost: Self.mostAlike),
            columns: (WordSQL.Finding, String, String).self)
        var forms: [String: [String]] = [:]
        var synonyms: [String: [String]] = [:]
        var (known, meaningful): (Set<String>, Set<String>) = ([], [])
        for (finding, word, other) in rows {
            switch finding {
            case .known: known.insert(word)
            case .stem:
                meaningful.insert(word)
                forms[word, default: []].append(other)
            case .alike: forms[word, default: []].append(other)
            case .synonym: synonyms[word, default: []].append(other)
            }
        }
        for word in unique {
            if let stem = BengaliStem.stem(word) { forms[word, default: []].append(stem) }
        }
        let doubtful = zip(unique, sounds).filter { !known.contains($0.0) && meaningful.contains($0.0) }
        let corrections = try await corrections(of: doubtful, in: executor)
        for (word, right) in corrections { forms[word, default: []] += right }
        words.add(forms: forms, empty: Set(unique).subtracting(meaningful), synonyms: synonyms)
        let isRight = corrections.isEmpty
        return (words, isRight ? nil : words.words.map { corrections[$0]?.first ?? $0 }.joined(separator: " "))
    }

    /// For words that no name has: the known ones that are nearest to them, unless there is a description that has the word itself.
    private func corrections(
        of doubtful: [(word: String, sound: WordSound)], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [String: [String]] {
        let misspelt = doubtful.filter { $0.sound.latin.unicodeScalars.count > 3 }
        guard !misspelt.isEmpty else { return [:] }
        let rows = try await executor.query(
            WordSQL.near(
                misspelt.map(\.word), trigrams: misspelt.map(\.sound.trigrams),
                lengths: misspelt.map(\.sound.latin.unicodeScalars.count), atMost: Self.mostCompared),
            columns: (Int32, String, Int32).self)
        var corrections: [String: [String]] = [:]
        for (index, entry) in misspelt.enumerated() {
            let near = rows.filter { $0.0 == Int32(index + 1) }.compactMap { row in
                entry.sound.distance(to: WordSound(row.1)).map { (term: row.1, distance: $0, products: row.2) }
            }
            guard let least = near.map(\.distance).min() else { continue }
            let nearest = near.filter { $0.distance == least }.sorted { $0.products > $1.products }
            corrections[entry.word] = nearest.prefix(Self.mostCorrections).map(\.term)
        }
        return corrections
    }
}

enum WordSQL {
    /// What has been found of a word or phrase.
    enum Finding: String, PostgresCodable {
        /// A name has it.
        case known
        /// Without its ending. A word that has none of these means nothing.
        case stem
        /// Another word that sounds the same.
        case alike
        case synonym
    }

    static func forms(
        of words: [String], sounds: [String], phrases: [String], atMost limit: Int
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT 'stem' AS finding, word, stem FROM unnest($1::text[]) AS word,
                    unnest(tsvector_to_array(to_tsvector('hindi', word))) AS stem
                UNION ALL
                SELECT 'known', word, word FROM unnest($1::text[]) AS word
                WHERE EXISTS (SELECT FROM search_terms WHERE term = word COLLATE "C" AND is_word)
                UNION ALL
                SELECT 'alike', given.word, alike.term FROM unnest($1::text[], $2::text[]) AS given (word, sound)
                CROSS JOIN LATERAL (
                    SELECT term FROM search_terms
                    WHERE search_terms.sound = given.sound COLLATE "C" AND search_terms.sound <> '' AND given.sound <> ''
                    ORDER BY products DESC, term LIMIT $4
                ) AS alike
                UNION ALL
                SELECT 'synonym', given.phrase, other.term FROM unnest($3::text[]) AS given (phrase)
                JOIN search_synonym_terms AS known ON known.term = given.phrase COLLATE "C"
                JOIN search_synonym_terms AS other ON other.synonym_id = known.synonym_id AND other.term <> known.term
                """,
            parameters: [words, sounds, phrases, limit])
    }

    /// The words that share the most trigrams with each, unless a document has the word itself.
    static func near(
        _ words: [String], trigrams: [[String]], lengths: [Int], atMost limit: Int
    ) -> PostgresStatement {
        PostgresStatement(
            sql: """
                SELECT given.place::int4, near.term, near.products
                FROM unnest($1::text[], $2::text[], $3::int8[]) WITH ORDINALITY AS given (word, trigrams, length, place)
                CROSS JOIN LATERAL (
                    SELECT term, products, (SELECT count(*) FROM unnest(search_terms.trigrams) AS trigram
                        WHERE trigram = ANY (string_to_array(given.trigrams, E'\\n'))) AS shared
                    FROM search_terms
                    WHERE search_terms.trigrams && string_to_array(given.trigrams, E'\\n')
                        AND cardinality(search_terms.trigrams) BETWEEN given.length - 2 AND given.length + 2
                    ORDER BY shared DESC, products DESC LIMIT $4
                ) AS near
                WHERE NOT EXISTS (
                    SELECT FROM search_documents WHERE words @@ ('''' || given.word || '''')::tsquery)
                """,
            parameters: [words, trigrams.map { $0.joined(separator: "\n") }, lengths.map(Int64.init), limit])
    }
}
