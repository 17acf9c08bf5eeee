import Core
import Payments

/// A number of Shiprocket's. What it numbers is part of its type: an order and its shipment have each their own, and to send one where
/// the other belongs changes somebody else's parcel.
struct ShiprocketID<Subject>: Sendable, Hashable, CustomStringConvertible {
    let number: Int64

    /// nil for what is no positive number.
    init?(_ text: String) {
        guard let number = Int64(text), number > 0 else { return nil }
        self.number = number
    }

    var description: String { "\(number)" }

    var json: JSONValue { .integer(number) }
}

/// What a parcel is at Shiprocket, beside the order that it belongs to.
enum ShiprocketShipment {}

/// Orders' ids: `order_id` of answers, `sr_order_id` of pushes.
typealias ShiprocketOrderID = ShiprocketID<ShiprocketOrder>
/// Shipments' ids: `shipment_id`.
typealias ShiprocketShipmentID = ShiprocketID<ShiprocketShipment>

/// What a parcel's courier calls it: letters, digits and hyphens, so that it can stand in a path as it is.
struct ShiprocketAWB: Sendable, Hashable, CustomStringConvertible {
    let text: String

    init?(_ text: String) {
        let isPart: (UInt8) -> Bool = { $0 == UInt8(ascii: "-") || ProviderObject.isPartOfID($0) }
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy(isPart) else { return nil }
        self.text = text
    }

    var description: String { text }
}

extension CourierNames {
    init(order: ShiprocketOrderID?, shipment: ShiprocketShipmentID?, awb: ShiprocketAWB?) {
        self.init(
            order: order?.description, consignment: shipment?.description, trackingCode: awb?.description)
    }
}

extension BookedShipment {
    func shiprocketOrder() throws(CourierError) -> ShiprocketOrderID {
        guard let id = names.order.flatMap({ ShiprocketOrderID($0) }) else {
            throw .refused(code: nil, message: "\(reference) is no order at Shiprocket yet")
        }
        return id
    }

    func shiprocketShipment() throws(CourierError) -> ShiprocketShipmentID {
        guard let id = names.consignment.flatMap({ ShiprocketShipmentID($0) }) else {
            throw .refused(code: nil, message: "\(reference) is no shipment at Shiprocket yet")
        }
        return id
    }

    func shiprocketAWB() throws(CourierError) -> ShiprocketAWB {
        guard let awb = names.trackingCode.flatMap({ ShiprocketAWB($0) }) else {
            throw .refused(code: nil, message: "\(reference) has no AWB yet")
        }
        return awb
    }
}
