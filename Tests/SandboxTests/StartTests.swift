import Logging
import ServiceLifecycle
import Testing

@testable import SandboxRuntime

@Suite("Starting")
struct StartTests {
    @Test("A port that is taken ends the sandbox with an error that names it", .timeLimit(.minutes(10)))
    func takenPort() async throws {
        try await withSandbox { sandbox in
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            for taken in ["HTTP", "SMTP"] {
                var settings = SandboxSettings()
                settings.port = taken == "HTTP" ? sandbox.addresses.port : 0
                settings.smtpPort = taken == "SMTP" ? sandbox.addresses.smtpPort : 0
                let second = Sandbox(settings: settings, logger: logger) { _ in }
                let error = await #expect(throws: ListenError.self) { try await second.run() }
                #expect(error?.what == taken)
            }
        }
    }
}
