import Postgres
import Telemetry
import Vault

/// How many data keys each key-encryption key has wrapped: what a rotation has still to do.
enum VaultGauges {
    static func dataKeys(in postgres: PostgresClient) -> RefreshedGauges {
        RefreshedGauges("count data keys") { try await KeyVersions().all(in: postgres).map(sample) }
    }

    private static func sample(_ version: KeyVersion) -> MetricSample {
        .gauge(
            "haat_data_keys", version.dataKeys, help: "Data keys by the version of the key that they are wrapped with.",
            labels: ["version": "\(version.version)", "in_use": version.retiredAt == nil ? "true" : "false"])
    }
}
