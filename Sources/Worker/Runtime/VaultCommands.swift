package import Configuration
import Core
package import Foundation
import Identity
import Inventory
import Jobs
import OutgoingWebhooks
import Platform
import Vault
import Vendors

/// What operators do about the keys that encrypt secrets from the command line. Each change is put on record under the account that the
/// command runs under.
package enum VaultCommands {
    package static let rewrapBatch = RewrapDataKeys.batch
    package static let resealBatch = ResealLicenceKeys.batch
    /// What one transaction may take.
    package static let batches = 1...1000

    private static let verifiedKeys = 100

    /// Prints the versions of the encryption key, tab-separated.
    /// - Throws: `ConfigurationError`; `PostgresError`.
    package static func status(_ reader: ConfigReader) async throws {
        let versions = try await OperatorSession.run(reader) { platform in
            try await KeyVersions().all(in: platform.postgres)
        }
        for version in versions { print(version.line) }
    }

    /// Prints how much it has opened.
    /// - Throws: `ConfigurationError`; `VaultError` for what can't be opened; `PostgresError`.
    package static func verify(_ reader: ConfigReader) async throws {
        let (dataKeys, licenceKeys) = try await OperatorSession.run(reader) { platform in
            (
                try await VerifyDataKeys(vault: platform.vault)(in: platform.postgres),
                try await LicenceKeyVault(vault: platform.vault).verify(newest: verifiedKeys, in: platform.postgres)
            )
        }
        print("\(dataKeys) data keys and the newest \(licenceKeys) licence keys can be opened")
    }

    /// Wraps all data keys with the settings' encryption key and prints what there is then.
    /// - Throws: `ConfigurationError`; `VaultError` where the settings do not name a key that is needed; `PostgresError`.
    package static func rotate(_ reader: ConfigReader, batch: Int) async throws {
        let (count, versions) = try await OperatorSession.run(reader) { platform in
            let rewrap = RewrapDataKeys(vault: platform.vault, audit: platform.audit)
            _ = try await platform.queue.withUnitOfWork { work in
                try await rewrap.putCurrentKeyInUse(by: .thisAccount, in: work)
            }
            let count = try await rewrap(by: .thisAccount, batch: batch, in: platform.queue)
            return (count, try await KeyVersions().all(in: platform.postgres))
        }
        print("\(count) data keys wrapped")
        for version in versions { print(version.line) }
    }

    /// Retires data keys, seals what they had sealed under new ones, and prints how much that was.
    /// - Parameters:
    ///   - vendor: nil for all, and for all other secrets.
    ///   - moment: nil for now.
    /// - Throws: `ConfigurationError`; `UnknownScope`; `VaultError`; `PostgresError`.
    package static func replace(
        _ reader: ConfigReader, vendor: String?, madeBefore moment: Date?, batch: Int
    ) async throws {
        let moment = moment ?? Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.up))
        say("data keys from before \(moment.formatted(.iso8601))")
        try await OperatorSession.run(reader) { platform in
            let retire = RetireDataKeys(audit: platform.audit)
            let reseal = ResealLicenceKeys(vault: platform.vault, audit: platform.audit)
            let resealAccounts = ResealPayoutAccounts(vault: platform.vault, audit: platform.audit)
            let resealWebhooks = ResealWebhookSecrets(vault: platform.vault, audit: platform.audit)
            let resealSeeds = ResealAuthenticators(vault: platform.vault, audit: platform.audit)
            for scope in try await scopes(vendor, madeBefore: moment, retire, on: platform) {
                let retired = try await platform.queue.withUnitOfWork { work in
                    try await retire(of: scope, madeBefore: moment, by: .thisAccount, in: work)
                }
                let resealed = try await reseal(of: scope, by: .thisAccount, batch: batch, in: platform.queue)
                let accounts = try await resealAccounts(of: scope, by: .thisAccount, batch: batch, in: platform.queue)
                let seeds = try await resealSeeds(of: scope, by: .thisAccount, batch: batch, in: platform.queue)
                let hooks = try await resealWebhooks(of: scope, by: .thisAccount, batch: batch, in: platform.queue)
                if retired + resealed + accounts + seeds + hooks > 0 {
                    let sealed =
                        "\(resealed) licence keys, \(accounts) payout accounts, \(seeds) authenticators, \(hooks) webhook secrets sealed"
                    say("\(scope)\t\(retired) data keys retired\t\(sealed)")
                }
            }
        }
    }

    /// At once: whoever is interrupted has to know how to go on.
    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }

    private static func scopes(
        _ vendor: String?, madeBefore moment: Date, _ retire: RetireDataKeys, on platform: Platform
    ) async throws -> [KeyScope] {
        let scopes = try await retire.scopes(madeBefore: moment, in: platform.postgres)
        guard let vendor else { return scopes }
        guard let scope = ID<Vendor>(vendor).map(KeyScope.vendor), scopes.contains(scope) else {
            throw UnknownScope(vendor: vendor)
        }
        return [scope]
    }
}

/// No vendor, or one without data keys of that age.
package struct UnknownScope: Error, CustomStringConvertible {
    let vendor: String

    package var description: String { "\(vendor) has no data key from before" }
}

extension KeyVersion {
    fileprivate var line: String {
        [
            "version \(version)", fingerprint, "since \(introducedAt.formatted(.iso8601))",
            retiredAt.map { "retired \($0.formatted(.iso8601))" } ?? "in use", "\(dataKeys) data keys",
        ].joined(separator: "\t")
    }
}
