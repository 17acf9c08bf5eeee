import HTML
import HTTPTypes
import Hummingbird
import NIOCore

/// Keeps the connection at hand, so that a request can be answered by hanging up.
struct SandboxContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Every body a provider accepts is far below this.
    var maxUploadSize: Int { 4 << 20 }
}

/// What an answer to a provider's client consists of.
struct Answer: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    init(status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    static func json(_ value: JSON, status: Int = 200) -> Answer {
        Answer(status: status, headers: [("Content-Type", "application/json")], body: value.pretty)
    }

    /// JSON in one line, as most providers send it.
    static func compact(_ value: JSON, status: Int = 200) -> Answer {
        Answer(status: status, headers: [("Content-Type", "application/json")], body: value.compact)
    }

    /// A page of ours.
    static func page(_ html: HTML, status: Int = 200, headers: PageHeaders = PageHeaders()) -> Answer {
        Answer(status: status, headers: headers.all + [("Cache-Control", "no-store")], body: html.utf8)
    }

    /// HTML as a provider's machinery sends it.
    static func html(_ html: HTML, status: Int = 200) -> Answer {
        Answer(
            status: status, headers: [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")],
            body: html.utf8)
    }

    static func seeOther(_ location: String) -> Answer {
        Answer(status: 303, headers: [("Location", location)])
    }

    var response: Response {
        var fields = HTTPFields()
        for header in headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            fields.append(HTTPField(name: name, value: header.value))
        }
        return Response(
            status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension Answer: ResponseGenerator {
    func response(from request: Request, context: some RequestContext) throws -> Response { response }
}

extension Router<SandboxContext> {
    /// Hands over whatever is sent to a path, so that a provider's own words refuse what it does not know.
    func onEveryMethod(
        _ path: RouterPath, use handler: @escaping @Sendable (Request, SandboxContext) async throws -> Answer
    ) {
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            on(path, method: method) { try await handler($0, $1) }
        }
    }
}

extension Request {
    func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }

    /// The whole body; longer ones than the context allows are answered 413.
    func bytes(in context: SandboxContext) async throws -> [UInt8] {
        let buffer = try await body.collect(upTo: context.maxUploadSize)
        return Array(buffer.readableBytesView)
    }

    /// The query as a form, empty where there is none.
    func queryForm() throws -> FormBody {
        guard let query = uri.query else { return FormBody() }
        guard let form = FormBody(query) else { throw HTTPError(.badRequest, message: "The query is malformed.") }
        return form
    }

    /// A posted form, or a 400.
    func form(in context: SandboxContext) async throws -> FormBody {
        guard let form = FormBody(String(decoding: try await bytes(in: context), as: UTF8.self)) else {
            throw HTTPError(.badRequest, message: "The form is malformed.")
        }
        return form
    }

    /// The address this process was called under, as far as the client tells it.
    var origin: String {
        "\(header("X-Forwarded-Proto") ?? "http")://\(head.authority ?? "localhost")"
    }
}
