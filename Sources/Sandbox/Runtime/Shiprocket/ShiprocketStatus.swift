/// The provider's two id spaces. One number means different things in each: in transit is 20 as an order, 18 as a
/// shipment.
enum ShiprocketStatus {
    /// Shipments: webhooks' `shipment_status_id`, scans' `sr-status`, tracking's `shipment_status`.
    static let shipment: [Int: String] = [
        0: "New", 1: "AWB Assigned", 2: "Label Generated", 3: "Pickup Scheduled", 4: "Pickup Queued",
        5: "Manifest Generated", 6: "Shipped", 7: "Delivered", 8: "Cancelled", 9: "RTO Initiated",
        10: "RTO Delivered", 11: "Pending", 12: "Lost", 13: "Pickup Error", 14: "RTO Acknowledged",
        15: "Pickup Rescheduled", 16: "Cancellation Requested", 17: "Out For Delivery", 18: "In Transit",
        19: "Out For Pickup", 20: "Pickup Exception", 21: "Undelivered", 22: "Delayed", 23: "Partial Delivered",
        24: "Destroyed", 25: "Damaged", 26: "Fulfilled", 27: "Pickup Booked", 38: "Reached at Destination Hub",
        39: "Misrouted", 40: "RTO NDR", 41: "RTO OFD", 42: "Picked Up", 43: "Self Fulfilled", 44: "Disposed Off",
        45: "Cancelled Before Dispatched", 46: "RTO In Transit", 47: "QC Failed", 48: "Reached Warehouse",
        49: "Custom Cleared", 50: "In Flight", 51: "Handover to Courier", 52: "Shipment Booked",
        54: "In Transit Overseas", 55: "Connection Aligned", 56: "Reached Overseas Warehouse",
        57: "Custom Cleared Overseas", 59: "Box Packing", 60: "FC Allocated", 61: "Picklist Generated",
        62: "Ready to Pack", 63: "Packed", 67: "FC Manifest Generated", 68: "Processed at Warehouse",
        71: "Handover Exception", 72: "Packed Exception", 75: "RTO Lock", 76: "Untraceable",
        77: "Issue Related to the Recipient", 78: "Reached Back at Seller City",
    ]

    /// Orders: `orders.status_code` and webhooks' `current_status_id`.
    static let order: [Int: String] = [
        1: "New", 2: "Invoiced", 3: "Ready To Ship", 4: "Pickup Scheduled", 5: "Canceled", 6: "Shipped",
        7: "Delivered", 8: "ePayment Failed", 9: "Returned", 10: "Unmapped", 11: "Unfulfillable", 12: "Pickup Queue",
        13: "Pickup Rescheduled", 14: "Pickup Error", 15: "RTO Initiated", 16: "RTO Delivered",
        17: "RTO Acknowledged", 18: "Cancellation Requested", 19: "Out for Delivery", 20: "In Transit",
        21: "Return Pending", 22: "Return Initiated", 23: "Return Pickup Queued", 24: "Return Pickup Error",
        25: "Return In Transit", 26: "Return Delivered", 27: "Return Cancelled", 28: "Return Pickup Generated",
        29: "Return Cancellation Requested", 30: "Return Pickup Cancelled", 31: "Return Pickup Rescheduled",
        32: "Return Picked Up", 33: "Lost", 34: "Out For Pickup", 35: "Pickup Exception", 36: "Undelivered",
        37: "Delivery Delayed", 38: "Partial Delivered", 39: "Destroyed", 40: "Damaged", 41: "Fulfilled",
        42: "Archived", 43: "Reached Destination Hub", 44: "Misrouted", 45: "RTO OFD", 46: "RTO NDR",
        47: "Return Out For Pickup", 48: "Return Out For Delivery", 49: "Return Pickup Exception",
        50: "Return Undelivered", 51: "Picked Up", 52: "Self Fulfilled", 53: "Disposed Off",
        54: "Canceled before Dispatched", 55: "RTO In-Transit", 57: "QC Failed", 58: "Reached Warehouse",
        59: "Custom Cleared", 60: "In Flight", 61: "Handover to Courier", 62: "Booked", 64: "In Transit Overseas",
        65: "Connection Aligned", 66: "Reached Overseas Warehouse", 67: "Custom Cleared Overseas",
        68: "Return Acknowledged", 69: "Box Packing", 70: "Pickup Booked", 71: "Darkstore Scheduled",
        72: "Allocation in Progress", 73: "FC Allocated", 74: "Picklist Generated", 75: "Ready to Pack", 76: "Packed",
        80: "FC Manifest Generated", 81: "Processed at Warehouse", 82: "Packed Exception", 83: "Handover Exception",
        87: "RTO_LOCK", 88: "UNTRACEABLE", 89: "ISSUE_RELATED_TO_THE_RECIPIENT", 90: "REACHED_BACK_AT_SELLER_CITY",
    ]

