import Core

/// A status of a shipment: `shipment_status_id` of pushes, `sr-status` of scans, `shipment_status` of tracking. Orders have other
/// numbers for the same things (``ShiprocketOrderStatus``): what is in transit is 18 here and 20 there.
struct ShiprocketShipmentStatus: Sendable, Hashable {
    let id: Int64

    /// nil for a number that nobody has told us of.
    var name: String? { ShiprocketStatusTable.shipments.rows[id]?.name }

    /// What it says of a parcel.
    /// - Parameter isReturn: whether the parcel is what a customer sends back.
    func meaning(isReturn: Bool) -> CourierReport.Status {
        guard let row = ShiprocketStatusTable.shipments.rows[id] else { return .unknown }
        return isReturn ? row.meaning.onTheWayBack : row.meaning
    }
}

/// A status of an order: `status_code` of orders, `current_status_id` of pushes.
struct ShiprocketOrderStatus: Sendable, Hashable {
    static let new = ShiprocketOrderStatus(id: 1)
    static let cancelled = ShiprocketOrderStatus(id: 5)

    private static let ended: Set<Int64> = [5, 27, 30, 54]
    private static let ending: Set<Int64> = [18, 29]
    private static let beforeAWB: Set<Int64> = [1, 2, 10, 11, 21, 72]
    private static let ofReturns: Set<Int64> = [
        21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 47, 48, 49, 50, 57, 68,
    ]

    let id: Int64

    var name: String? { ShiprocketStatusTable.orders.rows[id]?.name }

    /// Nothing is carried under it any more, and its reference can't be used again.
    var isCancelled: Bool { Self.ended.contains(id) }
    /// Whether it will be can't be said yet.
    var isBeingCancelled: Bool { Self.ending.contains(id) }
    /// An AWB that it still shows is one of before, which was cancelled.
    var isBeforeAWB: Bool { Self.beforeAWB.contains(id) }
    /// Shiprocket is giving it an AWB and has not ended yet.
    var isBeingAssigned: Bool { id == 72 }
    /// It is what a customer sends back.
    var isReturn: Bool { Self.ofReturns.contains(id) }

    var meaning: CourierReport.Status { ShiprocketStatusTable.orders.rows[id]?.meaning ?? .unknown }
}

extension CourierReport.Status {
    /// The same said of a parcel that goes back to the vendor: to be delivered is to be back there.
    fileprivate var onTheWayBack: CourierReport.Status {
        guard case .known(let state) = self else { return self }
        switch state {
        case .delivered, .partiallyDelivered: return .known(.returned)
        case .damaged, .lost: return self
        // What was delivered stays with the customer.
        case .cancelled, .rtoInitiated, .rtoDelivered: return .news
        case .pending, .created, .awbAssigned, .pickupScheduled, .pickedUp, .inTransit, .outForDelivery, .undelivered,
            .held, .returnInitiated, .returned:
            return .known(.returnInitiated)
        }
    }
}

/// What the numbers of one of the two spaces mean.
struct ShiprocketStatusTable: Sendable {
    struct Row: Sendable, Hashable {
        let name: String
        let meaning: CourierReport.Status
    }

    let rows: [Int64: Row]

    /// - Parameter groups: names by number, for each thing that they mean.
    init(_ groups: [(meaning: CourierReport.Status, names: [Int64: String])]) {
        rows = groups.reduce(into: [:]) { rows, group in
            for (id, name) in group.names { rows[id] = Row(name: name, meaning: group.meaning) }
        }
    }

    /// By the words of both spaces, where there is no number.
    private static let byName: [UTF8Text: CourierReport.Status] = {
        var meanings: [UTF8Text: CourierReport.Status] = ["CANCELLED": .known(.cancelled)]
        for row in Array(orders.rows.values) + Array(shipments.rows.values) { meanings[key(row.name)] = row.meaning }
        return meanings
    }()

    private static let orderIDs: [UTF8Text: Int64] = {
        var ids: [UTF8Text: Int64] = ["CANCELLED": ShiprocketOrderStatus.cancelled.id]
        for (id, row) in orders.rows { ids[key(row.name)] = id }
        return ids
    }()

    /// What a status that comes without a number means. Only whole names count: part of a courier's sentence proves nothing.
    static func meaning(of text: String, isReturn: Bool) -> CourierReport.Status {
        guard let meaning = byName[key(text)] else { return .unknown }
        return isReturn ? meaning.onTheWayBack : meaning
    }

    static func orderStatus(named text: String) -> ShiprocketOrderStatus? {
        orderIDs[key(text)].map { ShiprocketOrderStatus(id: $0) }
    }

    /// "RTO In-Transit" and "RTO_IN_TRANSIT" are one name.
    private static func key(_ name: String) -> UTF8Text {
        let words = name.utf8.prefix(100).map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte & 0xDF
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: 0x20
            }
        }.split(separator: 0x20)
        return UTF8Text(words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " "))
    }
}
