import HTML
import Hummingbird
import Synchronization

/// What two chat services differ in.
protocol ChatDialect: Sendable {
    static var name: String { get }
    static var title: String { get }
    /// The refusals that a rule may order.
    static var refusals: [String] { get }
    /// The paths and methods of the API, under `/{name}`.
    static var routes: [(method: HTTPRequest.Method, path: String)] { get }

    /// Answers one call. `path` begins after `/{name}`.
    static func answer(_ call: ChatCall, _ log: inout ChatLog) -> Answer
    static func rateLimited(_ log: ChatLog) -> Answer
    static var broken: Answer { get }
}

/// One request to a chat service.
struct ChatCall: Sendable {
    let path: [String]
    let query: FormBody
    /// Nil where it is no JSON object and no form.
    let body: JSON?
    let now: Int
}

/// A sink for the messages of one chat service.
final class ChatProvider<Dialect: ChatDialect>: Provider {
    let name = Dialect.name
    let title = Dialect.title
    let pushes = false
    let desk: ProviderDesk
    private let log = Mutex(ChatLog())

    init(desk: ProviderDesk) {
        self.desk = desk
    }

    func addRoutes(to router: Router<SandboxContext>) {
        for route in Dialect.routes {
            router.on("/\(Dialect.name)/\(route.path)", method: route.method) { request, context in
                try await self.respond(request, context)
            }
        }
        router.get("/\(Dialect.name)/messages") { _, _ in Answer.page(self.page) }
        router.get("/\(Dialect.name)/messages.json") { request, _ in
            let room = try request.queryForm()["room"]
            return Answer.json(.array(self.messages(in: room).map(\.json)))
        }
    }

    private func respond(_ request: Request, _ context: SandboxContext) async throws -> Answer {
        let path = String(request.uri.path.dropFirst(Dialect.name.count + 1))
        let disturbed = DisturbedCall(
            desk: desk, rateLimited: log.withLock { Dialect.rateLimited($0) }, serverError: Dialect.broken)
        return try await disturbed.respond(request, context, path: path) {
            let call = ChatCall(
                path: path.split(separator: "/").map { String($0).removingEscapes }, query: try request.queryForm(),
                body: try await request.looseBody(in: context), now: desk.clock.unix)
            return log.withLock { Dialect.answer(call, &$0) }
        }
    }

    /// Newest first.
    private func messages(in room: String? = nil) -> [ChatMessage] {
        log.withLock { log in
            Array(log.messages.filter { room == nil || $0.room == room }.suffix(ChatLog.kept).reversed())
        }
    }

    private var page: HTML {
        let rows = messages().prefix(100).map { message -> HTML in
            """
            <li><p class="said">\(message.text)<span>To \(message.room)</span></p>
            <time>\(CivilTime(unix: message.at, offset: 0).stamp) UTC</time></li>
            """
        }
        let list: HTML = rows.isEmpty ? "<p class=\"empty\">None yet.</p>" : "<ol class=\"mails\">\(rows)</ol>"
        return Page.render(
            title: "\(title) messages",
            body: """
                <h1>\(title) messages</h1><p class="links">\(HTML.link("Switches", to: "/_control/\(name)"))</p>
                \(list)
                """)
    }

    func reset(seed: UInt64?) {
        log.withLock { $0 = ChatLog() }
    }

    func timePassed() {}

    func control(_ command: ControlCommand) async throws -> JSON? {
        switch command.path {
        case ["rules"]: return try addRule(command.body)
        case ["settings"]: return try set(command.body)
        default: return nil
        }
    }

    /// `{"room":"42","refusal":"…","times":2}` adds a rule, `{"rules":[]}` takes all away.
    private func addRule(_ body: JSON) throws(ControlError) -> JSON {
        if body["rules"]?.elements?.isEmpty == true {
            log.withLock { $0.rules = [] }
        } else {
            guard let refusal = body["refusal"]?.stringValue, Dialect.refusals.contains(refusal) else {
                throw .invalid("refusal", "one of \(Dialect.refusals.joined(separator: ", "))")
            }
            let times = body["times"]?.intValue
            guard times ?? 1 > 0 else { throw .invalid("times", "an integer from 1") }
            let rule = ChatRule(room: body["room"]?.looseText ?? "*", refusal: refusal, remaining: times)
            log.withLock { $0.rules.append(rule) }
        }
        return ["rules": .array(log.withLock { $0.rules.map(\.json) })]
    }

    private func set(_ body: JSON) throws(ControlError) -> JSON {
        for member in body.members {
            guard member.name == "retry_after" else { throw .unknown(member.name, among: ["retry_after"]) }
            let seconds = try member.seconds()
            log.withLock { $0.retryAfter = seconds }
        }
        return ["retry_after": .int(log.withLock(\.retryAfter))]
    }

    func ledger(_ query: FormBody) -> JSON {
        let (received, refused, rules) = log.withLock { ($0.received, $0.refused, $0.rules) }
        return [
            "provider": .string(name), "now": .number(desk.clock.now),
            "totals": ["received": .int(received), "refused": .int(refused), "requests": .int(desk.requests.total)],
            "rules": .array(rules.map(\.json)), "messages": .array(messages().map(\.json)),
            "requests": desk.requests.json,
        ]
    }

    func overview() -> ProviderOverview {
        let (received, refused) = log.withLock { ($0.received, $0.refused) }
        return ProviderOverview(
            figures: [
                .init(label: "Messages", value: "\(received)"), .init(label: "Refused", value: "\(refused)"),
            ],
            forms: [
                ControlForm(
                    title: "Refuse messages", command: "rules",
                    fields: [
                        .init(name: "room", label: "Where (* for everywhere)", value: "*"),
                        .init(
                            name: "refusal", label: Dialect.refusals.joined(separator: ", "),
                            value: Dialect.refusals.first ?? ""), .init(name: "times", label: "How often", value: "1"),
                    ])
            ], page: "/\(name)/messages")
    }

    func snapshot() throws -> JSON {
        try Snapshot.encode(log.withLock { $0 })
    }

    func restore(_ snapshot: JSON) throws {
        let restored = try Snapshot.decode(ChatLog.self, from: snapshot)
        log.withLock { $0 = restored }
    }
}
