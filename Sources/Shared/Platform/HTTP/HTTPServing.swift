package import HummingbirdCore
import Logging
package import NIOCore

/// How the processes serve HTTP: plain HTTP/1.1 behind whatever ends TLS, with patience that has limits.
package enum HTTPServing {
    /// What the head of a request may have.
    enum HeadLimits {
        static let fieldBytes = 16 << 10
        static let bytes = 32 << 10
        static let fields = 100

        static let summary =
            "At most \(fields) headers and \(bytes) bytes are accepted, of which \(fieldBytes) in one header or the path"
    }

    /// How long clients may take, and how much they may leave with us.
    package struct Patience: Sendable {
        /// A request whose head and body have not arrived by then is cut off.
        package var request = RequestPatience()
        /// After so long without a byte a connection is closed, unless we owe an answer.
        package var idle: TimeAmount = .seconds(60)
        /// A client that has to take an answer and takes less than `answerBytes` in this time is cut off.
        package var answer: TimeAmount = .seconds(30)
        package var answerBytes = 30 << 10
        /// Bytes of answers that wait for all clients together; beyond, those that wait longest are cut off.
        package var unreadBytes = 32 << 20

        package init() {}
    }

    /// - Parameter connections: those of this listener, if they are limited; `guardAccepting` has to be called, too.
    package static func server(
        _ patience: Patience = Patience(), connections: Connections? = nil
    ) -> HTTPServerBuilder {
        let logger = Logger(label: "http")
        let unread = UnreadAnswers(limit: patience.unreadBytes)
        return .http1(
            configuration: .init(
                additionalChannelHandlers: [
                    RequestDeadline(patience: patience.request, logger: logger),
                    AnswerDeadline(
                        limit: patience.answer, minimumBytes: patience.answerBytes, unread: unread, logger: logger),
                    RequestGate(logger: logger), RequestHeadRules(),
                ] + (connections.map { [SeatKeeper(connections: $0)] } ?? []),
                idleTimeout: patience.idle,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: HeadLimits.fieldBytes, maxHeaderListSize: HeadLimits.bytes,
                    maxHeaderFieldCount: HeadLimits.fields)))
    }
}
