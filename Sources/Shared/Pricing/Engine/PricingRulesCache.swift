package import Core
package import Foundation
import NIOConcurrencyHelpers
package import Postgres

/// The rules that a process prices by, some seconds old at most: what has changed since then counts from then on.
package final class PricingRulesCache: Sendable {
    private struct State {
        var rules: PricingRules?
        var readAt = Date.distantPast
        var isBeingRead = false
    }

    private let clock: any WallClock
    private let maximumAge: TimeInterval
    private let state = NIOLockedValueBox(State())
    private let settings = PricingSettingsStore()
    private let taxes = TaxStore()
    private let promotions = PromotionStore()

    /// - Parameter maximumAge: in seconds; 0: they are read for every price.
    package init(clock: some WallClock, maximumAge: TimeInterval = 5) {
        self.clock = clock
        self.maximumAge = maximumAge
    }

    /// - Parameter promotions: that have to be among them, such as those behind the codes that were shown; or they are read again.
    package func rules(
        knowing promotions: [ID<Promotion>] = [], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> PricingRules {
        let now = clock.now
        let kept: PricingRules? = state.withLockedValue { state in
            guard maximumAge > 0, let rules = state.rules, promotions.allSatisfy(rules.know) else { return nil }
            let age = now.timeIntervalSince(state.readAt)
            if (0..<maximumAge).contains(age) { return rules }
            // One caller reads them anew; meanwhile the others may go on with those that are there.
            guard state.isBeingRead, (0..<2 * maximumAge).contains(age) else {
                state.isBeingRead = true
                return nil
            }
            return rules
        }
        if let kept { return kept }
        do throws(PostgresError) {
            let rules = try await read(at: now, in: executor)
            state.withLockedValue { $0 = State(rules: rules, readAt: now) }
            return rules
        } catch {
            state.withLockedValue { $0.isBeingRead = false }
            throw error
        }
    }

    /// Reads them for whoever asks next.
    package func drop() { state.withLockedValue { $0 = State() } }

    private func read(at time: Date, in executor: some PostgresExecutor) async throws(PostgresError) -> PricingRules {
        let inForce = try await promotions.inForce(at: time, in: executor)
        return PricingRules(
            settings: try await settings.settings(in: executor),
            jurisdictions: try await taxes.jurisdictions(in: executor), rates: try await taxes.rates(in: executor),
            promotions: inForce.map(\.promotion),
            usage: Dictionary(inForce.map { ($0.promotion.id, $0.usage) }, uniquingKeysWith: { $1 }))
    }
}
