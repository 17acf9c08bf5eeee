import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// An answer over HTTP.
package struct Answer: Sendable {
    package let status: Int
    package let headers: [String: String]
    package let body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// A header by its lower-case name.
    package func header(_ name: String) -> String? { headers[name] }

    /// - Throws: `HarnessError.failed` with the body, where it is not what was expected.
    package func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(type, from: Data(body))
        } catch {
            throw HarnessError.failed("status \(status), can't read \(type): \(error)\n\(text.prefix(2000))")
        }
    }
}

/// Asks over HTTP, following no redirects and repeating nothing.
package struct HTTPExchange: Sendable {
    private let client: HTTPClient

    package init() {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(2)
        // A process that was just killed is back in a moment: no growing pauses before the next connection.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    package func close() async throws {
        try await client.shutdown()
    }

    /// - Throws: where no answer came within `timeout`: what the other side has done is unknown then.
    package func send(
        _ method: String, _ url: String, headers: [(String, String)] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(10)
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await client.execute(request, timeout: TimeAmount(timeout))
        let content = try await response.body.collect(upTo: 64 << 20)
        let fields = response.headers.map { ($0.name.lowercased(), $0.value) }
        return Answer(
            status: Int(response.status.code), headers: Dictionary(fields, uniquingKeysWith: { $0 + ", " + $1 }),
            body: Array(buffer: content))
    }

    /// Whether the URL answers 200 now.
    package func isOK(_ url: String) async -> Bool {
        do {
            return try await send("GET", url, timeout: .seconds(5)).status == 200
        } catch {
            return false
        }
    }
}
