import FaultHarness
import Foundation
import Postgres
import Testing

/// What the database is asked for, from the order to the mails.
@Suite("What a purchase costs", .serialized, .timeLimit(.minutes(10)))
struct CostTests {
    private static let purchases = 60
    /// A busy machine's purchases take longer, and have more of what goes by the clock: it is mostly transactions of one statement.
    /// The table in the README says what came with what.
    private static let (mostTransactions, mostStatements) = (12 * 1.25, 50.0)
    /// From an empty cart to the gateway's page.
    private static let (walks, mostStatementsOfWalk) = (20, 50.0)
    /// What docs/settings.md tells operators to subscribe to, as far as a payment brings it about.
    private static let subscribed = ["checkout.session.completed"]

    @Test("A whole purchase takes no more transactions and statements than it did")
    func purchase() async throws {
        try await Stage.shared.withMarketplace("cost", startsWorker: true) { marketplace in
            try await marketplace.database.execute("CREATE EXTENSION pg_stat_statements")
            let offer = try await marketplace.shop.offer(keys: 200)
            try await marketplace.stripe.setWebhooks(types: Self.subscribed)
            let traffic = Traffic(in: marketplace)
            var orders = [try await traffic.purchase(offer)]
            try await expectIntact(marketplace, paid: orders)
            let cost = try await Meter.measure(marketplace) {
                orders += try await traffic.purchases(Self.purchases, of: offer, concurrency: 4)
                try await Task.sleep(for: .seconds(5))
            }
            try await expectIntact(marketplace, paid: orders)
            let (transactions, statements) = (
                cost.transactions / Double(Self.purchases), cost.statements / Double(Self.purchases)
            )
            #expect(transactions <= Self.mostTransactions, "\(transactions) transactions")
            #expect(statements <= Self.mostStatements, "\(statements) statements: \(cost.listing(per: Self.purchases))")
        }
    }

    @Test("From an empty cart over two lines and a quote to the gateway's page takes no more statements than it did")
    func checkout() async throws {
        try await Stage.shared.withMarketplace("cart-cost", startsWorker: false) { marketplace in
            try await marketplace.database.execute("CREATE EXTENSION pg_stat_statements")
            let shopper = try await Shopper(in: marketplace)
            try await shopper.walk()
            let cost = try await Meter.measure(marketplace) {
                for _ in 0..<Self.walks { try await shopper.walk() }
            }
            let statements = cost.statements / Double(Self.walks)
            #expect(
                statements <= Self.mostStatementsOfWalk, "\(statements) statements: \(cost.listing(per: Self.walks))")
        }
    }
}

/// A guest who fills a cart with goods of one vendor, asks what they come to and goes to pay.
private struct Shopper: Sendable {
    private let marketplace: Marketplace
    private let variants: [String]

    private struct Made: Decodable {
        struct Part: Decodable { let id: String }
        struct Totals: Decodable { let total: Amount }

        struct Amount: Decodable {
            let minorUnits: Int
            let currency: String
        }

        let id: String?
        let cart: Part?
        let order: Part?
        let variants: [Part]?
        let token: String?
        let accessToken: String?
        let totals: Totals?
    }

