import FaultHarness
import Foundation
import Testing

/// The machinery and the marketplaces that cases share. What it started ends with the process.
actor Stage {
    static let shared = Stage()

    private var machinery: Task<Machinery, any Error>?
    private var marketplaces: [String: Task<Marketplace, any Error>] = [:]

    func machinery() async throws -> Machinery {
        let task = machinery ?? Task { try Machinery() }
        machinery = task
        return try await task.value
    }

    /// The marketplace of a suite, opened by its first case.
    ///
    /// - Parameter ownPostgres: for suites that ruin the server.
    func marketplace(_ name: String, ownPostgres: Bool = false) async throws -> Marketplace {
        let task =
            marketplaces[name]
            ?? Task {
                let machinery = try await machinery()
                let server = ownPostgres ? try await machinery.makePostgres(named: "postgres-\(name)") : nil
                return try await Marketplace.open(name, on: machinery, stores: Stores(postgres: server))
            }
        marketplaces[name] = task
        return try await task.value
    }

    /// A marketplace for one case alone, closed afterwards; without its worker, unless the case wants it.
    func withMarketplace(
        _ name: String, stores: Stores = Stores(), startsWorker: Bool = false, descriptors: Int? = nil,
        _ body: @escaping @Sendable (Marketplace) async throws -> Void
    ) async throws {
        let marketplace = try await Marketplace.open(
            name, on: machinery(), stores: stores, startsWorker: startsWorker, descriptors: descriptors)
        do {
            try await marketplace.whileAlive(body)
        } catch {
            try await marketplace.close()
            throw error
        }
        try await marketplace.close()
    }
}

/// Fails the test with every violation, once the marketplace has come to rest.
func expectIntact(
    _ marketplace: Marketplace, paid orders: [PlacedOrder] = [], sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let violations = try await Invariants(of: marketplace).violations(paid: orders)
    for violation in violations { Issue.record("\(violation)", sourceLocation: sourceLocation) }
}
