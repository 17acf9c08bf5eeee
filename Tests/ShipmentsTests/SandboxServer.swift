import AsyncHTTPClient
import Foundation
import Outbound
import SandboxRuntime
import ServiceLifecycle
import Testing

/// The sandbox in this process, reached over HTTP like the providers themselves.
struct SandboxServer: Sendable {
    /// The providers stand still at the moment where the tests' clocks begin.
    static let start = 1_800_000_000

    let http: HTTPClient
    let base: String

    /// - Parameters:
    ///   - provider: whose clock stands still.
    ///   - configure: what the sandbox is to be told beside free ports.
    static func open<R: Sendable>(
        _ provider: String, _ configure: (inout SandboxSettings) -> Void = { _ in },
        _ body: @Sendable (SandboxServer) async throws -> R
    ) async throws -> R {
        var settings = SandboxSettings()
        settings.port = 0
        settings.smtpPort = 0
        configure(&settings)
        let (addresses, continuation) = AsyncStream.makeStream(of: SandboxAddresses.self)
        let sandbox = Sandbox(settings: settings, logger: silent) { continuation.yield($0) }
        let group = ServiceGroup(configuration: .init(services: [sandbox], logger: silent))
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: HTTPTransport.clientConfiguration)
        async let running: Void = group.run()
        var listening = addresses.makeAsyncIterator()
        let server = SandboxServer(http: http, base: try #require(await listening.next()).base)
        let result = await Result { @Sendable in
            try await server.control(provider, "clock", #"{"freeze":\#(start)}"#)
            return try await body(server)
        }
        try await http.shutdown()
        await group.triggerGracefulShutdown()
        try await running
        return try result.get()
    }

    /// - Parameter headers: beside the body's type.
    func send(
        _ method: String, _ path: String, _ body: String = "", type: String = "application/json",
        headers: [OutboundHeader] = []
    ) async throws -> OutboundResponse {
        try await HTTPTransport(client: http).send(
            method: method, url: base + path, headers: [OutboundHeader("Content-Type", type)] + headers,
            body: Array(body.utf8), timeout: .seconds(10))
    }

    /// A command of the control plane.
    func control(_ provider: String, _ command: String, _ json: String) async throws {
        let response = try await send("POST", "/_control/\(provider)/\(command)", json)
        #expect(response.status == 200, "\(command): \(String(decoding: response.body, as: UTF8.self))")
    }

    /// Disturbs the next requests of a provider's API that begin so, such as "POST /v1/refunds".
    func disturb(_ provider: String, _ request: String, _ fault: String, times: Int = 1) async throws {
        try await control(provider, "next", #"{"request":"\#(request)","fault":"\#(fault)","times":\#(times)}"#)
    }
}

extension Result where Success: Sendable, Failure == any Error {
    fileprivate init(_ body: @Sendable () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
