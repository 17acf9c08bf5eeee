package import Core
import Foundation
package import Identity
import NIOPosix
package import Postgres
import Synchronization
import Typesetting

/// Draws the label of a shipment's parcel when it is asked for: what stands on it is about a person, and is kept nowhere.
package struct DrawShipmentLabel: Sendable {
    /// Made with the first label: most processes draw none.
    private final class Press: Sendable {
        let typesetter = Mutex<Typesetter?>(nil)
    }

    private let postgres: PostgresClient
    private let titles: [CourierName: String]
    private let store = ShipmentStore()
    private let contents = ShipmentContents()
    private let press = Press()

    /// - Parameter titles: what people call couriers.
    package init(postgres: PostgresClient, titles: [CourierName: String]) {
        self.postgres = postgres
        self.titles = titles
    }

    /// The file, a PDF of four inches by six.
    /// - Parameter number: of the parcel, from 1.
    /// - Throws: `Problem`: 404, also for a parcel that is not there; 409 for a shipment that has come to an end; `TypesettingError`.
    package func callAsFunction(
        _ id: ID<Shipment>, parcel number: Int, by principal: Principal
    ) async throws -> [UInt8] {
        guard let shipment = try await store.shipment(id, visibleTo: principal.visibility, in: postgres) else {
            throw Problem.notFound("shipment")
        }
        guard !shipment.state.isFinished else { throw Problem.notToBeCalledOff(shipment) }
        guard let request = try await contents.request(for: shipment, in: postgres),
            (1...request.parcels.count).contains(number)
        else { throw Problem.notFound("parcel") }
        let label = ShipmentLabel(
            request: request, courier: titles[shipment.courier] ?? "Own delivery",
            trackingCode: shipment.names.trackingCode, createdAt: shipment.createdAt)
        return try await NIOThreadPool.singleton.runIfActive { [press] in
            let typesetter = try press.typesetter.withLock { known in
                if let known { return known }
                let made = try Typesetter()
                known = made
                return made
            }
            return try typesetter.pdf(of: label.publication(parcel: number))
        }
    }
}
