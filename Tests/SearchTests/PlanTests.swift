import CommerceTestSupport
import Core
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Search

@Suite("Plans of searches in a large catalogue")
struct PlanTests {
    /// Every second document has the frequent word and the frequent facet, one in five hundred the rare ones, the oldest.
    private static let documents = """
        SET statement_timeout = 0;
        SET session_replication_role = replica;
        CREATE TEMPORARY TABLE numbered AS SELECT n,
            overlay(uuid7_floor(now())::text placing lpad(to_hex(n), 12, '0') from 25)::uuid AS id FROM generate_series(1, 30000) AS n;
        INSERT INTO search_facets (kind, code) VALUES ('stock', '');
        INSERT INTO search_documents (product_id, is_listed, facets, currencies, prices, names, words, terms)
        SELECT id, true, ARRAY[-1 - n % 64, 1, 2, 3, 10 + n % 2, CASE WHEN n <= 60 THEN 20 ELSE 21 END], ARRAY['BDT'], ARRAY[n % 977],
            text::tsvector, (text || ' ''described''' || ' ''other' || n % 100 || '''')::tsvector, '{}'
        FROM numbered, LATERAL (SELECT concat_ws(' ', '''shop''', CASE n % 2 WHEN 0 THEN '''frequent''' END,
            CASE WHEN n <= 60 THEN '''rare''' END)) AS name (text);
        INSERT INTO search_prices (product_id, currency, amount_minor) SELECT id, 'BDT', n % 977 FROM numbered;
        INSERT INTO search_terms (term, is_word, sound, trigrams, products)
        SELECT 'w' || md5(n::text), true, '', ARRAY['^w' || left(md5(n::text), 1)], n % 100 FROM numbered;
        ANALYZE search_documents, search_prices, search_terms;
        """

    private func conditions(
        _ query: String?, facets: [Int32] = [], isPriced: Bool = false
    ) -> Conditions {
        Conditions(
            query: query, groups: facets.isEmpty ? [] : [Conditions.Group(subject: .stock, facets: facets)],
            currency: "BDT", price: SearchRequest.PriceRange(), needsPrice: isPriced)
    }

    /// As a search has it carried out.
    private func plan(
        _ statement: PostgresStatement, isWalking: Bool = false, in market: Marketplace
    ) async throws -> QueryPlan {
        try await market.client.withTransaction { transaction in
            try await transaction.pipeline(MatchSQL.settings)
            try await transaction.pipeline(MatchSQL.walking(isWalking))
            return try await QueryPlan(of: statement, on: transaction)
        }
    }

    @Test("A page of a large part of the catalogue reads a page of it, in every order, the last ones too")
    func large() async throws {
        try await Marketplace.open { market in
            try await market.owner.withConnection(unlimited: true) { try await $0.runScript(Self.documents) }
            let half = conditions("('frequent')", facets: [10], isPriced: true)
            let middle = try #require(
                try await market.client.queryValue(
                    "SELECT product_id FROM search_documents ORDER BY product_id OFFSET 15000 LIMIT 1", as: UUID.self))
            for order in [SearchPosition.Order.newest, .cheapest, .dearest] {
                for position in [nil, SearchPosition(order: order, key: 500, product: middle)] {
                    let plan = try await plan(
                        MatchSQL.inOrder(half, order: order, after: position, limit: 21), isWalking: true, in: market)
                    #expect(!plan.description.contains("Seq Scan"), "\(order): \(plan)")
                    #expect(plan.mostRowsRemoved < 200, "\(order): \(plan)")
                }
            }
            for position in [nil, middle] {
                let plan = try await plan(
                    MatchSQL.tier(half, isNamed: true, after: position, limit: 21), isWalking: true, in: market)
                #expect(!plan.description.contains("Seq Scan") && plan.mostRowsRemoved < 200, "\(plan)")
            }
            let described = conditions("('rare' | 'described')")
            let few = try await plan(
                MatchSQL.tier(conditions("('rare')"), isNamed: true, areFew: true, after: nil, limit: 21), in: market)
            #expect(few.description.contains("search_documents_named") && few.mostRowsRemoved == 0, "\(few)")
            let others = try await plan(
                MatchSQL.tier(described, isNamed: false, after: middle, limit: 21), isWalking: true, in: market)
            #expect(!others.description.contains("Seq Scan") && others.mostRowsRemoved < 200, "\(others)")
        }
    }

    @Test("What is rare is found by the index, and counted without reading anything else")
    func rare() async throws {
        try await Marketplace.open { market in
            try await market.owner.withConnection(unlimited: true) { try await $0.runScript(Self.documents) }
            for few in [conditions("('rare' | 'unheard')"), conditions("('frequent')", facets: [20])] {
                let ranked = MatchSQL.ranked(few, order: .rank, after: nil, limit: 21)
                let count = FacetSQL.count(few, .none, above: [], steps: [0, 100, 200])
                for statement in [ranked, count, MatchSQL.count(few, samples: 8)] {
                    let plan = try await plan(statement, in: market)
                    #expect(plan.description.contains("search_documents_found"), "\(plan)")
                    #expect(!plan.description.contains("Seq Scan on search_documents"), "\(plan)")
                    #expect(plan.mostRowsRemoved < 100, "\(plan)")
                }
            }
        }
    }

    @Test("A large part of the catalogue is counted by a sample, and what is counted is nearly right")
    func sampled() async throws {
        try await Marketplace.open { market in
            try await market.owner.withConnection(unlimited: true) { try await $0.runScript(Self.documents) }
            let described = try await market.search("described")
            #expect(described.isApproximate && described.total > 25_000)
            let found = try await market.search("frequent")
            #expect(found.isApproximate && (14_000...16_000).contains(found.total), "\(found.total)")
            let rare = try await market.search("rare")
            #expect(!rare.isApproximate && rare.total == 60)
        }
    }

    @Test("A completion reads the terms that begin so")
    func suggestions() async throws {
        try await Marketplace.open { market in
            try await market.owner.withConnection(unlimited: true) { try await $0.runScript(Self.documents) }
            for text in ["w", "w0f"] {
                let plan = try await QueryPlan(of: SuggestionSQL.begin(with: text, limit: 10), on: market.client)
                #expect(!plan.description.contains("Seq Scan"), "\(plan)")
            }
            let forms = WordSQL.forms(of: ["w0", "w1"], sounds: ["", "abc"], phrases: ["w0 w1"], atMost: 6)
            let plan = try await QueryPlan(of: forms, on: market.client)
            #expect(!plan.description.contains("Seq Scan on search_terms"), "\(plan)")
        }
    }
}
