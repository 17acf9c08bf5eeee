import Core
import Foundation
import Testing

@testable import Shipments

@Suite("Shiprocket's statuses")
struct ShiprocketStatusTests {
    /// What each number of a space means, one a line: number, name, state or "news".
    private static func rows(_ text: String) -> [(id: Int64, name: String, meaning: CourierReport.Status)] {
        text.split(separator: "\n").map { line in
            let parts = line.split(separator: "|")
            let state = ShipmentState(rawValue: String(parts[2]))
            return (Int64(parts[0]) ?? -1, String(parts[1]), state.map { .known($0) } ?? .news)
        }
    }

    private static let shipments = rows(
        """
        0|New|created
        1|AWB Assigned|awb_assigned
        2|Label Generated|awb_assigned
        3|Pickup Scheduled|pickup_scheduled
        4|Pickup Queued|pickup_scheduled
        5|Manifest Generated|pickup_scheduled
        6|Shipped|in_transit
        7|Delivered|delivered
        8|Cancelled|cancelled
        9|RTO Initiated|rto_initiated
        10|RTO Delivered|rto_delivered
        11|Pending|news
        12|Lost|lost
        13|Pickup Error|held
        14|RTO Acknowledged|rto_initiated
        15|Pickup Rescheduled|pickup_scheduled
        16|Cancellation Requested|news
        17|Out For Delivery|out_for_delivery
        18|In Transit|in_transit
        19|Out For Pickup|pickup_scheduled
        20|Pickup Exception|held
        21|Undelivered|undelivered
        22|Delayed|news
        23|Partial Delivered|partially_delivered
        24|Destroyed|damaged
        25|Damaged|damaged
        26|Fulfilled|news
        27|Pickup Booked|pickup_scheduled
        38|Reached at Destination Hub|in_transit
        39|Misrouted|in_transit
        40|RTO NDR|rto_initiated
        41|RTO OFD|rto_initiated
        42|Picked Up|picked_up
        43|Self Fulfilled|news
        44|Disposed Off|damaged
        45|Cancelled Before Dispatched|cancelled
        46|RTO In Transit|rto_initiated
        47|QC Failed|news
        48|Reached Warehouse|in_transit
        49|Custom Cleared|in_transit
        50|In Flight|in_transit
        51|Handover to Courier|picked_up
        52|Shipment Booked|awb_assigned
        54|In Transit Overseas|in_transit
        55|Connection Aligned|in_transit
        56|Reached Overseas Warehouse|in_transit
        57|Custom Cleared Overseas|in_transit
        59|Box Packing|created
        60|FC Allocated|created
        61|Picklist Generated|created
        62|Ready to Pack|created
        63|Packed|created
        67|FC Manifest Generated|pickup_scheduled
        68|Processed at Warehouse|in_transit
        71|Handover Exception|held
        72|Packed Exception|held
        75|RTO Lock|undelivered
        76|Untraceable|held
        77|Issue Related to the Recipient|undelivered
        78|Reached Back at Seller City|rto_initiated
        """)

    private static let orders = rows(
        """
        1|New|created
        2|Invoiced|created
        3|Ready To Ship|awb_assigned
        4|Pickup Scheduled|pickup_scheduled
        5|Canceled|cancelled
        6|Shipped|in_transit
        7|Delivered|delivered
        8|ePayment Failed|news
        9|Returned|returned
        10|Unmapped|created
        11|Unfulfillable|news
        12|Pickup Queue|pickup_scheduled
        13|Pickup Rescheduled|pickup_scheduled
        14|Pickup Error|held
        15|RTO Initiated|rto_initiated
        16|RTO Delivered|rto_delivered
        17|RTO Acknowledged|rto_initiated
        18|Cancellation Requested|news
        19|Out for Delivery|out_for_delivery
        20|In Transit|in_transit
        21|Return Pending|return_initiated
        22|Return Initiated|return_initiated
        23|Return Pickup Queued|return_initiated
        24|Return Pickup Error|return_initiated
        25|Return In Transit|return_initiated
        26|Return Delivered|returned
        27|Return Cancelled|news
        28|Return Pickup Generated|return_initiated
        29|Return Cancellation Requested|news
        30|Return Pickup Cancelled|news
        31|Return Pickup Rescheduled|return_initiated
        32|Return Picked Up|return_initiated
        33|Lost|lost
        34|Out For Pickup|pickup_scheduled
        35|Pickup Exception|held
        36|Undelivered|undelivered
        37|Delivery Delayed|news
        38|Partial Delivered|partially_delivered
        39|Destroyed|damaged
        40|Damaged|damaged
        41|Fulfilled|news
        42|Archived|news
        43|Reached Destination Hub|in_transit
        44|Misrouted|in_transit
        45|RTO OFD|rto_initiated
        46|RTO NDR|rto_initiated
        47|Return Out For Pickup|return_initiated
        48|Return Out For Delivery|return_initiated
        49|Return Pickup Exception|return_initiated
        50|Return Undelivered|return_initiated
        51|Picked Up|picked_up
        52|Self Fulfilled|news
        53|Disposed Off|damaged
        54|Canceled before Dispatched|cancelled
        55|RTO In-Transit|rto_initiated
        57|QC Failed|news
        58|Reached Warehouse|in_transit
        59|Custom Cleared|in_transit
        60|In Flight|in_transit
        61|Handover to Courier|picked_up
        62|Booked|awb_assigned
        64|In Transit Overseas|in_transit
        65|Connection Aligned|in_transit
        66|Reached Overseas Warehouse|in_transit
        67|Custom Cleared Overseas|in_transit
        68|Return Acknowledged|return_initiated
        69|Box Packing|created
        70|Pickup Booked|pickup_scheduled
        71|Darkstore Scheduled|created
        72|Allocation in Progress|created
        73|FC Allocated|created
        74|Picklist Generated|created
        75|Ready to Pack|created
        76|Packed|created
        80|FC Manifest Generated|pickup_scheduled
        81|Processed at Warehouse|in_transit
        82|Packed Exception|held
        83|Handover Exception|held
        87|RTO_LOCK|undelivered
        88|UNTRACEABLE|held
        89|ISSUE_RELATED_TO_THE_RECIPIENT|undelivered
        90|REACHED_BACK_AT_SELLER_CITY|rto_initiated
        """)

