import ArgumentParser
import Core
import Foundation
import Payments
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
        subcommands: [
            Gateways.self, Payments.self, Refunds.self, Disputes.self, Events.self, Settlements.self, Stock.self,
            Keys.self,
        ], defaultSubcommand: Gateways.self)

    /// Of which gateway, and of which time.
    struct Scope: ParsableArguments {
        @Option(help: "Such as stripe. Default: all that are switched on, one after the other.") var gateway: String?
        @Option(
            name: [.customLong("since"), .customLong("from")],
            help: "A moment (2026-11-20T08:00:00Z) or a day in UTC. Default: two days before the end.")
        var since: Moment?
        @Option(help: "Likewise, exclusive. Default: ten minutes ago.") var to: Moment?

        func reconcile(_ parts: Set<ReconciliationPart>) async throws {
            let (gateway, start, end) = (gateway, since?.date, to?.date)
            try await succeeding {
                try await ReconciliationCommands.reconcile(
                    ProcessStart.environment, parts, gateway: gateway, from: start, to: end)
            }
        }
    }

    private static let discussion =
        "Records a job for what asking the gateway can mend. Ends with status 1 where anything differs."

    struct Gateways: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare all that gateways have on record with ours and with the ledger.",
            discussion: discussion)

        @OptionGroup var scope: Scope

        mutating func run() async throws { try await scope.reconcile(ReconciliationPart.all) }
    }

    struct Payments: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare payments, those that are open past their time included, and their bookings.",
            discussion: discussion)

        @OptionGroup var scope: Scope

        mutating func run() async throws { try await scope.reconcile([.payments]) }
    }

    struct Refunds: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare refunds, those that a bank may have sent back weeks later included.",
            discussion: discussion)

        @OptionGroup var scope: Scope

        mutating func run() async throws { try await scope.reconcile([.refunds]) }
    }

    struct Disputes: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare disputes, and what the gateway's balance has for them.", discussion: discussion)

        @OptionGroup var scope: Scope

        mutating func run() async throws { try await scope.reconcile([.disputes]) }
    }

    struct Events: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Find what gateways have pushed and never arrived.", discussion: discussion)

        @OptionGroup var scope: Scope

        mutating func run() async throws { try await scope.reconcile([.events]) }
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

    struct Keys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare pools of licence keys with the stock that is sold from them.",
            discussion: """
                Where what is for sale is not what a pool has, it is made so by a movement. Ends with status 1 where anything differed.
                """)

        mutating func run() async throws {
            try await succeeding { try await ReconciliationCommands.reconcileKeys(ProcessStart.environment) }
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
