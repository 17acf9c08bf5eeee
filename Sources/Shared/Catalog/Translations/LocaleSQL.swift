/// Pieces of statements that read texts in the language that is wanted.
package enum LocaleSQL {
    /// The languages of a parameter, such as "$2", and what they fall back to, as `language (locale, rank)`; found once in a statement.
    package static func languages(_ parameter: String) -> String {
        "unnest((SELECT locale_chain(\(parameter)::text[]))) WITH ORDINALITY AS language (locale, rank)"
    }
}
