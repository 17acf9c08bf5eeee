package import HummingbirdCore
import Logging
package import NIOCore

/// How the processes serve HTTP: plain HTTP/1.1 behind whatever ends TLS, with patience that has limits.
package enum HTTPServing {
    /// - Parameters:
    ///   - patience: a request whose head and body have not arrived by then is cut off.
    ///   - idleTimeout: after so long without a byte a connection is closed, unless we owe an answer.
    package static func server(
        patience: RequestPatience = RequestPatience(), idleTimeout: TimeAmount = .seconds(60)
    ) -> HTTPServerBuilder {
        let logger = Logger(label: "http")
        return .http1(
            configuration: .init(
                additionalChannelHandlers: [RequestDeadline(patience: patience, logger: logger)],
                idleTimeout: idleTimeout))
    }
}
