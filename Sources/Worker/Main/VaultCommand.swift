import ArgumentParser
import Foundation
import Platform
import WorkerRuntime

struct VaultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vault", abstract: "Rotate the keys that encrypt secrets, and see how far that is.",
        subcommands: [Status.self, Verify.self, Rotate.self, Replace.self])

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The versions of the encryption key and how many data keys each has wrapped, one a line.")

        mutating func run() async throws {
            try await ProcessStart.run { try await VaultCommands.status(ProcessStart.environment) }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open every data key and the newest licence keys, and show none of them.",
            discussion: "Ends with status 1 at the first that can't be opened.")

        mutating func run() async throws {
            try await ProcessStart.run { try await VaultCommands.verify(ProcessStart.environment) }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Wrap all data keys with HAAT_ENCRYPTION_KEY.",
            discussion: """
                Every process has to know this key by now, as its own or as a retired one. Interrupted, it goes on where it was when it \
                is called again.
                """)

        @Option(help: "How many data keys one transaction wraps.") var batch = VaultCommands.rewrapBatch

        func validate() throws {
            guard VaultCommands.batches.contains(batch) else { throw VaultCommand.badBatch }
        }

        mutating func run() async throws {
            let batch = batch
            try await ProcessStart.run { try await VaultCommands.rotate(ProcessStart.environment, batch: batch) }
        }
    }

    struct Replace: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seal licence keys under new data keys, where somebody may have seen the old ones.",
            discussion: """
                Interrupted, it goes on when it is called again with the moment that it has printed.
                """)

        @Option(help: "Only this vendor's, such as ven_01j….") var vendor: String?
        @Option(help: "Data keys that were made before. A moment (2026-11-20T08:00:00Z) or a day in UTC. Default: now.")
        var before: Moment?
        @Option(help: "How many licence keys one transaction seals.") var batch = VaultCommands.resealBatch

        func validate() throws {
            guard VaultCommands.batches.contains(batch) else { throw VaultCommand.badBatch }
        }

        mutating func run() async throws {
            let (vendor, moment, batch) = (vendor, before?.date, batch)
            try await ProcessStart.run {
                try await VaultCommands.replace(
                    ProcessStart.environment, vendor: vendor, madeBefore: moment, batch: batch)
            }
        }
    }

    private static let badBatch = ValidationError(
        "--batch must be from \(VaultCommands.batches.lowerBound) to \(VaultCommands.batches.upperBound)")
}
