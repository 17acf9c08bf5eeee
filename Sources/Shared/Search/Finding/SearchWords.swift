import Core

/// The words of a query with all that they may stand for, as a `tsquery`: each word has to be there in one of its forms.
struct SearchWords: Hashable, Sendable {
    /// Of a query; what comes behind is left out.
    static let most = 12
    /// How many words a synonym has at most.
    static let longestSynonym = 4

    /// A word, or several for which there are synonyms.
    struct Part: Hashable, Sendable {
        var words: ArraySlice<String>
        /// Each of several words that all have to be there.
        var forms: [[String]]
    }

    let words: [String]
    private(set) var parts: [Part]

    /// The words of a text, each by itself.
    init(_ text: String) {
        let words = Array(SearchText.words(text).prefix(Self.most))
        self.words = words
        parts = words.indices.map { index in
            Part(words: words[index...index], forms: [[words[index]]])
        }
    }

    var isEmpty: Bool { parts.isEmpty }

    /// All sequences of its words that a synonym may be known by.
    var phrases: [String] {
        var phrases: Set<String> = []
        for start in words.indices {
            for end in start..<min(start + Self.longestSynonym, words.endIndex) {
                phrases.insert(words[start...end].joined(separator: " "))
            }
        }
        return phrases.sorted()
    }

    /// Adds what has been found out about it.
    /// - Parameters:
    ///   - forms: other forms of single words; none for a word that means nothing, such as "the".
    ///   - synonyms: of phrases.
    mutating func add(forms: [String: [String]], empty: Set<String>, synonyms: [String: [String]]) {
        var added: [Part] = []
        var rest = words[...]
        while !rest.isEmpty {
            let longest = (1...min(Self.longestSynonym, rest.count)).reversed().first { length in
                synonyms[rest.prefix(length).joined(separator: " ")] != nil
            }
            let taken = rest.prefix(longest ?? 1)
            let others = synonyms[taken.joined(separator: " ")] ?? []
            var part = Part(words: taken, forms: [Array(taken)] + others.map { SearchText.words($0) })
            if taken.count == 1, let word = taken.first { part.forms += (forms[word] ?? []).map { [$0] } }
            if taken.count > 1 || !empty.contains(taken[taken.startIndex]) { added.append(part) }
            rest = rest.dropFirst(taken.count)
        }
        // A query of nothing but such words is searched for as it is.
        if !added.isEmpty { parts = added }
    }

    /// In the syntax of `tsquery`; nil for everything.
    var query: String? {
        guard !parts.isEmpty else { return nil }
        return parts.map { part in
            var seen: Set<[String]> = []
            let forms = part.forms.filter { !$0.isEmpty && seen.insert($0).inserted }
            return "(\(forms.map { form in form.map { "'\($0)'" }.joined(separator: " & ") }.joined(separator: " | ")))"
        }.joined(separator: " & ")
    }
}
