import Core
import Foundation
import Payments

/// An order as Shiprocket tells of it, with its one shipment.
struct ShiprocketOrder: Sendable, Hashable {
    let id: ShiprocketOrderID
    let shipment: ShiprocketShipmentID?
    /// Ours; the answer to its creation does not say it.
    let reference: String?
    let status: ShiprocketOrderStatus
    /// One of before, which was cancelled, does not count.
    let awb: ShiprocketAWB?
    let serviceName: String?
    let expectedAt: Date?

    /// The answer to a creation. A repeated one is answered with the order there is, so that its status counts.
    init(created answer: ProviderObject) throws(MalformedEvent) {
        id = try answer.shiprocketID("order_id")
        let shipment: ShiprocketShipmentID = try answer.shiprocketID("shipment_id")
        self.shipment = shipment
        reference = nil
        status = try Self.status(of: answer)
        awb = status.isBeforeAWB ? nil : answer.awb("awb_code")
        serviceName = answer.words("courier_name", limit: 100)
        expectedAt = nil
    }

    /// A row of a list, whose shipments are an array, or an order by itself, whose shipments are an object.
    init(_ row: ProviderObject) throws(MalformedEvent) {
        id = try row.shiprocketID("id")
        reference = row.loose("channel_order_id")
        status = try Self.status(of: row)
        let parcel = try Self.parcel(of: row)
        let number: ShiprocketShipmentID? = try parcel.map { parcel throws(MalformedEvent) in
            try parcel.shiprocketID("id")
        }
        shipment = number
        awb = status.isBeforeAWB ? nil : parcel?.awb("awb")
        serviceName = parcel?.words("courier", limit: 100)
        expectedAt = parcel?.time("etd")
    }

    private static func parcel(of row: ProviderObject) throws(MalformedEvent) -> ProviderObject? {
        if let single = try row.optionalObject("shipments") {
            return single.json.members?.isEmpty == false ? single : nil
        }
        return try row.optionalObjects("shipments").first
    }

    private static func status(of object: ProviderObject) throws(MalformedEvent) -> ShiprocketOrderStatus {
        if let id = object.looseNumber("status_code") { return ShiprocketOrderStatus(id: id) }
        guard let status = object.loose("status").flatMap(ShiprocketStatusTable.orderStatus) else {
            throw MalformedEvent("\(object.path).status_code is missing")
        }
        return status
    }

    var names: CourierNames { CourierNames(order: id, shipment: shipment, awb: awb) }

    /// What it is to whoever asked for it.
    /// - Throws: ``CourierError/referenceSpent(_:)`` for what is cancelled.
    func booking() throws(CourierError) -> CourierBooking {
        if status.isCancelled { throw .referenceSpent("order \(id) is cancelled at Shiprocket") }
        if status.isBeingCancelled {
            throw .unavailable("order \(id) is being cancelled at Shiprocket, and not yet")
        }
        guard shipment != nil else { throw .integrity("order \(id) has no shipment") }
        return CourierBooking(names: names, state: awb == nil ? .created : .awbAssigned, serviceName: serviceName)
    }
}