    init(in marketplace: Marketplace) async throws {
        self.marketplace = marketplace
        let offer = try await marketplace.shop.offer(keys: 1)
        let admin = marketplace.shop.adminToken
        func post(_ path: String, _ body: String) async throws -> Made {
            try await Self.post(path, body, token: admin, in: marketplace)
        }
        var made: [String] = []
        for sku in ["ONE", "TWO"] {
            let product = try await post(
                "/products",
                """
                {"vendor_id":"\(offer.vendorID)","title":"Book","status":"active","variants":[{"sku":"\(sku)","kind":"physical",\
                "weight_grams":300,"price":{"minor_units":1000,"currency":"USD"}}]}
                """)
            let variant = try #require(product.variants?.first).id
            _ = try await post("/variants/\(variant)/stock_adjustments", #"{"delta":10000}"#)
            made.append(variant)
        }
        variants = made
        let zone = try await post(
            "/shipping_zones", #"{"vendor_id":"\#(offer.vendorID)","name":"All","areas":[{"country":"BD"}]}"#)
        _ = try await post(
            "/shipping_zones/\(try #require(zone.id))/methods",
            #"{"name":"Flat","charge":{"currency":"USD","basis":"flat","bands":[{"bound":0,"amount_minor":100}]}}"#)
    }

    func walk() async throws {
        let made = try await post("/carts", "", token: nil)
        let (cart, token) = (try #require(made.cart).id, made.token)
        for variant in variants {
            _ = try await post("/carts/\(cart)/lines", #"{"variant_id":"\#(variant)"}"#, token: token)
        }
        let contact = """
            "email":"karim@example.com","delivery":{"name":"Karim","phone":"01712345678","address":{"country":"BD",\
            "line1":"12 Lake Road","upazila":"Gulshan","district":"Dhaka"}}
            """
        let quote = try await post("/carts/\(cart)/quote", "{\(contact)}", token: token)
        let total = try #require(quote.totals).total
        let expected = #""expected_total":{"minor_units":\#(total.minorUnits),"currency":"\#(total.currency)"}"#
        let ordered = try await post("/carts/\(cart)/order", "{\(contact),\(expected)}", token: token)
        _ = try await post(
            "/orders/\(try #require(ordered.order).id)/checkout",
            #"{"gateway":"stripe","success_url":"https://shop.test/ok","cancel_url":"https://shop.test/no"}"#,
            token: ordered.accessToken)
    }

    private func post(_ path: String, _ body: String, token: String?) async throws -> Made {
        try await Self.post(path, body, token: token, in: marketplace)
    }

    private static func post(
        _ path: String, _ body: String, token: String?, in marketplace: Marketplace
    ) async throws -> Made {
        let headers = [("Idempotency-Key", UUID().uuidString), ("Content-Type", "application/json")]
        let answer = try await marketplace.shop.askAnonymously(
            "POST", path, body: Array(body.utf8),
            headers: headers + (token.map { [("Authorization", "Bearer \($0)")] } ?? []))
        try #require((200..<300).contains(answer.status), "\(path): \(answer.text)")
        return try answer.json(Made.self)
    }
}

/// What a database has done for somebody, beyond what it does when nobody comes.
private struct Meter {
    let transactions: Double
    let statements: Double
    private let calls: [String: Double]

    static func measure(_ marketplace: Marketplace, _ body: () async throws -> Void) async throws -> Meter {
        let (work, time) = try await change(marketplace, during: body)
        let (idle, idleTime) = try await change(marketplace) { try await Task.sleep(for: .seconds(10)) }
        let share = time / idleTime
        return Meter(
            transactions: work.transactions - idle.transactions * share,
            statements: work.statements - idle.statements * share,
            calls: work.calls.merging(idle.calls.mapValues { -$0 * share }, uniquingKeysWith: +))
    }

    /// What gives events and audit entries their places takes a few statements for each quarter of a second in which there were any,
    /// however many there were.
    private static let ofTurns = [
        "event_positions", "pg_try_advisory_xact_lock", "end_sequence", "link_signature = links", "pg_notify",
    ]

    private static func isOfTurn(_ query: String) -> Bool { ofTurns.contains { query.contains($0) } }

    /// The statements that came with a purchase at least every other time, the most frequent first.
    func listing(per count: Int) -> String {
        calls.mapValues { $0 / Double(count) }.filter { $0.value > 0.4 }.sorted { $0.value > $1.value }
            .map { "\n\(($0.value * 10).rounded() / 10)\t\($0.key.replacing("\n", with: " ").prefix(140))" }.joined()
    }

    private static func change(
        _ marketplace: Marketplace, during body: () async throws -> Void
    ) async throws -> (Meter, seconds: Double) {
        let (began, before) = (ContinuousClock.now, try await reading(marketplace))
        try await body()
        // Backends tell what they did within a second of having done it.
        try await Task.sleep(for: .seconds(2))
        let after = try await reading(marketplace)
        let seconds = began.duration(to: .now) / .seconds(1)
        return (
            Meter(
                transactions: after.transactions - before.transactions,
                statements: after.statements - before.statements,
                calls: after.calls.merging(before.calls) { $0 - $1 }), seconds
        )
    }

    private static func reading(_ marketplace: Marketplace) async throws -> Meter {
        try await marketplace.look { database in
            let transactions = try await database.queryValue(
                "SELECT xact_commit::float8 FROM pg_stat_database WHERE datname = current_database()", as: Double.self)
            let calls = try await database.query(
                """
                SELECT query, sum(calls)::float8 FROM pg_stat_statements JOIN pg_database ON oid = dbid
                WHERE datname = current_database() AND query !~ '^(BEGIN|COMMIT|ROLLBACK|DEALLOCATE)|pg_stat' GROUP BY query
                """, columns: (String, Double).self)
            let own = calls.filter { !isOfTurn($0.0) }
            return Meter(
                transactions: transactions ?? 0, statements: own.reduce(0) { $0 + $1.1 },
                calls: Dictionary(uniqueKeysWithValues: own))
        }
    }
}
