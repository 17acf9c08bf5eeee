import ArgumentParser
import FaultHarness
import Foundation

/// The long form of the fault suite: round after round of random faults under load, each ending with the invariants.
@main
struct HaatChaos: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "haat-chaos",
        abstract: "Ruin a marketplace at random, under load, and check that nothing was lost or doubled.",
        discussion: "The same seed plans the same faults at the same moments.")

    @Argument(help: "How many rounds, each of about half a minute; with --failover, of each kind.") var rounds = 10
    @Option(help: "Plans the faults; printed at the start where it is not given.") var seed: UInt64?
    @Flag(help: "Fail PostgreSQL and Redis over to their replicas instead: each alone, and both at once.")
    var failover = false

    @Option(help: "With --failover: orders per second.") var rate = 50

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("rounds: at least 1, not \(rounds)") }
        guard rate > 0 else { throw ValidationError("--rate: at least 1, not \(rate)") }
    }

    mutating func run() async throws {
        let seed = seed ?? UInt64.random(in: 0...999_999)
        let plan = failover ? "--failover --rate \(rate) " : ""
        tell("seed \(seed); replay with: ./haat chaos \(plan)\(rounds) --seed \(seed)")
        let machinery = try Machinery()
        machinery.reaper.keep(machinery.programs.directory)
        let random = SeededRandom(seed: seed)
        let reports = failover ? try await failOver(machinery, random) : try await ruin(machinery, random)
        try await machinery.http.close()
        let failures = reports.filter { !$0.isGood }.map { String($0.number) }
        guard failures.isEmpty else {
            print("logs and data are kept in \(machinery.programs.directory.path)")
            print(
                "BROKEN in \(failures.count) of \(reports.count) rounds (\(failures.joined(separator: ", "))); seed \(seed)"
            )
            throw ExitCode.failure
        }
        if machinery.programs.ownsDirectory { machinery.reaper.remove(machinery.programs.directory) }
        print("\(reports.count) rounds: nothing lost, nothing doubled")
    }

    /// At once, also into a file.
    private func tell(_ text: String) {
        print(text)
        fflush(nil)
    }

    private func ruin(_ machinery: Machinery, _ source: SeededRandom) async throws -> [RoundReport] {
        let postgres = try await machinery.makePostgres(named: "postgres")
        let marketplace = try await Marketplace.open("chaos", on: machinery, stores: Stores(postgres: postgres))
        var random = source
        var reports: [RoundReport] = []
        for number in 1...rounds {
            let plan = ChaosPlan.draw(using: &random)
            reports.append(await ChaosRound(number: number, plan: plan, marketplace: marketplace).run())
            tell(reports.last?.text ?? "")
        }
        try await marketplace.close()
        return reports
    }

    private func failOver(_ machinery: Machinery, _ source: SeededRandom) async throws -> [RoundReport] {
        var random = source
        let plans = FailoverPlan.draw(rounds: rounds, using: &random)
        let stage = try await FailoverStage.open(on: machinery)
        var reports: [RoundReport] = []
        for (index, plan) in plans.enumerated() {
            reports.append(
                await FailoverRound(number: index + 1, plan: plan, ordersPerSecond: rate, stage: stage).run())
            tell(reports.last?.text ?? "")
        }
        try await stage.marketplace.stop()
        return reports
    }
}
