import AsyncHTTPClient
import Core
import Logging
import NIOCore
import NIOHTTP1
package import NIOSSL

/// Calls addresses that strangers choose: pictures of imports, receivers of webhooks.
///
/// A host's name is looked up once for each call to it, every address that it has is checked, and the connection goes to one of those and
/// nowhere else: a name that has another address a moment later leads nowhere new. Redirects are followed here, each checked as the first
/// address was. No connection is kept, no cookie, no proxy is asked.
package struct UntrustedClient: Sendable {
    /// Of a host with several addresses so many are tried.
    private static let maximumAttempts = 3
    private static let connectTimeout = TimeAmount.seconds(5)
    /// What the library's own limit adds to ours, so that it is ours that ends a call.
    private static let grace = Duration.seconds(5)

    private let rules: AddressRules
    private let resolver: any HostResolver
    private let trustRoots: NIOSSLTrustRoots
    private let userAgent: String

    /// - Parameter trustRoots: whose certificates are believed.
    package init(
        rules: AddressRules = AddressRules(), resolver: any HostResolver = SystemResolver(),
        trustRoots: NIOSSLTrustRoots = .default, userAgent: String = "Haat/1.0"
    ) {
        self.rules = rules
        self.resolver = resolver
        self.trustRoots = trustRoots
        self.userAgent = userAgent
    }

    /// Makes one call. The connection is closed when `body` has ended.
    /// - Parameter body: gets every answer that is no redirect to follow, whatever its status; may be called off when time is up.
    /// - Throws: ``UntrustedCallError``; what `body` throws.
    package func call<Result: Sendable>(
        _ request: UntrustedRequest, _ limits: UntrustedLimits,
        _ body: @escaping @Sendable (UntrustedResponse) async throws -> Result
    ) async throws -> Result {
        try await within(limits.time) {
            let first = try UntrustedURL(request.url)
            var url = first
            for _ in 0...max(0, limits.redirects) {
                let headers = url.hasOrigin(of: first) ? request.headers : []
                switch try await exchange(request.method, url, headers, limits, body) {
                case .answered(let result): return result
                case .redirected(let location): url = try url.redirected(to: location)
                }
            }
            throw UntrustedCallError.tooManyRedirects
        }
    }

    /// Looks up where an address leads, without calling it.
    /// - Throws: ``UntrustedCallError``.
    package func check(_ url: UntrustedURL, within time: Duration) async throws {
        try await within(time) { _ = try await addresses(of: url) }
    }

    private enum Outcome<Result: Sendable>: Sendable {
        case answered(Result)
        case redirected(to: String)
    }

    /// The connection could not be had; nothing was sent.
    private struct NotConnected: Error {}

    private func exchange<Result: Sendable>(
        _ method: UntrustedRequest.Method, _ url: UntrustedURL, _ headers: [OutboundHeader], _ limits: UntrustedLimits,
        _ body: @escaping @Sendable (UntrustedResponse) async throws -> Result
    ) async throws -> Outcome<Result> {
        for address in try await addresses(of: url).prefix(Self.maximumAttempts) {
            do {
                return try await HTTPClient.withHTTPClient(configuration: configuration(for: url, at: address)) {
                    client in
                    let response: HTTPClientResponse
                    do {
                        response = try await client.execute(
                            message(method, url, headers), timeout: TimeAmount(limits.time + Self.grace))
                    } catch {
                        throw Self.meaning(of: error)
                    }
                    if method == .get, let location = Self.redirect(in: response) { return .redirected(to: location) }
                    return .answered(try await body(try Self.head(of: response, from: url, limits)))
                }
            } catch is NotConnected {
                continue
            }
        }
        throw UntrustedCallError.unreachable
    }

    /// The addresses to which a call may go: all that the host has, or none.
    private func addresses(of url: UntrustedURL) async throws -> [IPAddress] {
        guard rules.permits(port: url.port) else { throw UntrustedCallError.refused("port \(url.port) is not called") }
        let addresses: [IPAddress] =
            switch url.host {
            case .address(let address): [address]
            case .name(let name): try await resolver.addresses(of: name)
            }
        guard !addresses.isEmpty else { throw UntrustedCallError.unresolved }
        guard addresses.allSatisfy(rules.permits) else {
            throw UntrustedCallError.refused("the host is not in the public Internet")
        }
        return addresses
    }

    /// For one call: the name leads to this address.
    private func configuration(for url: UntrustedURL, at address: IPAddress) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = trustRoots
        tls.minimumTLSVersion = .tlsv12
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow, timeout: .init(connect: Self.connectTimeout))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        if case .name(let name) = url.host { configuration.dnsOverride = [name: "\(address)"] }
        return configuration
    }

    private func message(
        _ method: UntrustedRequest.Method, _ url: UntrustedURL, _ headers: [OutboundHeader]
    ) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: url.text)
        message.headers.add(name: "User-Agent", value: userAgent)
        message.headers.add(name: "Accept-Encoding", value: "identity")
        message.headers.add(name: "Connection", value: "close")
        for header in headers { message.headers.replaceOrAdd(name: header.name, value: header.value) }
        switch method {
        case .get: message.method = .GET
        case .post(let bytes):
            message.method = .POST
            message.body = .bytes(bytes)
        }
        return message
    }

    private static func redirect(in response: HTTPClientResponse) -> String? {
        [301, 302, 303, 307, 308].contains(response.status.code) ? response.headers.first(name: "Location") : nil
    }

    /// - Throws: ``UntrustedCallError`` for what is not worth reading.
    private static func head(
        of response: HTTPClientResponse, from url: UntrustedURL, _ limits: UntrustedLimits
    ) throws(UntrustedCallError) -> UntrustedResponse {
        let status = Int(response.status.code)
        let contentType = response.headers.first(name: "Content-Type").map { header in
            let type = header.utf8.prefix { $0 != UInt8(ascii: ";") }.trimmingBlanks()
            return UTF8Text(Substring(type)).lowercasedASCII
        }
        if let wanted = limits.contentTypes, (200..<300).contains(status) {
            guard let contentType, wanted.contains(where: { UTF8Text($0) == contentType }) else {
                throw .unexpectedContentType(contentType?.excerpt(100))
            }
        }
        if let length = response.headers.first(name: "Content-Length").flatMap(Int.init), length > limits.bodyBytes {
            throw .tooLarge(limits.bodyBytes)
        }
        return UntrustedResponse(
            status: status, headers: response.headers.map { OutboundHeader($0.name, $0.value) },
            contentType: contentType?.excerpt(100), url: url.text,
            body: UntrustedBody(pieces: response.body, limit: limits.bodyBytes))
    }

    private static func meaning(of error: any Error) -> any Error {
        if error is CancellationError { return error }
        if case .notSent = HTTPTransport.classify(error) { return NotConnected() }
        return UntrustedCallError.interrupted
    }

    private func within<Result: Sendable>(
        _ time: Duration, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else { throw UntrustedCallError.tooSlow }
            return result
        }
    }
}
