package import Catalog
package import Core
import Foundation
package import Jobs
import Postgres

/// Gives bought units other keys of the same pool, which are taken out of stock. The keys that they had never come back.
package struct ExchangeLicenceKeys: Sendable {
    private let store = SoldKeyStore()
    private let stock = StockStore()

    package init() {}

    /// The caller has locked the order.
    /// - Parameter keys: of one variant, each a buyer's or revoked.
    /// - Throws: a 409 `Problem` ("licence-keys-lacking") where nobody's keys are fewer, and ("key-not-replaceable") where one is not a
    ///   buyer's any more; `PostgresError`.
    package func callAsFunction(
        _ keys: [ID<LicenceKey>], of variant: ID<Variant>, _ closing: KeyClosing, in work: UnitOfWork
    ) async throws -> [ReplacedKey] {
        guard !keys.isEmpty else { return [] }
        guard let held = try await stock.hold([variant], in: work)[variant] else { throw Problem.notFound("variant") }
        guard held.level.free >= Int64(keys.count) else { throw Problem.licenceKeysLacking(left: held.level.free) }
        let units = try await store.close(keys, closing, in: work)
        guard units.count == keys.count else { throw Problem.keyNotReplaceable }
        let replaced = try await store.fill(units, from: variant, at: closing.at, in: work)
        guard replaced.count == units.count else { throw Problem.licenceKeysLacking(left: Int64(replaced.count)) }
        try work.publish([held.changed(by: -Int64(keys.count))])
        return replaced
    }
}

extension HeldStock {
    /// What is to be told of a change that the database makes with licence keys.
    func changed(by units: Int64) -> StockChange {
        StockChange(
            change.item, threshold: level.policy.lowStockThreshold, free: level.free, afterwards: level.free + units)
    }
}

extension Problem {
    /// The pool has not so many keys that are nobody's.
    package static func licenceKeysLacking(left: Int64) -> Problem {
        var problem = Problem.conflict(
            "licence-keys-lacking", title: "The pool lacks keys",
            detail: "\(max(left, 0)) keys of it are nobody's; import others first")
        problem.extensions = ["left": .integer(max(left, 0))]
        return problem
    }

    package static let keyNotReplaceable = Problem.conflict(
        "key-not-replaceable", title: "The key is nobody's",
        detail: "Only a key that a buyer has or had can be replaced")
}
