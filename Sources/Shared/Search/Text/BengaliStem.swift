/// Bengali words without the endings that say which, how many and whose; PostgreSQL has stemmers for English and Hindi and none for it.
enum BengaliStem {
    /// The longest first.
    private static let endings = [
        "গুলোর", "গুলির", "গুলো", "গুলি", "দেরকে", "দের", "টির", "টার", "টি", "টা", "ের", "কে", "তে", "রা", "র",
    ].map { Array($0.unicodeScalars) }

    /// nil for what has none of them, or would leave too little.
    static func stem(_ word: String) -> String? {
        let scalars = Array(word.unicodeScalars)
        guard scalars.count > 3, IndicLetter(scalars[0])?.script == .bengali else { return nil }
        for ending in endings where scalars.count - ending.count >= 3 && scalars.suffix(ending.count) == ending[...] {
            return String(String.UnicodeScalarView(scalars.dropLast(ending.count)))
        }
        return nil
    }
}
