package import Core
package import Identity
package import Jobs

/// Says what is searched for as one.
package struct ManageSynonyms: Sendable {
    private let store = SynonymStore()
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock

    package init(audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock) {
        self.audit = audit
        self.ids = ids
        self.clock = clock
    }

    /// - Throws: `Problem`: 422, also for terms that are the same to a search; 409 ("too-many-synonyms"); `PostgresError`.
    package func create(_ terms: [String], by principal: Principal, in work: UnitOfWork) async throws -> Synonym {
        let folded = try folded(terms)
        guard try await store.count(in: work) < Int64(Synonym.most) else {
            throw Problem.conflict(
                "too-many-synonyms", title: "Too many synonyms", detail: "There are \(Synonym.most), which is the most")
        }
        let synonym = Synonym(id: ID(uuid: ids.next()), terms: terms, createdAt: clock.now.roundedToMicroseconds)
        try await store.insert(synonym, folded: folded, in: work)
        try await record(synonym, "synonym.created", by: principal, in: work)
        return synonym
    }

    /// - Throws: `Problem`: 404; `PostgresError`.
    package func delete(_ id: ID<Synonym>, by principal: Principal, in work: UnitOfWork) async throws {
        guard let synonym = try await store.delete(id, in: work) else { throw Problem.notFound("synonym") }
        try await record(synonym, "synonym.deleted", by: principal, in: work)
    }

    private func folded(_ terms: [String]) throws(Problem) -> [String] {
        var check = InputCheck()
        check.number("/terms", terms.count, in: Synonym.termCount)
        var folded: [String] = []
        for (index, term) in terms.prefix(Synonym.termCount.upperBound).enumerated() {
            let pointer = "/terms/\(index)"
            check.text(pointer, term, Synonym.term)
            let words = SearchText.words(term)
            if !(1...SearchWords.longestSynonym).contains(words.count) {
                check.fail(pointer, "words", "must have 1 to \(SearchWords.longestSynonym) words")
            }
            let text = words.joined(separator: " ")
            if folded.contains(text) { check.fail(pointer, "duplicate", "is named before") }
            folded.append(text)
        }
        try check.finish()
        return folded
    }

    private func record(
        _ synonym: Synonym, _ action: String, by principal: Principal, in work: UnitOfWork
    ) async throws {
        try await audit.append(
            AuditEntry(
                actor: principal.actor, action: action, subject: synonym.id,
                payload: ["terms": .array(synonym.terms.map { .string($0) })]),
            in: work)
    }
}
