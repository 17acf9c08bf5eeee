import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// An answer with a JSON object, or with nothing that matters.
struct Answered: Sendable {
    let url: String
    let body: Data

    func text(_ name: String) throws -> String {
        guard let text = try object()[name] as? String else { throw missing(name) }
        return text
    }

    func inner(_ name: String) throws -> Answered {
        guard let inner = try object()[name] else { throw missing(name) }
        return Answered(url: url, body: try JSONSerialization.data(withJSONObject: inner))
    }

    private func object() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: body) as? [String: Any] else { throw missing("") }
        return object
    }

    private func missing(_ name: String) -> Unexpected {
        Unexpected(text: "\(url) answered without \(name): \(String(decoding: body.prefix(500), as: UTF8.self))")
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}

/// Forms and JSON over HTTP; an answer beyond 399 throws with its text.
struct FormClient: Sendable {
    let client: HTTPClient

    func get(_ url: String) async throws -> Answered { try await send(HTTPClientRequest(url: url)) }

    func form(
        _ url: String, _ fields: [String: String], headers: [(String, String)] = []
    ) async throws -> Answered {
        let text = fields.map { "\(Self.escape($0.key))=\(Self.escape($0.value))" }.joined(separator: "&")
        return try await post(url, "application/x-www-form-urlencoded", Data(text.utf8), headers)
    }

    func json(_ url: String, _ body: [String: any Sendable], headers: [(String, String)] = []) async throws -> Answered
    {
        try await post(url, "application/json", try JSONSerialization.data(withJSONObject: body), headers)
    }

    private func post(
        _ url: String, _ type: String, _ body: Data, _ headers: [(String, String)]
    ) async throws -> Answered {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: type)
        request.headers.add(name: "Accept", value: "application/json")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        return try await send(request)
    }

    private func send(_ request: HTTPClientRequest) async throws -> Answered {
        let response = try await client.execute(request, timeout: .seconds(30))
        let body = Data(try await response.body.collect(upTo: 1 << 22).readableBytesView)
        guard response.status.code < 400 else {
            let text = String(decoding: body.prefix(500), as: UTF8.self)
            throw Unexpected(text: "\(request.url): \(response.status.code) \(text)")
        }
        return Answered(url: request.url, body: body)
    }

    private static func escape(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
