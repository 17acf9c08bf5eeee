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

    @Argument(help: "How many rounds, each of about half a minute.") var rounds = 10
    @Option(help: "Plans the faults; printed at the start where it is not given.") var seed: UInt64?

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("rounds: at least 1, not \(rounds)") }
    }

    mutating func run() async throws {
        let seed = seed ?? UInt64.random(in: 0...999_999)
        print("seed \(seed); replay with: ./haat chaos \(rounds) --seed \(seed)")
        let machinery = try Machinery()
        let postgres = try await machinery.makePostgres(named: "postgres")
        let marketplace = try await Marketplace.open("chaos", on: machinery, stores: Stores(postgres: postgres))
        var random = SeededRandom(seed: seed)
        var failures: [Int] = []
        for number in 1...rounds {
            let plan = ChaosPlan.draw(using: &random)
            let report = await ChaosRound(number: number, plan: plan, marketplace: marketplace).run()
            print(report.text)
            if !report.isGood { failures.append(number) }
        }
        try await marketplace.close()
        try await machinery.http.close()
        guard failures.isEmpty else {
            machinery.reaper.keep(machinery.programs.directory)
            print("logs and data are kept in \(machinery.programs.directory.path)")
            print(
                "BROKEN in \(failures.count) of \(rounds) rounds (\(failures.map(String.init).joined(separator: ", "))); seed \(seed)"
            )
            throw ExitCode.failure
        }
        print("\(rounds) rounds: nothing lost, nothing doubled")
    }
}
