import Core
import Crypto
import Endpoints
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import NIOConcurrencyHelpers
import NIOCore
import Postgres
import TestSupport
import Testing

/// A wall that guests hang drawings on.
private struct Wall: Sendable {
    let outcomes = NIOLockedValueBox<[UploadOutcome]>([])
    let received = NIOLockedValueBox<[Int]>([])
}

/// A drawing, as it was put away.
private struct Drawing: ReceivedUpload {
    let size: Int
    let digest: [UInt8]
    let wall: Wall

    func settle(_ outcome: UploadOutcome) { wall.outcomes.withLockedValue { $0.append(outcome) } }
}

private struct DrawingQuery: APIInput {
    let title: String

    init(_ fields: inout Fields) {
        title = fields.required("title", .string(1...20), "What it shows", example: "Boat")
    }
}

private struct DrawingView: APIOutput {
    let number: Int
    let size: Int

    static let example = DrawingView(number: 1, size: 100)

    func write(to out: inout ObjectWriter) {
        out.field("number", number)
        out.field("size", size)
    }
}

@Suite("Files are taken in as they arrive")
struct UploadTests {
    private static let limit = 1 << 20

    private static let hang = Endpoints.UploadEndpoint<Wall>(
        .post, "/drawings", tag: .orders, summary: "Hang a drawing", policy: .require(.jobsManage),
        idempotency: .optional, query: DrawingQuery.self,
        upload: UploadRules(contentTypes: ["image/png", "text/csv"], limit: limit), returns: .created(DrawingView.self),
        problems: [.unwelcome]
    ) { request, upload, wall in
        var (size, hash) = (0, SHA256())
        for try await piece in upload.body {
            size += piece.readableBytes
            hash.update(data: Array(piece.readableBytesView))
        }
        wall.received.withLockedValue { [size] in $0.append(size) }
        if request.query.title == "Blank" { throw ProblemType.unwelcome.problem("Draw something") }
        return Drawing(size: size, digest: Array(hash.finalize()), wall: wall)
    } effect: { request, drawing, work, wall in
        let number = try await work.queryValue(
            "INSERT INTO drawings (title) VALUES (\(request.query.title)) RETURNING number", as: Int.self)
        if request.query.title == "Rude" { throw ProblemType.unwelcome.problem("Not here") }
        if request.query.title == "Torn" { throw Wreck() }
        return DrawingView(number: number ?? 0, size: drawing.size)
    }

    private struct Stage: Sendable {
        let client: any TestClientProtocol
        let database: PostgresClient
        let wall: Wall

        func hang(
            _ title: String, _ bytes: [UInt8] = [1, 2, 3], _ headers: HTTPFields = asOperator, key: String? = nil,
            as type: String? = "image/png"
        ) async throws -> TestResponse {
            var headers = headers
            headers[.contentType] = type
            if let key { headers[.init("Idempotency-Key")!] = key }
            return try await client.execute(
                uri: "/api/v1/drawings?title=\(title)", method: .post, headers: headers, body: ByteBuffer(bytes: bytes)
            ) { $0 }
        }

        func titles() async throws -> [String] {
            try await database.queryValues("SELECT title FROM drawings ORDER BY number", as: String.self)
        }

        var outcomes: [UploadOutcome] { wall.outcomes.withLockedValue { $0 } }
        var received: [Int] { wall.received.withLockedValue { $0 } }
    }

    private func open(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
        let wall = Wall()
        try await withEndpoints([], uploads: [Self.hang], of: wall) { client, database in
            try await database.makeTable("drawings", "number int8 GENERATED ALWAYS AS IDENTITY, title text NOT NULL")
            try await body(Stage(client: client, database: database.client, wall: wall))
        }
    }

