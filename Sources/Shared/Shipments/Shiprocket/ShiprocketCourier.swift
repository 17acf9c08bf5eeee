import Core
import Foundation
import Outbound
package import Payments

/// Shiprocket's API as a courier.
package struct ShiprocketCourier: Courier {
    package let name: CourierName

    package let lacking: [CourierCapability: String] = [
        .requestReturn: "Shiprocket brings a parcel back in answer to a delivery that failed, not from its way",
        .listRemittances: "Shiprocket tells what it has paid out in its panel alone",
    ]

    let client: ShiprocketClient
    let pickups: ShiprocketPickups
    let settings: ShiprocketProvider
    let timing: OutboundTiming

    init(_ settings: ShiprocketProvider, in context: CourierContext) {
        name = context.name
        self.settings = settings
        client = ShiprocketClient(settings, in: context)
        pickups = ShiprocketPickups(client: client, settings: settings)
        timing = context.timing
    }

    package func objection(to request: ShipmentRequest) -> String? { ShiprocketOrderForm.objection(to: request) }

    /// A reference that Shiprocket has is answered with the order there is, a cancelled one as well.
    package func create(_ request: ShipmentRequest) async throws(CourierError) -> CourierBooking {
        let form = try ShiprocketOrderForm(request)
        guard let location = request.sender.location else {
            return try await create(request, form.order(fetchedAt: settings.pickupLocation))
        }
        let order = form.order(fetchedAt: ShiprocketOrderForm.nickname(of: location))
        do throws(CourierError) {
            return try await create(request, order)
        } catch .refused(ShiprocketRefusal.Code.wrongPickupLocation, _) {
            // Nothing was created: the place is made known, and the order is asked for once more.
            try await pickups.add(location)
            return try await create(request, order)
        }
    }

    private func create(
        _ request: ShipmentRequest, _ order: JSONValue
    ) async throws(CourierError) -> CourierBooking {
        try await booked(request) { () async throws(CourierError) in
            let answer = try await client.post("orders.create", "/orders/create/adhoc", order, about: request.id)
            return try CourierError.reading { () throws(MalformedEvent) in try ShiprocketOrder(created: answer) }
        }
    }

    /// Asks for an order, and looks for it where the answer leaves open whether there is one.
    func booked(
        _ request: ShipmentRequest, _ ask: () async throws(CourierError) -> ShiprocketOrder
    ) async throws(CourierError) -> CourierBooking {
        let refusal: CourierError
        do throws(CourierError) {
            return try await ask().booking()
        } catch .refused(ShiprocketRefusal.Code.duplicateOrder, let message) {
            refusal = .unknown("Shiprocket has \(request.reference) and does not show it: \(message)")
        } catch .refused(ShiprocketRefusal.Code.wrongType, let message) {
            // Its programs may have stumbled after the order was there.
            refusal = .refused(code: ShiprocketRefusal.Code.wrongType, message: message)
        }
        if let found = try await find(request.reference, of: request) { return found }
        throw refusal
    }

    package func find(
        _ reference: String, of request: ShipmentRequest
    ) async throws(CourierError) -> CourierBooking? {
        if let order = try await order(reference, in: "/orders", about: request.id) { return try order.booking() }
        // UNCONFIRMED: whether the list of orders has returns in it.
        return try await order(reference, in: "/orders/processing/return", about: request.id)?.booking()
    }

    /// The search is fuzzy: a reference finds every longer one, and AWBs.
    private func order(
        _ reference: String, in path: String, about shipment: ID<Shipment>
    ) async throws(CourierError) -> ShiprocketOrder? {
        let rows = 100
        for page in 1...Self.mostPages {
            let list = try await client.get(
                "orders.find", "\(path)?search=\(reference)&per_page=\(rows)&page=\(page)", about: shipment)
            let orders = try CourierError.reading { () throws(MalformedEvent) in
                var found: [ShiprocketOrder] = []
                let all = try list.objects("data")
                for row in all where row.loose("channel_order_id") == reference {
                    found.append(try ShiprocketOrder(row))
                }
                return (found: found, isLast: try Self.isLast(page, of: list, rows: all.count < rows))
            }
            if let order = orders.found.first(where: { !$0.status.isCancelled }) ?? orders.found.first { return order }
            if orders.isLast { return nil }
        }
        throw .unknown("too many orders at Shiprocket are found by \(reference)")
    }

    private static let mostPages = 20

    /// - Parameter isShort: whether the page has fewer rows than it may have.
    static func isLast(
        _ page: Int, of list: ProviderObject, rows isShort: Bool
    ) throws(MalformedEvent) -> Bool {
        let pages = try list.optionalObject("meta")?.optionalObject("pagination")?.looseNumber("total_pages")
        return pages.map { page >= $0 } ?? isShort
    }

    /// The order as it is there; nil where there is none.
    func show(
        _ id: ShiprocketOrderID, about shipment: ID<Shipment>
    ) async throws(CourierError) -> ShiprocketOrder? {
        let answer: ProviderObject
        do throws(CourierError) {
            answer = try await client.get("orders.show", "/orders/show/\(id)", about: shipment)
        } catch .refused(ShiprocketRefusal.Code.notFound, _) {
            return nil
        }
        let order = try CourierError.reading { () throws(MalformedEvent) in
            try ShiprocketOrder(try answer.object("data"))
        }
        guard order.id == id else { throw .integrity("orders.show is of order \(order.id), not \(id)") }
        return order
    }

    /// The order says where it stands and what carries it; of what is carried, tracking knows the way.
    package func track(_ shipment: BookedShipment) async throws(CourierError) -> [CourierReport] {
        let id = try shipment.shiprocketOrder()
        guard let order = try await show(id, about: shipment.id) else {
            throw .refused(code: ShiprocketRefusal.Code.notFound, message: "order \(id) is not at Shiprocket")
        }
        if let awb = order.awb ?? shipment.names.trackingCode.flatMap({ ShiprocketAWB($0) }) {
            let way = try await way(of: awb, of: order, about: shipment.id)
            if !way.isEmpty { return way }
        }
        return [ShiprocketTracking.report(of: order)]
    }

    func way(
        of awb: ShiprocketAWB, of order: ShiprocketOrder, about shipment: ID<Shipment>
    ) async throws(CourierError) -> [CourierReport] {
        do throws(CourierError) {
            let answer = try await client.get("courier.track", "/courier/track/awb/\(awb)", about: shipment)
            return try CourierError.reading { () throws(MalformedEvent) in
                try ShiprocketTracking.reports(tracking: answer, of: order, awb: awb)
            }
        } catch .refused(ShiprocketRefusal.Code.notFound, _) {
            return []
        }
    }

    package func interpret(_ push: GatewayPush) throws(MalformedEvent) -> [CourierReport] {
        try ShiprocketTracking.reports(push: try ProviderObject(parsing: push.body, path: "push"))
    }
}
