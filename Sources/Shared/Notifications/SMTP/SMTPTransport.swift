package import Logging
import NIOPosix
import Synchronization

/// Hands a finished message to a mail server.
package protocol MailTransport: Sendable {
    /// Returns once the server has taken responsibility for the message.
    func deliver(_ message: MailMessage) async throws(SMTPError)
}

/// ``MailTransport`` over libcurl. Its calls block, so each runs on a small thread pool; idle sessions are kept and used again.
package final class SMTPTransport: MailTransport, Sendable {
    /// How long one delivery may take, connecting included.
    package var deliveryTimeout: Duration { configuration.timeout }

    private let configuration: SMTPConfiguration
    private let threads: NIOThreadPool
    private let idle = Mutex<[CurlSession]>([])
    private let logger: Logger

    package init(configuration: SMTPConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        threads = NIOThreadPool(numberOfThreads: configuration.connections)
        threads.start()
    }

    /// Waits for deliveries under way and closes the connections. The transport can't be used afterwards.
    package func shutdown() async throws {
        try await threads.shutdownGracefully()
        idle.withLock { $0.removeAll() }
    }

    package func deliver(_ message: MailMessage) async throws(SMTPError) {
        let outcome: Result<Void, SMTPError>
        do {
            outcome = try await threads.runIfActive { [self] in
                Result { () throws(SMTPError) in try deliverBlocking(message) }
            }
        } catch {
            throw .temporary(code: nil, reason: "the mail transport is shutting down")
        }
        try outcome.get()
        logger.debug("mail accepted", metadata: ["message_id": "\(message.id)"])
    }

    private func deliverBlocking(_ message: MailMessage) throws(SMTPError) {
        let session = try borrow()
        defer { idle.withLock { $0.append(session) } }
        try session.deliver(message)
    }

    private func borrow() throws(SMTPError) -> CurlSession {
        if let session = idle.withLock({ $0.popLast() }) { return session }
        return try CurlSession(configuration: configuration)
    }
}
