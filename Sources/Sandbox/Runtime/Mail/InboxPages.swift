import HTML
import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The web inbox: a list with a search by recipient, one page per mail, and the same as JSON.
struct InboxPages: Sendable {
    let mailbox: Mailbox

    private static let pageSize = 100
    private static let jsonLimit = 10_000

    func addRoutes(to router: Router<SandboxContext>) {
        router.get("/inbox") { request, _ in
            Answer.page(list(recipient: try request.queryForm()["to"]))
        }
        router.get("/inbox.json") { request, _ in try json(request.queryForm()) }
        router.get("/inbox/:number") { _, context in
            guard let mail = mail(in: context) else { return Self.notFound }
            return Answer.page(page(mail), headers: PageHeaders(showsFrames: true))
        }
        router.get("/inbox/:number/html") { _, context in
            guard let html = mail(in: context).flatMap({ MIMEMessage($0.content).html }) else { return Self.notFound }
            return Answer(headers: Self.foreignHTML, body: Array(html.utf8))
        }
        router.get("/inbox/:number/raw") { _, context in
            guard let mail = mail(in: context) else { return Self.notFound }
            return Answer(headers: [("Content-Type", "text/plain; charset=utf-8")], body: mail.content)
        }
    }

    private func mail(in context: SandboxContext) -> Mail? {
        context.parameters.get("number").flatMap { Int($0) }.flatMap { mailbox[$0] }
    }

    private static let notFound = Answer.page(
        Page.render(title: "Inbox", body: "<h1>There is no such mail</h1><p><a href=\"/inbox\">To the inbox</a></p>"),
        status: 404)

    /// A stranger's HTML may style itself and nothing else, and is shown in our frame alone.
    private static let foreignHTML = [
        (name: "Content-Type", value: "text/html; charset=utf-8"),
        (
            name: "Content-Security-Policy",
            value: "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
        ),
        (name: "X-Content-Type-Options", value: "nosniff"), (name: "Cache-Control", value: "no-store"),
    ]

    /// `?to=` (an address or a part of one), `?after=` (a mail's id), `?limit=`; newest first.
    private func json(_ query: FormBody) throws -> Answer {
        let limit = query["limit"].map { Int($0) ?? 0 } ?? Self.pageSize
        guard (1...Self.jsonLimit).contains(limit) else {
            return .json(["error": .string("limit must be an integer from 1 to \(Self.jsonLimit).")], status: 400)
        }
        guard let after = Int(query["after"] ?? "0") else {
            return .json(["error": "after must be a mail's id."], status: 400)
        }
        let mails = mailbox.search(recipient: query["to"], after: after, limit: limit)
        return .json(.array(mails.map(json)))
    }

    private func json(_ mail: Mail) -> JSON {
        let message = MIMEMessage(mail.content)
        return [
            "id": .int(mail.number),
            "from": .string(message["From"] ?? mail.sender),
            "to": .array(mail.recipients.map(JSON.string)),
            "subject": .string(message["Subject"] ?? ""),
            "text": .text(message.text),
            "html": .text(message.html),
            "receivedAt": .string(Self.timestamp(mail.receivedAt)),
            "sender": .string(mail.sender),
            "headers": .object(
                JSONObject(members: message.headers.map { .init(name: $0.name, value: .string($0.value)) })),
            "attachments": .array(
                message.attachments.map {
                    ["name": .string($0.name), "type": .string($0.type), "size": .int($0.size)]
                }),
        ]
    }

    private func list(recipient: String?) -> HTML {
        let mails = mailbox.search(recipient: recipient, limit: Self.pageSize)
        let rows = mails.map(row)
        let shown: HTML =
            mails.isEmpty ? "<p class=\"empty\">No mail here.</p>" : "<ol class=\"mails\">\(rows)</ol>"
        return Page.render(
            title: "Inbox",
            body: """
                <h1>Inbox</h1>
                <form class="find" method="get" action="/inbox" role="search">
                <label>Recipient <input name="to" type="search" value="\(recipient ?? "")"></label>
                <button>Search</button>
                </form>
                <p class="lede">\(mailbox.count) kept\(mails.count == Self.pageSize ? ", the latest \(Self.pageSize) shown" : "").</p>
                \(shown)
                """)
    }

    private func row(_ mail: Mail) -> HTML {
        let message = MIMEMessage(mail.content)
        let subject = message["Subject"].flatMap { $0.isEmpty ? nil : $0 } ?? "(no subject)"
        return """
            <li><p><a href="/inbox/\(mail.number)">\(subject)</a>
            <span>To \(mail.recipients.joined(separator: ", "))</span>
            <span>From \(message["From"] ?? mail.sender)</span></p>
            <time>\(Self.timestamp(mail.receivedAt))</time></li>
            """
    }

    private func page(_ mail: Mail) -> HTML {
        let message = MIMEMessage(mail.content)
        let subject = message["Subject"] ?? "(no subject)"
        let text = message.text.map { "<h2>Text</h2><pre>\($0)</pre>" as HTML }
        // No permission at all inside: no scripts, no forms, no navigation of this page.
        let html: HTML = """
            <h2>HTML</h2><iframe title="The mail's HTML part" sandbox="" src="/inbox/\(mail.number)/html"></iframe>
            """
        let attachments = message.attachments.map { [$0.name, $0.type, "\($0.size) bytes"] }
        let attached: HTML =
            "<h2>Attachments</h2>\(HTML.table("Attachments", ["Name", "Type", "Size"], texts: attachments))"
        let headers = HTML.table("Headers", ["Name", "Value"], texts: message.headers.map { [$0.name, $0.value] })
        return Page.render(
            title: subject,
            body: """
                <p class="links"><a href="/inbox">Inbox</a> <a href="/inbox/\(mail.number)/raw">Source</a></p>
                <h1>\(subject)</h1>
                \(HTML.facts([
                    ("From", message["From"] ?? mail.sender),
                    ("Envelope sender", mail.sender.isEmpty ? "<>" : mail.sender),
                    ("Delivered to", mail.recipients.joined(separator: ", ")),
                    ("Received", Self.timestamp(mail.receivedAt)),
                ]))
                \(if: message.html != nil, html)\(text)
                \(if: !attachments.isEmpty, attached)
                <h2>Headers</h2>\(headers)
                """)
    }

    private static func timestamp(_ unix: Double) -> String {
        Date(timeIntervalSince1970: unix).formatted(.iso8601)
    }
}
