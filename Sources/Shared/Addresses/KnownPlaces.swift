package import Core
package import Foundation
package import Postgres
package import Registrations
import Synchronization

/// The regions and post codes of the countries, a minute old at most: they change with laws. A process has one.
package final class KnownPlaces: Sendable {
    package struct Places: Sendable {
        package let regions: Regions
        package let zones: PostalZones
        fileprivate let readAt: Date
    }

    private static let maximumAge: TimeInterval = 60

    private let store = RegionStore()
    private let clock: any WallClock
    private let places = Mutex<[Market: Places]>([:])

    package init(clock: some WallClock) { self.clock = clock }

    package func places(of market: Market, in executor: some PostgresExecutor) async throws(PostgresError) -> Places {
        let now = clock.now
        if let known = places.withLock({ $0[market] }),
            (0..<Self.maximumAge).contains(now.timeIntervalSince(known.readAt))
        {
            return known
        }
        let read = Places(
            regions: try await store.regions(of: market, in: executor),
            zones: try await store.zones(of: market, in: executor), readAt: now)
        places.withLock { $0[market] = read }
        return read
    }
}
