import ArgumentParser
import Foundation
import Logging
import SandboxRuntime
import ServiceLifecycle
import UnixSignals

@main
struct HaatSandbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "haat-sandbox",
        abstract: "Local stand-ins for every outside provider, for development and tests.",
        subcommands: [Serve.self])
}

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve until SIGTERM or SIGINT.")

    func run() async throws {
        let settings: SandboxSettings
        let level: Logger.Level
        do throws(SettingError) {
            settings = try SandboxSettings(environment: ProcessInfo.processInfo.environment)
            level = try Self.level(settings.logLevel)
        } catch {
            Self.complain("\(error)")
            throw ExitCode(78)
        }
        var logger = Logger(label: "haat-sandbox")
        logger.logLevel = level
        let sandbox = Sandbox(settings: settings, logger: logger) { addresses in
            print(
                "haat-sandbox listens: pages \(addresses.base)/  Stripe \(addresses.base)/stripe  inbox \(addresses.base)/inbox"
                    + "  SMTP smtp://\(addresses.host):\(addresses.smtpPort)")
            fflush(nil)
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [sandbox], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "lifecycle")))
        do {
            try await group.run()
        } catch let error as ListenError {
            Self.complain("\(error)")
            throw ExitCode(78)
        } catch {
            Self.complain("\(error)")
            throw ExitCode.failure
        }
    }

    private static func level(_ name: String) throws(SettingError) -> Logger.Level {
        guard let level = Logger.Level(rawValue: name.lowercased()) else {
            let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingError(description: "HAAT_LOG_LEVEL must be one of \(names)")
        }
        return level
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data("haat-sandbox: \(text)\n".utf8))
    }
}
