package import Addresses
package import Core
import Foundation
package import Postgres
import Registrations
package import Shipping
import Values

/// Finds out where an address lies that was typed in a form of no country in particular.
package struct OrderDestinations: Sendable {
    private let known: KnownPlaces
    private let clock: any WallClock

    package init(known: KnownPlaces, clock: some WallClock) {
        self.known = known
        self.clock = clock
    }

    /// nil where nothing is shipped. A region that is not known by its name or code is left open.
    func destination(
        of new: NewOrder, in executor: some PostgresExecutor
    ) async throws(PostgresError)
        -> ShippingDestination?
    {
        if let known = new.destination { return known }
        guard let address = new.shippingAddress else { return nil }
        return try await destination(of: address, in: executor)
    }

    /// Where an address lies.
    package func destination(
        of address: ShippingAddress, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> ShippingDestination {
        let digits = address.postalCode.map { $0.utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
        let code = digits.flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
        guard let market = Market(rawValue: address.country), let typed = address.region, !typed.isEmpty else {
            return ShippingDestination(country: address.country, postalCode: code)
        }
        let all = try await known.places(of: market, in: executor).regions
        let day = CivilDate(clock.now, in: market)
        let kinds: [Region.Kind] = [.state, .district, .division]
        let region = kinds.lazy.compactMap { all.region(typed, $0, on: day) }.first
        let codes = region.map { [$0.code] + ($0.parent.map { [$0] } ?? []) }
        return ShippingDestination(country: address.country, regions: codes ?? [], postalCode: code)
    }
}
