package import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// ``OutboundTransport`` over the one `HTTPClient` that a process shares.
package struct HTTPTransport: OutboundTransport {
    private let client: HTTPClient
    private let maximumAnswerBytes: Int

    /// - Parameter maximumAnswerBytes: an answer longer than this counts as interrupted.
    package init(client: HTTPClient, maximumAnswerBytes: Int = 4 << 20) {
        self.client = client
        self.maximumAnswerBytes = maximumAnswerBytes
    }

    /// The settings of the one client that a process shares: no redirects (a provider's API has none, and a redirect would carry the key along), and a
    /// refused connection is reported at once instead of being retried inside the pool.
    package static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5)))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.httpVersion = .http1Only
        return configuration
    }

    package func send(
        method: String, url: String, headers: [OutboundHeader], body: [UInt8], timeout: Duration
    ) async throws(TransportFailure) -> OutboundResponse {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        if !body.isEmpty { request.body = .bytes(body) }
        do {
            let response = try await client.execute(request, deadline: .now() + TimeAmount(timeout))
            let buffer = try await response.body.collect(upTo: maximumAnswerBytes)
            return OutboundResponse(
                status: Int(response.status.code),
                headers: response.headers.map { OutboundHeader($0.name, $0.value) },
                body: Array(buffer.readableBytesView))
        } catch {
            throw Self.classify(error)
        }
    }

    static func classify(_ error: any Error) -> TransportFailure {
        let reason = String(describing: error)
        return provesNothingWasSent(error) ? .notSent(reason) : .interrupted(reason)
    }

    private static func provesNothingWasSent(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError:
            return beforeSending.contains(error)
        case let error as IOError:
            return [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL].contains(error.errnoCode)
        case is NIOConnectionError: return true
        case ChannelError.connectTimeout: return true
        case let error as NIOSSLError:
            if case .handshakeFailed = error { return true }
            return false
        // The certificate is another host's.
        case let error as NIOSSLExtraError:
            return error == .failedToValidateHostname
        default: return false
        }
    }

    private static let beforeSending: [HTTPClientError] = [
        .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .invalidURL, .emptyHost, .emptyScheme,
        .alreadyShutdown,
    ]
}
