import Core
import Endpoints
import HTTPTypes
import HummingbirdTesting
import Identity
import Jobs
import NIOCore
import Postgres
import TestSupport
import Testing

/// Somebody outside who is asked between two transactions.
private actor Carrier {
    private(set) var asked = 0
    private var pause: Duration = .zero
    private var failures = 0

    func slowDown(by pause: Duration) { self.pause = pause }

    func fail(times: Int) { failures = times }

    func book() async throws -> Int {
        asked += 1
        let number = asked
        if failures > 0 {
            failures -= 1
            throw Wreck()
        }
        try await Task.sleep(for: pause)
        return number
    }
}

private struct ParcelView: APIOutput {
    let number: Int

    static let example = ParcelView(number: 1)

    func write(to out: inout ObjectWriter) {
        out.field("number", number)
    }
}

@Suite("A leased key is taken with the first commit and answered with the last")
struct LeaseTests {
    private static let book = Endpoints.Endpoint<Carrier>(
        .post, "/parcels", tag: .orders, summary: "Book a parcel", policy: .require(.jobsManage), lease: .required,
        returns: .created(ParcelView.self), problems: [.unwelcome]
    ) { _, claim, carrier in
        try await claim.withUnitOfWork { work in
            let begun = try await work.queryValue("SELECT count(*) FROM parcels", as: Int.self) ?? 0
            guard begun < 3 else { throw ProblemType.unwelcome.problem("There are enough parcels") }
            try await work.execute("INSERT INTO parcels (state) VALUES ('begun')")
        }
        let number = try await carrier.book()
        return try await claim.finish { work in
            try await work.execute("UPDATE parcels SET state = 'booked' WHERE state = 'begun'")
            return ParcelView(number: number)
        }
    }

    private struct Stage: Sendable {
        let client: any TestClientProtocol
        let database: PostgresClient
        let carrier: Carrier

        func book(key: String = "key-0001") async throws -> TestResponse {
            try await client.post("/api/v1/parcels", "", key: key, asOperator, contentType: nil)
        }

        func parcels() async throws -> [String] {
            try await database.queryValues("SELECT state FROM parcels", as: String.self)
        }

        func keys(answered: Bool) async throws -> Int? {
            try await database.queryValue(
                "SELECT count(*) FROM idempotency_keys WHERE (response IS NOT NULL) = \(answered)", as: Int.self)
        }
    }

    private func open(
        lease: Duration = .seconds(30), _ body: @escaping @Sendable (Stage) async throws -> Void
    ) async throws {
        let carrier = Carrier()
        var idempotency = IdempotencySettings()
        idempotency.lease = lease
        try await withEndpoints([Self.book], of: carrier, idempotency: idempotency) { client, database in
            try await database.makeTable("parcels", "state text NOT NULL")
            try await body(Stage(client: client, database: database.client, carrier: carrier))
        }
    }

    @Test("Of sixteen concurrent posts with one key one asks outside and all get its answer")
    func race() async throws {
        try await open { stage in
            await stage.carrier.slowDown(by: .milliseconds(150))
            let responses = try await withThrowingTaskGroup(of: TestResponse.self) { group in
                for _ in 0..<16 { group.addTask { try await stage.book() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(responses.map { String(buffer: $0.body) }) == [#"{"number":1}"#])
            #expect(responses.count { $0.header("Idempotent-Replayed") == "true" } == 15)
            #expect(await stage.carrier.asked == 1)
            #expect(try await stage.parcels() == ["booked"])
        }
    }

    @Test("Work that fails outside gives its key back, and what it committed before stays")
    func failure() async throws {
        try await open { stage in
            await stage.carrier.fail(times: 1)
            let failed = try await stage.book()
            #expect(failed.status == .internalServerError)
            #expect(try await stage.keys(answered: false) == 0)
            #expect(try await stage.parcels() == ["begun"])
            #expect(try await stage.book().status == .created)
            #expect(try await stage.keys(answered: true) == 1)
        }
    }

    @Test("What is refused before anything is committed leaves nothing behind, not even its key")
    func refusal() async throws {
        try await open { stage in
            try await stage.database.execute("INSERT INTO parcels SELECT 'booked' FROM generate_series(1, 3)")
            #expect(try await stage.book().status == .conflict)
            #expect(try await stage.keys(answered: false) == 0)
            #expect(try await stage.keys(answered: true) == 0)
        }
    }

    @Test("Who has lost the lease meanwhile has no last effect, and gets the answer of who took it over")
    func takenOver() async throws {
        try await open(lease: .seconds(600)) { stage in
            await stage.carrier.slowDown(by: .milliseconds(400))
            async let slow = stage.book()
            while await stage.carrier.asked == 0 { try await Task.sleep(for: .milliseconds(5)) }
            await stage.carrier.slowDown(by: .zero)
            // As after a pause in which no renewal came through.
            try await stage.database.execute("UPDATE idempotency_keys SET lease_until = now()")
            let next = try await stage.book()
            #expect(String(buffer: next.body) == #"{"number":2}"#)
            let late = try await slow
            #expect(String(buffer: late.body) == #"{"number":2}"#)
            #expect(late.header("Idempotent-Replayed") == "true")
            #expect(await stage.carrier.asked == 2)
        }
    }
}
