import Core
import Endpoints
import HTTPTypes
import Identity
import Postgres
import Search

extension EndpointTag {
    static let search = EndpointTag("Search", "Goods on sale by words and by what they are like.")
}

/// What buyers look for, and how what they type is understood.
enum SearchEndpoints {
    static let all: [Endpoint] = [find, suggest, listSynonyms, createSynonym, deleteSynonym]

    static let find = Endpoint(
        .get, "/search", tag: .search, summary: "Search what is on sale",
        description: """
            Words are looked for in titles, brands, SKUs and GTINs, categories, attributes and descriptions, in all languages in which \
            these are told; other spellings and scripts of a word, synonyms and small mistakes are understood. Values of one filter are \
            alternatives; filters narrow one another. The first page tells how many match and what the search can be narrowed by: of a \
            filter that is set, what its other values would find. Beyond 10,000 matches these counts are estimates.
            """,
        policy: .anyone(.storefront), query: SearchInput.self, returns: .ok(SearchResultView.self)
    ) { request, services in
        var search = request.query.request
        search.locales = request.locales(request.query.locale)
        return SearchResultView(result: try await services.commerce.search.find(search, from: services.postgres))
    }

    static let suggest = Endpoint(
        .get, "/search/suggestions", tag: .search, summary: "Complete what somebody is typing",
        description: "From what products on sale are called, the most frequent first.",
        policy: .anyone(.storefront), query: SuggestionsInput.self, returns: .ok(ListOutput<SuggestionView>.self)
    ) { request, services in
        ListOutput(
            try await services.commerce.search.suggest(
                request.query.text, limit: request.query.limit, from: services.postgres
            ).map(SuggestionView.init))
    }

    static let listSynonyms = Endpoint(
        .get, "/search/synonyms", tag: .search, summary: "List synonyms, newest first",
        policy: .require(.catalogueManage), query: PageQuery.self, returns: .page(of: SynonymView.self)
    ) { request, services in
        PageOutput(
            try await services.commerce.search.synonyms.synonyms(page: request.query.page, in: services.postgres).map(
                SynonymView.init))
    }

    static let createSynonym = Endpoint(
        .post, "/search/synonyms", tag: .search, summary: "Have words and phrases searched for as one",
        description: "From then on, who looks for one of them finds what has any.", policy: .require(.catalogueManage),
        idempotency: .required, body: SynonymCreateInput.self,
        returns: .created(SynonymView.self, location: { "/search/synonyms/\($0.synonym.id)" }),
        problems: [.tooManySynonyms]
    ) { request, work, services in
        SynonymView(
            synonym: try await services.commerce.search.manageSynonyms.create(
                request.body.terms, by: request.principal, in: work))
    }

    static let deleteSynonym = Endpoint(
        .delete, "/search/synonyms/{synonym_id}", ID<Synonym>.self, tag: .search,
        summary: "Have words and phrases searched for each by itself again", policy: .require(.catalogueManage),
        returns: .noContent
    ) { request, work, services in
        try await services.commerce.search.manageSynonyms.delete(request.path, by: request.principal, in: work)
        return NoContent()
    }
}

extension ProblemType {
    fileprivate static let tooManySynonyms = ProblemType(
        "too-many-synonyms", 409, "Too many synonyms", "There are as many as there may be.")
}