    @Test("A file of the limit's size arrives whole and has its effect")
    func whole() async throws {
        try await open { stage in
            let reply = try await stage.hang("Boat", Array(repeating: 7, count: Self.limit), as: "IMAGE/PNG; q=1")
            #expect(reply.status == .created)
            #expect(try reply.json == ["number": 1, "size": .integer(Int64(Self.limit))])
            #expect(stage.outcomes == [.committed])
        }
    }

    @Test("What can't be accepted is refused before a byte is taken")
    func refusedAtOnce() async throws {
        try await open { stage in
            let tooLarge = try await stage.hang("Boat", Array(repeating: 7, count: Self.limit + 1))
            #expect(tooLarge.status == .contentTooLarge)
            #expect(try await stage.hang("Boat", as: "image/svg+xml").status == .unsupportedMediaType)
            #expect(try await stage.hang("Boat", as: nil).status == .unsupportedMediaType)
            var compressed = asOperator
            compressed[.contentEncoding] = "gzip"
            #expect(try await stage.hang("Boat", [1], compressed).status == .unsupportedMediaType)
            #expect(try await stage.hang("").status == .unprocessableContent)
            #expect(try await stage.hang("Boat", [1], [:]).status == .unauthorized)
            #expect(stage.received.isEmpty && stage.outcomes.isEmpty)
        }
    }

    @Test("A file that doesn't tell its length and is too large is refused where it gets so")
    func unannounced() async throws {
        var pieces = UploadBody(
            RequestBody(
                asyncSequence: AsyncStream<ByteBuffer> { continuation in
                    for _ in 0..<3 { continuation.yield(ByteBuffer(repeating: 7, count: 40)) }
                    continuation.finish()
                }), limit: 100
        ).makeAsyncIterator()
        for _ in 0..<2 { #expect(try await pieces.next()?.readableBytes == 40) }
        let problem = await #expect(throws: Problem.self) { try await pieces.next() }
        #expect(problem?.status == 413)
    }

    @Test("Refusals are told to what was put away as such, and what may have been committed is left open")
    func settled() async throws {
        try await open { stage in
            let blank = try await stage.hang("Blank")
            #expect(blank.status == .conflict)
            #expect(stage.outcomes.isEmpty, "the receiver has thrown it away by itself")
            #expect(try await stage.hang("Rude").status == .conflict)
            #expect(try await stage.hang("Torn").status == .internalServerError)
            #expect(stage.outcomes == [.unused, .unknown])
            #expect(try await stage.titles().isEmpty)
        }
    }

    @Test(
        "A repetition has no further effect and gets the first answer; other content under the key is another request")
    func repetition() async throws {
        try await open { stage in
            let first = try await stage.hang("Boat", key: "key-0001")
            let again = try await stage.hang("Boat", key: "key-0001")
            #expect(first.status == .created && again.status == .created)
            #expect(again.body == first.body && again.header("Idempotent-Replayed") == "true")
            #expect(stage.outcomes == [.committed, .unused])
            for other in [
                try await stage.hang("Boat", [3, 2, 1], key: "key-0001"),
                try await stage.hang("Ship", key: "key-0001"),
                try await stage.hang("Boat", key: "key-0001", as: "text/csv"),
            ] {
                #expect(try other.problem == "idempotency-key-reused")
            }
            #expect(stage.outcomes.suffix(3) == [.unused, .unused, .unused])
            #expect(try await stage.titles() == ["Boat"])
        }
    }

    @Test("The document says what may be sent and how much")
    func document() throws {
        let api = try API(endpoints: [], uploads: [Self.hang], settings: APISettings(publicURL: "http://localhost"))
        let document = try JSONValue(parsing: api.openAPI)
        let operation = try #require(document["paths"]?["/api/v1/drawings"]?["post"])
        let content = try #require(operation["requestBody"]?["content"]?.objectValue)
        #expect(content.keys.map(\.string).sorted() == ["image/png", "text/csv"])
        let statuses = try #require(operation["responses"]?.objectValue).keys.map(\.string)
        #expect(Set(["201", "413", "415", "422"]).isSubset(of: statuses))
    }
}
