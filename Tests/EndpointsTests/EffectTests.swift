import Core
import Crypto
import Endpoints
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import Jobs
import Logging
import Postgres
import Redis
import TestSupport
import Testing

/// A book that guests write their names into.
private struct GuestBook: Sendable {
    let pace: Duration
}

private struct Greeting: JobPayload {
    static let kind = "guests.greet"
    static let queue = QueueName.maintenance

    let name: String
}

private struct GuestCreateInput: APIInput {
    let name: String

    init(_ fields: inout Fields) {
        name = fields.required("name", .string(1...40), "Who comes", example: "Ada")
    }
}

private struct GuestView: APIOutput {
    let number: Int

    static let example = GuestView(number: 1)

    func write(to out: inout ObjectWriter) {
        out.field("number", number)
    }
}

@Suite("Effects are committed with their answers")
struct EffectTests {
    private static let enter = Endpoints.Endpoint<GuestBook>(
        .post, "/guests", tag: .orders, summary: "Enter a guest", policy: .require(.jobsManage), idempotency: .optional,
        body: GuestCreateInput.self, returns: .created(GuestView.self), problems: [.unwelcome]
    ) { request, work, book in
        let number = try await work.queryValue(
            "INSERT INTO guests (name) VALUES (\(request.body.name)) RETURNING number", as: Int.self)
        try work.enqueue(Greeting(name: request.body.name))
        try await Task.sleep(for: book.pace)
        if request.body.name == "Eve" { throw ProblemType.unwelcome.problem("Eve was here before") }
        if request.body.name == "Mallory" { throw Wreck() }
        return GuestView(number: number ?? 0)
    }

    private struct Stage: Sendable {
        let client: any TestClientProtocol
        let database: PostgresClient

        func enter(_ name: String, key: String? = "key-0001") async throws -> TestResponse {
            try await client.post("/api/v1/guests", #"{"name":"\#(name)"}"#, key: key, asOperator)
        }

        func names() async throws -> [String] {
            try await database.queryValues("SELECT name FROM guests ORDER BY number", as: String.self)
        }

        func count(_ table: String) async throws -> Int? {
            try await database.queryValue("SELECT count(*) FROM \(unescaped: table)", as: Int.self)
        }
    }

    private func open(
        pace: Duration = .zero, statementTimeout: Duration = .seconds(60),
        _ body: @escaping @Sendable (Stage) async throws -> Void
    ) async throws {
        try await withEndpoints([Self.enter], of: GuestBook(pace: pace), statementTimeout: statementTimeout) {
            client, database in
            try await database.makeTable("guests", "number int8 GENERATED ALWAYS AS IDENTITY, name text NOT NULL")
            try await body(Stage(client: client, database: database.client))
        }
    }

    @Test("Of sixteen concurrent posts with one key one has its effect and all get its answer")
    func race() async throws {
        try await open(pace: .milliseconds(100)) { stage in
            let responses = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                for _ in 0..<16 { group.addTask { try await stage.enter("Ada") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(responses.allSatisfy { $0.status == .created })
            #expect(Set(responses.map { String(buffer: $0.body) }) == [#"{"number":1}"#])
            #expect(responses.count { $0.header("Idempotent-Replayed") == "true" } == 15)
            #expect(try await stage.names() == ["Ada"])
            #expect(try await stage.count("jobs") == 1)
        }
    }

    @Test("The same key with another body is 422 and has no effect; other keys, and none, are other requests")
    func mismatch() async throws {
        try await open { stage in
            _ = try await stage.enter("Ada")
            let other = try await stage.enter("Bob")
            #expect(other.status == .unprocessableContent)
            #expect(try other.problem == "idempotency-key-reused")
            _ = try await stage.enter("Ada", key: "key-0002")
            for _ in 0..<2 { _ = try await stage.enter("Ada", key: nil) }
            #expect(try await stage.names() == ["Ada", "Ada", "Ada", "Ada"])
        }
    }

    @Test("A refusal and a failure leave nothing behind, not even their key", arguments: ["Eve", "Mallory"])
    func rolledBack(name: String) async throws {
        try await open { stage in
            let refused = try await stage.enter(name)
            #expect(refused.status == (name == "Eve" ? .conflict : .internalServerError))
            #expect(try await stage.names().isEmpty)
            #expect(try await stage.count("jobs") == 0)
            #expect(try await stage.count("idempotency_keys") == 0)
            let entered = try await stage.enter("Ada")
            #expect(entered.status == .created)
            #expect(entered.header("Idempotent-Replayed") == nil)
        }
    }

    @Test("What waits for the first request is carried out where that one fails")
    func successor() async throws {
        try await open(pace: .milliseconds(300)) { stage in
            async let refused = stage.enter("Mallory")
            try await Task.sleep(for: .milliseconds(100))
            let entered = try await stage.enter("Ada")
            #expect(entered.status == .created)
            #expect(try await refused.status == .internalServerError)
            #expect(try await stage.names() == ["Ada"])
        }
    }

    @Test("Who waits for the first request longer than a statement may take is told 409 and when to come back")
    func patience() async throws {
        try await open(statementTimeout: .seconds(1)) { stage in
            try await stage.database.withTransaction { transaction in
                try await transaction.execute(
                    """
                    INSERT INTO idempotency_keys (scope, endpoint, key, fingerprint, owner, lease_until, expires_at)
                    VALUES (\(BazaarPrincipals.operator.scope), 'POST /guests', 'key-0001', \([UInt8](repeating: 0, count: 32)),
                        gen_random_uuid(), now(), now() + interval '1 day')
                    """)
                let response = try await stage.enter("Ada")
                #expect(response.status == .conflict)
                #expect(try response.problem == "idempotency-in-progress")
                #expect(response.header("Retry-After") == "1")
            }
        }
    }
}
