import Core
import Notifications
import Platform
import ServiceLifecycle

/// Closes the connections to the mail server after the jobs that use them have ended.
struct MailService: Service {
    let transport: SMTPTransport

    /// - Parameter deliveries: at once, each on a connection of its own: as many as jobs send mail, so that none of them spends its
    ///   time waiting for another's connection.
    /// - Throws: `ConfigurationError` for a mail server's address that can't be used.
    init(on platform: Platform, deliveries: Int) throws {
        do {
            var configuration = try SMTPConfiguration(url: platform.configuration.smtpURL.reveal())
            configuration.connections = max(1, deliveries)
            transport = SMTPTransport(configuration: configuration, logger: platform.logger)
        } catch {
            throw ConfigurationError(failures: ["HAAT_SMTP_URL is not usable: \(error)"])
        }
    }

    func run() async throws {
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            // The group is being torn down: close all the same.
        }
        try await transport.shutdown()
    }
}
