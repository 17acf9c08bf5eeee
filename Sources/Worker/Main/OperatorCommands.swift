import ArgumentParser
import Core
import Foundation
import Platform
import WorkerRuntime

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Prove the audit trail.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify every chain and every signed checkpoint.",
            discussion: "Names the first broken row and ends with status 1 where there is one.")

        mutating func run() async throws {
            try await succeeding { try await AuditCommands.verify(ProcessStart.environment) }
        }
    }
}

struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile", abstract: "Compare what is on record with what it should be.",
        subcommands: [Payments.self, Settlements.self, Stock.self], defaultSubcommand: Payments.self)

    struct Payments: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare a gateway's payments, refunds and disputes with ours and with the ledger.",
            discussion: "Records a job for what asking the gateway can mend. Ends with status 1 where anything differs."
        )

        @Option(help: "Such as stripe.") var gateway: String
        @Option(help: "A moment (2026-11-20T08:00:00Z) or a day in UTC. Default: two days before the end.")
        var from: Moment?
        @Option(help: "Likewise, exclusive. Default: ten minutes ago.") var to: Moment?

        mutating func run() async throws {
            let (gateway, start, end) = (gateway, from?.date, to?.date)
            try await succeeding {
                try await ReconciliationCommands.reconcile(
                    ProcessStart.environment, gateway: gateway, from: start, to: end)
            }
        }
    }

    struct Settlements: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read what gateways have paid out, book it, and compare it line by line with ours.",
            discussion: "What was read before is not read again. Ends with status 1 where anything differs.")

        @Option(help: "Such as stripe. Default: all that have settlements.") var gateway: String?
        @Option(help: "A moment (2026-11-20T08:00:00Z) or a day in UTC. Default: seven days ago.") var since: Moment?

        mutating func run() async throws {
            let (gateway, since) = (gateway, since?.date)
            try await succeeding {
                try await ReconciliationCommands.readSettlements(
                    ProcessStart.environment, gateway: gateway, since: since)
            }
        }
    }

    struct Stock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare stock with its reservations and movements.",
            discussion: """
                Where reserved units are not those that reservations hold, they are made so by a movement. Ends with status 1 where \
                anything differed.
                """)

        mutating func run() async throws {
            try await succeeding { try await ReconciliationCommands.reconcileStock(ProcessStart.environment) }
        }
    }
}

/// Status 1 where the body finds something wrong.
private func succeeding(_ body: @escaping @Sendable () async throws -> Bool) async throws {
    var isGood = false
    do {
        try await ProcessStart.run { isGood = try await body() }
    } catch let problem as Problem {
        throw ValidationError(problem.fields.first?.message ?? problem.detail ?? problem.title)
    }
    guard isGood else { throw ExitCode.failure }
}

extension Moment: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
