import Core
import Crypto
import Endpoints
import Foundation
import HTML
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import Jobs
import Logging
import NIOCore
import Postgres
import Redis
import TestSupport
import Vault

/// A guest book with pages: people write their names into it, the operator strikes names out.
struct GuestHouse: Sendable {
    let database: PostgresClient
}

typealias GuestPage = PageEndpoint<GuestHouse>

enum Guest: IdentifiedByTypeID { static let typePrefix = "gst" }

struct Welcome: JobPayload {
    static let kind = "guests.welcome"
    static let queue = QueueName.maintenance

    let name: String
}

struct GuestEntry: APIInput {
    let name: String
    let age: Int?
    let stay: Int
    let wishes: [String]
    let breakfast: Bool

    init(_ fields: inout Fields) {
        name = fields.required("name", .string(1...40), "Who comes", example: "Ada")
        age = fields.optional("age", .integer(18...120), "How old")
        stay = fields.optional("stay", .integer(1...30), "Nights", default: 1)
        wishes = fields.optional("wish", .array(of: .string(1...200), count: 0...3), "What they wish for", default: [])
        breakfast = fields.optional("breakfast", .boolean, "Whether they eat", default: false)
    }
}

struct GuestFilter: APIInput {
    let limit: Int

    init(_ fields: inout Fields) {
        limit = fields.optional("limit", .integer(1...100), "How many", default: 100)
    }
}

struct GuestNumber: APIOutput {
    let number: Int

    static let example = GuestNumber(number: 1)

    func write(to out: inout ObjectWriter) { out.field("number", number, "Counts up") }
}

extension ProblemType {
    static let unwelcome = ProblemType("unwelcome", 409, "Unwelcome", "Not this guest.")
}

extension EndpointTag {
    static let guests = EndpointTag("Guests")
}

/// What both the endpoint and the form do.
private func enter(_ entry: GuestEntry, in work: UnitOfWork) async throws -> Int {
    let number = try await work.queryValue(
        """
        INSERT INTO guests (name, age, stay, wishes, breakfast)
        VALUES (\(entry.name), \(entry.age), \(entry.stay), \(entry.wishes), \(entry.breakfast)) RETURNING number
        """, as: Int.self)
    try work.enqueue(Welcome(name: entry.name))
    if entry.name == "Eve" { throw ProblemType.unwelcome.problem("Eve was here before") }
    if entry.name == "Mallory" { throw Wreck() }
    return number ?? 0
}

/// The list of guests and the form.
private struct GuestListPage {
    let names: [String]
    var refused: RefusedForm<()>?

    var html: HTML {
        let name = TextField(
            "Name", name: "name", value: refused?["name"] ?? "", limit: 40, refusal: refused?.refusal(of: "name"))
        let age = TextField(
            "Age", name: "age", value: refused?["age"] ?? "", keys: .numeric, refusal: refused?.refusal(of: "age"))
        return PageFrame(brand: "Guest house", home: "/guests").page(
            title: "Guests",
            """
            <h1>Guests</h1>\(refused?.summary)
            \(HTML.table("Guests", ["Name"], texts: names.map { [$0] }))
            <form method="post" action="/guests">\(name.html)\(age.html)<button>Enter</button></form>
            """)
    }
}

enum GuestPages {
    static let list = GuestPage(
        "/guests", summary: "Guests", policy: .anyone(.perClient(1000, per: .minute)), query: GuestFilter.self
    ) { request, house in
        let names = try await house.database.queryValues(
            "SELECT name FROM guests ORDER BY number LIMIT \(request.query.limit)", as: String.self)
        return GuestListPage(names: names).html
    }

    static let add = GuestPage(
        form: GuestEntry.self, "/guests", summary: "Enter a guest", policy: .anyone(.perClient(1000, per: .minute)),
        idempotency: .optional
    ) { request, work, _ in
        _ = try await enter(request.body, in: work)
        return "/guests"
    } refused: { form, house in
        let names = try await house.database.queryValues("SELECT name FROM guests ORDER BY number", as: String.self)
        return GuestListPage(names: names, refused: form).html
    }

    static let desk = GuestPage("/desk/{guest_id}", ID<Guest>.self, summary: "A guest", policy: .require(.jobsManage)) {
        request, _ in
        PageFrame(brand: "Desk", home: "/desk").page(title: "Guest", "<h1>\("\(request.path)")</h1>")
    }