    static func shipmentName(_ id: Int) -> String { shipment[id] ?? "Status \(id)" }
    static func orderName(_ id: Int) -> String { order[id] ?? "Status \(id)" }

    /// The order status that goes with a shipment status. Where the tables share a name that is it; the rest is
    /// UNCONFIRMED. Unknown shipment statuses leave the order in transit.
    static func order(for shipment: Int, isReturn: Bool) -> Int {
        isReturn ? returns[shipment] ?? 25 : forward[shipment] ?? 20
    }

    private static let forward: [Int: Int] = [
        0: 1, 1: 3, 2: 3, 3: 4, 4: 12, 5: 4, 6: 6, 7: 7, 8: 5, 9: 15, 10: 16, 12: 33, 13: 14, 14: 17, 15: 13, 16: 18,
        17: 19, 18: 20, 19: 34, 20: 35, 21: 36, 22: 37, 23: 38, 24: 39, 25: 40, 26: 41, 27: 70, 38: 43, 39: 44, 40: 46,
        41: 45, 42: 51, 43: 52, 44: 53, 45: 54, 46: 55, 47: 57, 48: 58, 49: 59, 50: 60, 51: 61, 52: 62, 54: 64, 55: 65,
        56: 66, 57: 67, 59: 69, 60: 73, 61: 74, 62: 75, 63: 76, 67: 80, 68: 81, 71: 83, 72: 82, 75: 87, 76: 88, 77: 89,
        78: 90,
    ]

    private static let returns: [Int: Int] = [
        0: 21, 1: 22, 3: 28, 4: 23, 6: 25, 7: 26, 8: 27, 10: 26, 12: 33, 13: 24, 14: 68, 15: 31, 16: 29, 17: 48, 18: 25,
        19: 47, 20: 49, 21: 50, 42: 32, 47: 57,
    ]

    /// Statuses after which a shipment moves no more.
    static let final: Set<Int> = [7, 8, 10, 12, 24, 44, 45]
    /// From here on a courier has the parcel: it can't be reassigned or cancelled for nothing.
    static func isUnderWay(_ status: Int) -> Bool {
        ![0, 1, 2, 3, 4, 5, 11, 13, 15, 16, 19, 20, 27, 52].contains(status)
    }
    /// Statuses that a courier's scan never carries.
    static let silent: Set<Int> = [0, 2, 16]
}

/// How a parcel travels by itself, as shipment statuses.
enum ShiprocketScript: String, CaseIterable, Sendable, Codable {
    case byHand = "by_hand"
    case delivered, undelivered, rto, lost

    func steps(isReturn: Bool) -> [Int] {
        if isReturn, self != .byHand { return [19, 42, 18, 17, 7] }
        return switch self {
        case .byHand: []
        case .delivered: [5, 19, 42, 6, 18, 38, 17, 7]
        case .undelivered: [5, 19, 42, 6, 18, 38, 17, 21, 17, 7]
        case .rto: [5, 19, 42, 6, 18, 38, 17, 21, 17, 21, 9, 46, 41, 10]
        case .lost: [5, 19, 42, 6, 18, 76, 12]
        }
    }
}
