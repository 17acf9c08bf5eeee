import Configuration
import Core
import Foundation
import TestSupport
import Testing

@Suite("Secrets in files")
final class SecretFileTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }

    deinit {
        do { try FileManager.default.removeItem(at: directory) } catch { Issue.record(error) }
    }

    /// - Returns: the path of a file with this content.
    private func file(_ bytes: some Sequence<UInt8>, mode: Int = 0o400) throws -> String {
        let path = directory.appending(path: UUID().uuidString).path
        let isMade = FileManager.default.createFile(
            atPath: path, contents: Data(bytes), attributes: [.posixPermissions: mode])
        try #require(isMade)
        return path
    }

    private func reader(_ variables: [String: String]) -> ConfigReader {
        ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables))
    }

    private func read(_ variables: [String: String]) throws -> HaatConfiguration {
        try HaatConfiguration(from: reader(variables))
    }

    /// A complete configuration whose admin token is in this file.
    private func read(tokenFile path: String) throws -> HaatConfiguration {
        var variables = ConfigurationTests.complete
        variables["HAAT_ADMIN_TOKEN"] = nil
        variables["HAAT_ADMIN_TOKEN_FILE"] = path
        return try read(variables)
    }

    private func refusal(of path: String) throws -> String {
        let error = #expect(throws: ConfigurationError.self) { try read(tokenFile: path) }
        let failures = try #require(error?.failures)
        #expect(failures.count == 1 && failures[0].hasPrefix("HAAT_ADMIN_TOKEN_FILE names a file that can't be used: "))
        #expect(!failures[0].contains(path))
        return failures[0]
    }

    @Test("Every secret setting can stand in a file")
    func everySecret() throws {
        let secrets = ConfigurationTests.complete
        var variables: [String: String] = [:]
        for (name, value) in secrets { variables[name + "_FILE"] = try file(value.utf8) }
        let (inFiles, inEnvironment) = (try read(variables), try read(secrets))
        for secret in [
            \HaatConfiguration.stores.databaseURL, \.stores.redisURL, \.adminToken, \.smtpURL,
        ] {
            #expect(inFiles[keyPath: secret].reveal() == inEnvironment[keyPath: secret].reveal())
        }
        for keys in [\HaatConfiguration.encryptionKeys, \.auditKeys] {
            let fingerprints = [inFiles, inEnvironment].map { $0[keyPath: keys].all.map(\.fingerprint) }
            #expect(fingerprints[0] == fingerprints[1])
        }
        #expect(inFiles.warnings.isEmpty)
    }

    @Test("Commands of operators read the same files")
    func operatorCommands() throws {
        let variables = [
            "HAAT_DATABASE_URL_FILE": try file("host=a".utf8),
            "HAAT_REDIS_URL_FILE": try file("redis://b".utf8),
        ]
        let stores = try StoreSettings(from: reader(variables))
        #expect(stores.databaseURL.reveal() == "host=a" && stores.redisURL.reveal() == "redis://b")
        #expect(try StoreSettings.databaseURL(from: reader(variables)).reveal() == "host=a")
    }

    @Test(
        "One line break at the end is no part of the secret",
        arguments: [
            ("host=a", "host=a"), ("host=a\n", "host=a"), ("host=a\r\n", "host=a"), ("host=a\n\n", "host=a\n"),
            ("\nhost=a\n", "\nhost=a"), ("host=a \r", "host=a \r"),
        ])
    func lineBreak(content: String, expected: String) throws {
        let path = try file(content.utf8)
        let url = try StoreSettings.databaseURL(from: reader(["HAAT_DATABASE_URL_FILE": path]))
        #expect(Array(url.reveal().utf8) == Array(expected.utf8))
    }

    @Test("A setting and its file at once are refused in one line that names both and shows neither")
    func both() throws {
        for name in ConfigurationTests.complete.keys.sorted() {
            var variables = ConfigurationTests.complete
            let path = try file("in-the-file".utf8)
            variables[name + "_FILE"] = path
            let error = #expect(throws: ConfigurationError.self) { try read(variables) }
            let failures = try #require(error?.failures)
            #expect(failures.count == 1 && failures[0].hasPrefix("\(name) and \(name)_FILE are both set"))
            for text in ["in-the-file", path, try #require(variables[name])] { #expect(!failures[0].contains(text)) }
        }
    }

    @Test("Empty settings count as absent, also beside a file")
    func empty() throws {
        var variables = ConfigurationTests.complete
        variables["HAAT_ADMIN_TOKEN"] = ""
        variables["HAAT_ADMIN_TOKEN_FILE"] = try file(TestSecrets.adminToken.utf8)
        variables["HAAT_SMTP_URL_FILE"] = ""
        #expect(try read(variables).adminToken.matches(TestSecrets.adminToken))
    }

    @Test("A file that is not there, or no regular file, is refused", .timeLimit(.minutes(10)))
    func noFile() throws {
        #expect(try refusal(of: directory.appending(path: "none").path).hasSuffix("there is no such file"))
        #expect(try refusal(of: directory.path).hasSuffix("it is not a regular file"))
        let pipe = directory.appending(path: "pipe").path
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(try refusal(of: pipe).hasSuffix("it is not a regular file"))
        #expect(try refusal(of: "/dev/zero").hasSuffix("it is not a regular file"))
        let long = String(repeating: "x", count: 5000)
        #expect(try refusal(of: "/" + long).hasSuffix("reading it failed with error \(ENAMETOOLONG)"))
    }

    @Test("A file that the process may not read is refused", .enabled(if: geteuid() != 0, "root may read anything"))
    func unreadable() throws {
        #expect(try refusal(of: file("token".utf8, mode: 0o000)).hasSuffix("this process may not read it"))
    }

    @Test("A file that is empty, too large or no text is refused, without its content")
    func unusable() throws {
        for nothing in ["", "\n", "\r\n"] {
            #expect(try refusal(of: file(nothing.utf8)).hasSuffix("it is empty"))
        }
        let large = String((0..<64 << 10).map { _ in "abcdefghijklmnop".randomElement()! })
        #expect(try read(tokenFile: file(large.utf8)).adminToken.matches(large))
        #expect(try refusal(of: file((large + "x").utf8)).hasSuffix("it has more than 65536 bytes"))
        for bytes in [[0x61, 0x00, 0x62], [0x61, 0xFF]] as [[UInt8]] {
            #expect(try refusal(of: file(bytes)).hasSuffix("it is not UTF-8 text"))
        }
    }

    @Test("What a file holds has to be well-formed like the setting itself")
    func malformed() throws {
        let path = try file("with space".utf8)
        let error = #expect(throws: ConfigurationError.self) { try read(tokenFile: path) }
        #expect(error?.failures.count == 1 && error?.failures.first?.hasPrefix("HAAT_ADMIN_TOKEN must be ") == true)
    }

    @Test(
        "A file that every user may read or change is used with a warning",
        arguments: [(0o400, false), (0o440, false), (0o444, true), (0o644, true), (0o602, true)])
    func permissions(mode: Int, isOpen: Bool) throws {
        let configuration = try read(tokenFile: file(TestSecrets.adminToken.utf8, mode: mode))
        #expect(configuration.adminToken.matches(TestSecrets.adminToken))
        #expect(configuration.warnings.count == (isOpen ? 1 : 0))
        #expect(configuration.warnings.allSatisfy { $0.hasPrefix("HAAT_ADMIN_TOKEN_FILE ") })
    }

    @Test("A link leads to the file, as in Kubernetes")
    func link() throws {
        let link = directory.appending(path: "link").path
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: file(TestSecrets.adminToken.utf8))
        let configuration = try read(tokenFile: link)
        #expect(configuration.adminToken.matches(TestSecrets.adminToken) && configuration.warnings.isEmpty)
    }
}