    @Test("Every number of a shipment's status has its meaning, and no other number has one")
    func everyShipmentStatus() {
        #expect(Self.shipments.count == 60)
        for row in Self.shipments {
            let status = ShiprocketShipmentStatus(id: row.id)
            #expect(status.name == row.name)
            #expect(status.meaning(isReturn: false) == row.meaning, "\(row.id)")
        }
        let known = Set(Self.shipments.map(\.id))
        for id in Int64(-2)...400 where !known.contains(id) {
            #expect(ShiprocketShipmentStatus(id: id).meaning(isReturn: false) == .unknown, "\(id)")
            #expect(ShiprocketShipmentStatus(id: id).meaning(isReturn: true) == .unknown)
        }
    }

    @Test("Every number of an order's status has its meaning, and no other number has one")
    func everyOrderStatus() {
        #expect(Self.orders.count == 82)
        for row in Self.orders {
            #expect(ShiprocketOrderStatus(id: row.id).name == row.name)
            #expect(ShiprocketOrderStatus(id: row.id).meaning == row.meaning, "\(row.id)")
        }
        let known = Set(Self.orders.map(\.id))
        for id in Int64(-2)...400 where !known.contains(id) {
            #expect(ShiprocketOrderStatus(id: id).meaning == .unknown, "\(id)")
        }
    }

    @Test("One number means different things in the two spaces")
    func twoSpaces() {
        #expect(ShiprocketShipmentStatus(id: 18).meaning(isReturn: false) == .known(.inTransit))
        #expect(ShiprocketOrderStatus(id: 18).meaning == .news)
        #expect(ShiprocketShipmentStatus(id: 20).meaning(isReturn: false) == .known(.held))
        #expect(ShiprocketOrderStatus(id: 20).meaning == .known(.inTransit))
        #expect(ShiprocketShipmentStatus(id: 5).meaning(isReturn: false) == .known(.pickupScheduled))
        #expect(ShiprocketOrderStatus(id: 5).isCancelled)
    }

    @Test("Names mean in words what they mean as numbers, however they are written, and parts of sentences nothing")
    func words() {
        for row in Self.shipments + Self.orders {
            #expect(ShiprocketStatusTable.meaning(of: row.name, isReturn: false) == row.meaning, "\(row.name)")
            #expect(ShiprocketStatusTable.meaning(of: row.name.uppercased(), isReturn: false) == row.meaning)
        }
        #expect(ShiprocketStatusTable.meaning(of: "RTO IN-TRANSIT", isReturn: false) == .known(.rtoInitiated))
        #expect(ShiprocketStatusTable.meaning(of: "CANCELLED", isReturn: false) == .known(.cancelled))
        #expect(ShiprocketStatusTable.meaning(of: "Not Delivered", isReturn: false) == .unknown)
        #expect(ShiprocketStatusTable.meaning(of: "Delivered to hub", isReturn: false) == .unknown)
        #expect(ShiprocketStatusTable.meaning(of: "", isReturn: false) == .unknown)
    }

    @Test("What a customer sends back is never delivered to the customer, and never gone for being cancelled")
    func returns() {
        for row in Self.shipments {
            let meaning = ShiprocketShipmentStatus(id: row.id).meaning(isReturn: true)
            switch row.meaning {
            case .known(.delivered), .known(.partiallyDelivered): #expect(meaning == .known(.returned))
            case .known(.damaged), .known(.lost), .news: #expect(meaning == row.meaning)
            case .known(.cancelled), .known(.rtoInitiated), .known(.rtoDelivered): #expect(meaning == .news)
            default: #expect(meaning == .known(.returnInitiated))
            }
        }
    }

    @Test(
        "Times are India's, in either order of their parts",
        arguments: [
            ("2023-05-19 11:59:16", 1_684_477_756), ("23 05 2023 11:43:52", 1_684_822_432),
            ("2026-01-01 12:00:00.000000", 1_767_249_000), ("2026-01-01T12:00", 1_767_249_000),
            ("2026-01-01", 1_767_205_800),
        ])
    func times(text: String, seconds: Int) {
        #expect(ShiprocketTime.date(text) == Date(timeIntervalSince1970: TimeInterval(seconds)))
    }

    @Test(
        "What is no time is none",
        arguments: [
            "", "Jul 01, 2024", "2023-13-01 00:00:00", "2023-02-30", "30 02 2023 10:00:00", "2023-05-19 24:00:00",
            "2023-05-19 11", "99999999999999999999-01-01", "0001-01-01 00:00:00", "-1-1-1", "NA",
            "2023-05-19 11:59:99",
        ])
    func noTimes(text: String) {
        #expect(ShiprocketTime.date(text) == nil)
    }

    @Test("An order's date is told by India's clocks")
    func orderDate() {
        #expect(ShiprocketTime.text(Date(timeIntervalSince1970: 1_767_205_800)) == "2026-01-01 00:00")
        #expect(ShiprocketTime.text(Date(timeIntervalSince1970: 1_767_205_799)) == "2025-12-31 23:59")
    }
}
