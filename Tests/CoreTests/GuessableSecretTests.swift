import Configuration
import Core
import Foundation
import TestSupport
import Testing

@Suite("Secrets that can be guessed")
struct GuessableSecretTests {
    private func failures(_ own: [String: String?]) -> [String] {
        var variables = ConfigurationTests.complete
        for (name, value) in own { variables[name] = value }
        do {
            _ = try HaatConfiguration.read(
                from: ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables))
            ) { settings in
                settings.provider("HAAT_SHOP_") { $0.secrets("WEBHOOK_SECRETS", expected: "signing secrets") }
            }
            return []
        } catch let error as ConfigurationError {
            return error.failures
        } catch {
            return ["\(error)"]
        }
    }

    /// The failures of a configuration that is complete but for this token.
    private func failures(token: String) -> [String] {
        failures(["HAAT_ADMIN_TOKEN": token, "HAAT_SHOP_WEBHOOK_SECRETS": TestSecrets.webhookSecret])
    }

    @Test(
        "A token that is short, regular or a placeholder is refused in a line that shows a good way to make one",
        arguments: [
            "x", "changeme", "operator-token", "0123456789abcdef",
            // Long, and yet nothing to guess.
            String(repeating: "x", count: 200), String(repeating: "ab", count: 100),
            String(repeating: "Tr0ub4dor&3", count: 8), "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP",
            String(repeating: "0123456789abcdef", count: 4),
            // Thirty digits have 100 bits, thirty hexadecimal digits 120.
            "602214076138064852159265358979", "23ad00c562a444bbefe0f0fb6b9fc3",
            "change-me-before-going-into-production-please", "Your_Secret_Token_Goes_Here_1234567890",
            "my-Password-is-longer-than-most-others-are",
        ])
    func weak(token: String) {
        let failures = failures(token: token)
        #expect(failures.count == 1 && failures.first?.hasPrefix("HAAT_ADMIN_TOKEN ") == true, "\(failures)")
        #expect(failures.first?.contains("openssl rand -base64 32") == true)
        #expect(token == "x" || failures.first?.contains(token) != true)
    }

    @Test("What generators of secrets print is accepted")
    func strong() {
        for _ in 0..<500 {
            let bytes = (0..<32).map { _ in UInt8.random(in: 0...255) }
            let hexadecimal = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            for token in [
                Data(bytes).base64EncodedString(), Data(bytes.prefix(16)).base64EncodedString(), hexadecimal,
                String(hexadecimal.prefix(32)), hexadecimal.uppercased(), UUID().uuidString + UUID().uuidString,
                "haat_" + hexadecimal,
                String((0..<26).map { _ in "abcdefghijklmnopqrstuvwxyz234567".randomElement()! }),
            ] {
                // Once in millions there is no letter among 32 digits, and who sees that takes them for decimal ones.
                #expect(failures(token: token) == [] || token.allSatisfy(\.isNumber), "\(token)")
            }
        }
    }

    @Test("Each of a list of signing secrets has to be hard to guess, without what all of a provider begin with")
    func signingSecrets() {
        let good = TestSecrets.webhookSecret
        #expect(failures(["HAAT_SHOP_WEBHOOK_SECRETS": "\(good),\(TestSecrets.otherWebhookSecret)"]).isEmpty)
        for bad in ["a", "whsec_1", "whsec_23ad00c562a444bbefe0f0fb6b9fc3", "\(good),a", "whsec_secret,\(good)"] {
            let failures = failures(["HAAT_SHOP_WEBHOOK_SECRETS": bad])
            #expect(failures.count == 1 && failures.first?.hasPrefix("HAAT_SHOP_WEBHOOK_SECRETS ") == true, "\(bad)")
        }
    }

    @Test("The encryption key is required, and none is derived from the token")
    func encryptionKey() {
        let secrets = ["HAAT_SHOP_WEBHOOK_SECRETS": TestSecrets.webhookSecret]
        let failures = failures(secrets.merging(["HAAT_ENCRYPTION_KEY": ""]) { $1 })
        #expect(failures.count == 1 && failures.first?.hasPrefix("HAAT_ENCRYPTION_KEY is missing") == true)
        #expect(failures.first?.contains("openssl rand -base64 32") == true)
    }

    @Test(
        "Retired keys need not be there; each has to be as good as the current one, and none may also sign the audit trail"
    )
    func retiredKeys() throws {
        let good = (0..<2).map { _ in Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString() }
        let guessable = Data(0..<32).base64EncodedString()
        let secrets = ["HAAT_SHOP_WEBHOOK_SECRETS": TestSecrets.webhookSecret]
        for name in ["HAAT_ENCRYPTION_KEYS_RETIRED", "HAAT_AUDIT_KEYS_RETIRED"] {
            #expect(failures(secrets.merging([name: good.joined(separator: ", ")]) { $1 }) == [])
            for (text, complaint) in [
                ("\(good[0]),c2hvcnQ=", "must be"), ("\(good[0]),\(guessable)", "can be guessed"), ("?", "must be"),
            ] {
                let failures = failures(secrets.merging([name: text]) { $1 })
                #expect(failures.count == 1 && failures[0].hasPrefix("\(name) \(complaint)"), "\(failures)")
                #expect(!failures[0].contains(good[0]))
            }
        }
        for own in [
            ["HAAT_AUDIT_KEY": TestSecrets.encryptionKey], ["HAAT_ENCRYPTION_KEYS_RETIRED": TestSecrets.auditKey],
        ] {
            let failures = failures(secrets.merging(own) { $1 })
            #expect(failures.count == 1 && failures[0].hasPrefix("HAAT_AUDIT_KEY must not be"), "\(failures)")
        }
    }

    @Test("A key of 32 bytes that nobody threw dice for is refused")
    func regularKeys() {
        let keys: [[UInt8]] = [
            Array(repeating: 0, count: 32), Array(0..<32), Array(repeating: [1, 200, 3, 77], count: 8).flatMap { $0 },
            Array(repeating: 7, count: 31) + [9], Array("changeme".utf8) + Array(repeating: 0, count: 24),
        ]
        for key in keys {
            let failures = failures([
                "HAAT_ENCRYPTION_KEY": Data(key).base64EncodedString(),
                "HAAT_SHOP_WEBHOOK_SECRETS": TestSecrets.webhookSecret,
            ])
            #expect(failures.count == 1 && failures.first?.hasPrefix("HAAT_ENCRYPTION_KEY ") == true, "\(key)")
        }
        for _ in 0..<500 {
            let key = Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
            #expect(
                failures(["HAAT_ENCRYPTION_KEY": key, "HAAT_SHOP_WEBHOOK_SECRETS": TestSecrets.webhookSecret]).isEmpty)
        }
    }
}