    static let clear = GuestPage(
        form: NoInput.self, "/desk/clear", summary: "Strike out all", policy: .require(.jobsManage)
    ) { _, work, _ in
        try await work.execute("DELETE FROM guests")
        return "/guests"
    }

    static let rename = GuestPage(
        form: NoInput.self, "/desk/versions/{number}", PathName.self, summary: "Edits a version",
        policy: .require(.jobsManage),
        edit: .ifMatch
    ) { request, _, _ in
        guard request.expectedVersion == 7 else { throw Problem.versionMismatch(current: 7) }
        return "/desk"
    }

    static let scarce = GuestPage("/scarce", summary: "Rarely shown", policy: .anyone(.perClient(1, per: .minute))) {
        _, _ in "<p>Lucky</p>"
    }

    static let broken = GuestPage("/broken", summary: "Fails", policy: .anyone(.unlimited)) { _, _ in throw Wreck() }

    static let create = Endpoints.Endpoint<GuestHouse>(
        .post, "/guests", tag: .guests, summary: "Enter a guest", policy: .require(.jobsManage), idempotency: .required,
        body: GuestEntry.self, returns: .created(GuestNumber.self, location: { "/guests/\($0.number)" }),
        problems: [.unwelcome]
    ) { request, work, _ in
        GuestNumber(number: try await enter(request.body, in: work))
    }

    static let submit = GuestPage(submitting: create, "/desk/guests") { form in
        "/desk\(form.location ?? "")"
    } refused: { form, _ in
        PageFrame(brand: "Desk", home: "/desk").page(
            title: "Enter a guest", "\(form.summary)\(TextField("Name", name: "name", value: form["name"]).html)")
    }

    static let all = [list, add, desk, clear, rename, scarce, broken, submit]
}

/// The guest house behind HTTP, on a database of its own.
struct GuestServer: Sendable {
    let client: any TestClientProtocol
    let database: PostgresClient

    static func open(
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ body: @escaping @Sendable (GuestServer) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase { database in
            let postgres = database.client
            try await database.makeTable(
                "guests",
                """
                number int8 GENERATED ALWAYS AS IDENTITY, name text NOT NULL, age int8, stay int8 NOT NULL,
                wishes text[] NOT NULL, breakfast boolean NOT NULL
                """)
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let redis = RedisClient(configuration: try RedisConfiguration(url: "redis://127.0.0.1:1/0"), logger: quiet)
            let key = SymmetricKey(size: .bits256)
            let dependencies = APIDependencies(
                principals: BazaarPrincipals(),
                idempotency: PostgresIdempotencyStore(
                    database: postgres, vault: Vault(keys: RootKeys(EncryptionKey()), ids: UUIDv7Generator())),
                scope: JobQueue(postgres: postgres, redis: redis, envelopeKey: key, logger: quiet) { UUID() },
                rateLimiter: InMemoryRateLimiter(), bodies: BodyBudget(), logger: logger)
            var settings = APISettings(publicURL: "https://guests.example")
            settings.allowedOrigins = ["*"]
            let api = try API(endpoints: [GuestPages.create], pages: GuestPages.all, settings: settings)
            let application = Application(
                router: api.router(services: GuestHouse(database: postgres), dependencies: dependencies), logger: quiet)
            // A client that follows no redirects.
            try await application.test(.router) { client in
                try await body(GuestServer(client: client, database: postgres))
            }
        }
    }

    /// Posts a form as a browser does from a page of this site.
    func submit(_ path: String, _ form: String, _ headers: HTTPFields = [:]) async throws -> TestResponse {
        var own: HTTPFields = [.secFetchSite: "same-origin", .contentType: "application/x-www-form-urlencoded"]
        for field in headers { own[field.name] = field.value }
        return try await client.execute(uri: path, method: .post, headers: own, body: ByteBuffer(string: form)) { $0 }
    }

    func names() async throws -> [String] {
        try await database.queryValues("SELECT name FROM guests ORDER BY number", as: String.self)
    }

    func jobs() async throws -> Int? { try await database.queryValue("SELECT count(*) FROM jobs", as: Int.self) }
}

extension HTTPField.Name {
    static let secFetchSite = Self("Sec-Fetch-Site")!
}

extension TestResponse {
    var text: String { String(buffer: body) }
}
