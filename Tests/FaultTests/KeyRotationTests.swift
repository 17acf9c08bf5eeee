import FaultHarness
import Foundation
import Postgres
import TestSupport
import Testing

/// Keys are rotated and replaced while customers buy.
@Suite("Rotation of keys under load", .serialized, .timeLimit(.minutes(10)))
struct KeyRotationTests {
    private static let both = [
        "HAAT_ENCRYPTION_KEY": TestSecrets.nextEncryptionKey, "HAAT_ENCRYPTION_KEYS_RETIRED": TestSecrets.encryptionKey,
    ]
    private static let nextAlone = [
        "HAAT_ENCRYPTION_KEY": TestSecrets.nextEncryptionKey, "HAAT_ENCRYPTION_KEYS_RETIRED": "",
    ]

    @Test(
        "No purchase fails while the encryption key is rotated, killed and gone on with; then nothing needs the old one"
    )
    func rotation() async throws {
        try await Stage.shared.withMarketplace("rotation", startsWorker: true) { marketplace in
            let offers = try await offers(4, in: marketplace)
            let traffic = Traffic(in: marketplace)
            var orders = try await traffic.purchases(4, of: offers[0])
            orders += try await traffic.flow(customers: 3, senders: 1, of: offers[1]) {
                try await restart(marketplace, with: Self.both)
                #expect(try await dataKeys(of: marketplace).count == 1)
                let fault = ["HAAT_FAULT": "vault.rewrapped=kill"]
                try await expect(.killed(signal: SIGKILL), marketplace, "vault rotate --batch 3", Self.both, fault)
                let halfway = try await dataKeys(of: marketplace)
                #expect(halfway.count == 2 && halfway.allSatisfy { $0 > 0 }, "\(halfway)")
                await pause(.seconds(2))
                try await expect(.exited(0), marketplace, "vault rotate --batch 3", Self.both)
                try await restart(marketplace, with: Self.nextAlone)
                await pause(.seconds(2))
            }
            try await expectIntact(marketplace, paid: orders)
            let settled = try await dataKeys(of: marketplace)
            #expect(settled.count == 2 && settled.first == 0 && settled.last ?? 0 >= 9, "\(settled)")
            for command in ["vault verify", "audit verify", "vault status"] {
                try await expect(.exited(0), marketplace, command, Self.nextAlone)
            }
        }
    }

    @Test(
        "No purchase fails while data keys are replaced, killed and gone on with; then no key is sealed under an old one"
    )
    func replacement() async throws {
        try await Stage.shared.withMarketplace("replacement", startsWorker: true) { marketplace in
            let offers = try await offers(2, in: marketplace)
            let traffic = Traffic(in: marketplace)
            var orders = try await traffic.purchases(4, of: offers[0])
            orders += try await traffic.flow(customers: 3, senders: 1, of: offers[1]) {
                let (killed, said) = try await marketplace.runFurther(
                    "haat-worker vault replace --batch 20", settings: ["HAAT_FAULT": "vault.resealed=kill@3"])
                #expect(killed == .killed(signal: SIGKILL), "\(said)")
                let moment = try #require(said.firstMatch(of: /before (\S+)/)?.output.1)
                #expect(try await underRetired(marketplace) > 0)
                await pause(.seconds(1))
                try await expect(.exited(0), marketplace, "vault replace --batch 20 --before \(moment)")
                await pause(.seconds(1))
            }
            try await expectIntact(marketplace, paid: orders)
            #expect(try await underRetired(marketplace) == 0)
            for command in ["vault verify", "audit verify"] { try await expect(.exited(0), marketplace, command) }
        }
    }

    @Test(
        "A process without the key that the database needs ends with status 78 and one line, at the start or once it is told"
    )
    func wrongKey() async throws {
        try await Stage.shared.withMarketplace("wrong-key") { marketplace in
            _ = try await marketplace.shop.offer(keys: 1)
            let settings = Self.nextAlone.merging(["HAAT_API_PORT": "0", "HAAT_API_MANAGEMENT_PORT": "0"]) { $1 }
                .merging(["HAAT_WORKER_MANAGEMENT_PORT": "0"]) { $1 }
            for command in ["haat-api serve", "haat-worker run"] {
                let (ending, output) = try await marketplace.runFurther(command, settings: settings)
                #expect(
                    ending == .exited(78) && output.hasPrefix("HAAT_ENCRYPTION_KEY has the fingerprint "), "\(output)")
                #expect(output.split(separator: "\n").count == 1, "\(output)")
            }
            marketplace.postgresProxy.set(.refuse)
            async let late = marketplace.runFurther("haat-worker run", settings: settings)
            await pause(.seconds(8))
            marketplace.postgresProxy.set(.pass)
            let (ending, output) = try await late
            #expect(ending == .exited(78), "\(output)")
            #expect(
                output.split(separator: "\n").last?.hasPrefix("HAAT_ENCRYPTION_KEY has the fingerprint ") == true,
                "\(output)")
        }
    }

    private func offers(_ count: Int, in marketplace: Marketplace) async throws -> [Offer] {
        var offers: [Offer] = []
        for _ in 0..<count { offers.append(try await marketplace.shop.offer(keys: 1000)) }
        return offers
    }

    /// One after the other, as an operator does.
    private func restart(_ marketplace: Marketplace, with settings: [String: String]) async throws {
        for process in [marketplace.api, marketplace.worker] {
            try await process.restart(with: settings)
            await pause(.seconds(1))
        }
    }

    private func expect(
        _ ending: ProcessEnding, _ marketplace: Marketplace, _ command: String, _ settings: [String: String]...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let all = settings.reduce(into: [String: String]()) { all, own in all.merge(own) { $1 } }
        let (ended, output) = try await marketplace.runFurther("haat-worker \(command)", settings: all)
        #expect(ended == ending, "\(command): \(output)", sourceLocation: sourceLocation)
    }

    /// How many data keys each version of the encryption key has wrapped, the oldest version first.
    private func dataKeys(of marketplace: Marketplace) async throws -> [Int] {
        try await marketplace.look { database in
            try await database.queryValues(
                """
                SELECT (SELECT count(*) FROM data_keys WHERE wrapped_by = fingerprint) FROM key_versions ORDER BY version
                """, as: Int.self)
        }
    }

    private func underRetired(_ marketplace: Marketplace) async throws -> Int {
        try await marketplace.look { database in
            try await database.queryValue(
                """
                SELECT count(*) FROM licence_keys JOIN data_keys ON data_keys.id = data_key_id WHERE retired_at IS NOT NULL
                """, as: Int.self) ?? 0
        }
    }
}
