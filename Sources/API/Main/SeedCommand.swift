import APIServer
import ArgumentParser
import Foundation
import Platform
import Seeding
import Values

struct Seed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fill an empty database with a made-up marketplace.",
        discussion: """
            All of it is one transaction of the login that owns the tables. The same sizes, seed and day make the same rows.
            """)

    @Option(help: "How many vendors.") var vendors = 20
    @Option(help: "How many products; each has three variants on average.") var products = 1_000
    @Option(help: "How many customers with an account.") var customers = 500
    @Option(help: "How many orders, within a year.") var orders = 2_000
    @Option(help: "What all of it is drawn from.") var seed: UInt64 = 1
    @Option(help: "The day before which all has happened, such as 2026-11-30; today in UTC by default.") var until:
        String?
    @Flag(help: "Add to a marketplace that has vendors.") var add = false

    mutating func run() async throws {
        let day =
            try until.map { text in
                guard let day = CivilDate(iso8601: text) else { throw ValidationError("--until must be a day") }
                return day
            } ?? CivilDate(daysSinceEpoch: Int(Date().timeIntervalSince1970 / 86_400))
        let isAdding = add
        let plan: SeedPlan
        do {
            plan = try SeedPlan(
                vendors: vendors, products: products, customers: customers, orders: orders, seed: seed, until: day)
        } catch {
            throw ValidationError(error.description)
        }
        try await ProcessStart.run {
            try await APIProcess.seed(reader: ProcessStart.environment, plan, adding: isAdding)
        }
    }
}
