import Platform
import Search

/// What endpoints call of the search.
struct SearchServices: Sendable {
    let find: FindProducts
    let suggest: SuggestTerms
    let synonyms = SynonymStore()
    let manageSynonyms: ManageSynonyms

    init(on platform: Platform) {
        find = FindProducts(clock: platform.clock)
        suggest = SuggestTerms(clock: platform.clock)
        manageSynonyms = ManageSynonyms(audit: platform.audit, ids: platform.ids, clock: platform.clock)
    }
}
