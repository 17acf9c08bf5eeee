extension ShiprocketStatusTable {
    static let shipments = ShiprocketStatusTable([
        (
            .known(.created),
            [
                0: "New", 59: "Box Packing", 60: "FC Allocated", 61: "Picklist Generated", 62: "Ready to Pack",
                63: "Packed",
            ]
        ),
        (.known(.awbAssigned), [1: "AWB Assigned", 2: "Label Generated", 52: "Shipment Booked"]),
        (
            .known(.pickupScheduled),
            [
                3: "Pickup Scheduled", 4: "Pickup Queued", 5: "Manifest Generated", 15: "Pickup Rescheduled",
                19: "Out For Pickup", 27: "Pickup Booked", 67: "FC Manifest Generated",
            ]
        ),
        // It waits where it is until somebody does something about it.
        (
            .known(.held),
            [
                13: "Pickup Error", 20: "Pickup Exception", 71: "Handover Exception", 72: "Packed Exception",
                76: "Untraceable",
            ]
        ),
        (.known(.pickedUp), [42: "Picked Up", 51: "Handover to Courier"]),
        (
            .known(.inTransit),
            [
                6: "Shipped", 18: "In Transit", 38: "Reached at Destination Hub", 39: "Misrouted",
                48: "Reached Warehouse", 49: "Custom Cleared", 50: "In Flight", 54: "In Transit Overseas",
                55: "Connection Aligned", 56: "Reached Overseas Warehouse", 57: "Custom Cleared Overseas",
                68: "Processed at Warehouse",
            ]
        ),
        (.known(.outForDelivery), [17: "Out For Delivery"]),
        (.known(.delivered), [7: "Delivered"]),
        (.known(.partiallyDelivered), [23: "Partial Delivered"]),
        // "RTO Lock" still is no return: that is told by a status of its own.
        (.known(.undelivered), [21: "Undelivered", 75: "RTO Lock", 77: "Issue Related to the Recipient"]),
        // Who has acknowledged what is not said, so that the goods are not back before that is told.
        (
            .known(.rtoInitiated),
            [
                9: "RTO Initiated", 14: "RTO Acknowledged", 40: "RTO NDR", 41: "RTO OFD", 46: "RTO In Transit",
                78: "Reached Back at Seller City",
            ]
        ),
        (.known(.rtoDelivered), [10: "RTO Delivered"]),
        (.known(.damaged), [24: "Destroyed", 25: "Damaged", 44: "Disposed Off"]),
        (.known(.lost), [12: "Lost"]),
        (.known(.cancelled), [8: "Cancelled", 45: "Cancelled Before Dispatched"]),
        // They say nothing of where it is.
        (
            .news,
            [
                11: "Pending", 16: "Cancellation Requested", 22: "Delayed", 26: "Fulfilled", 43: "Self Fulfilled",
                47: "QC Failed",
            ]
        ),
    ])

    static let orders = ShiprocketStatusTable([
        (
            .known(.created),
            [
                1: "New", 2: "Invoiced", 10: "Unmapped", 69: "Box Packing", 71: "Darkstore Scheduled",
                72: "Allocation in Progress", 73: "FC Allocated", 74: "Picklist Generated", 75: "Ready to Pack",
                76: "Packed",
            ]
        ),
        (.known(.awbAssigned), [3: "Ready To Ship", 62: "Booked"]),
        (
            .known(.pickupScheduled),
            [
                4: "Pickup Scheduled", 12: "Pickup Queue", 13: "Pickup Rescheduled", 34: "Out For Pickup",
                70: "Pickup Booked", 80: "FC Manifest Generated",
            ]
        ),
        (
            .known(.held),
            [
                14: "Pickup Error", 35: "Pickup Exception", 82: "Packed Exception", 83: "Handover Exception",
                88: "UNTRACEABLE",
            ]
        ),
        (.known(.pickedUp), [51: "Picked Up", 61: "Handover to Courier"]),
        (
            .known(.inTransit),
            [
                6: "Shipped", 20: "In Transit", 43: "Reached Destination Hub", 44: "Misrouted",
                58: "Reached Warehouse", 59: "Custom Cleared", 60: "In Flight", 64: "In Transit Overseas",
                65: "Connection Aligned", 66: "Reached Overseas Warehouse", 67: "Custom Cleared Overseas",
                81: "Processed at Warehouse",
            ]
        ),
        (.known(.outForDelivery), [19: "Out for Delivery"]),
        (.known(.delivered), [7: "Delivered"]),
        (.known(.partiallyDelivered), [38: "Partial Delivered"]),
        (.known(.undelivered), [36: "Undelivered", 87: "RTO_LOCK", 89: "ISSUE_RELATED_TO_THE_RECIPIENT"]),
        (
            .known(.rtoInitiated),
            [
                15: "RTO Initiated", 17: "RTO Acknowledged", 45: "RTO OFD", 46: "RTO NDR", 55: "RTO In-Transit",
                90: "REACHED_BACK_AT_SELLER_CITY",
            ]
        ),
        (.known(.rtoDelivered), [16: "RTO Delivered"]),
        (
            .known(.returnInitiated),
            [
                21: "Return Pending", 22: "Return Initiated", 23: "Return Pickup Queued", 24: "Return Pickup Error",
                25: "Return In Transit", 28: "Return Pickup Generated", 31: "Return Pickup Rescheduled",
                32: "Return Picked Up", 47: "Return Out For Pickup", 48: "Return Out For Delivery",
                49: "Return Pickup Exception", 50: "Return Undelivered", 68: "Return Acknowledged",
            ]
        ),
        (.known(.returned), [9: "Returned", 26: "Return Delivered"]),
        (.known(.damaged), [39: "Destroyed", 40: "Damaged", 53: "Disposed Off"]),
        (.known(.lost), [33: "Lost"]),
        (.known(.cancelled), [5: "Canceled", 54: "Canceled before Dispatched"]),
        (
            .news,
            [
                8: "ePayment Failed", 11: "Unfulfillable", 18: "Cancellation Requested", 27: "Return Cancelled",
                29: "Return Cancellation Requested", 30: "Return Pickup Cancelled", 37: "Delivery Delayed",
                41: "Fulfilled", 42: "Archived", 52: "Self Fulfilled", 57: "QC Failed",
            ]
        ),
    ])
}
