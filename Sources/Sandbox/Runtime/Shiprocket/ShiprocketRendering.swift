/// Shiprocket's objects as its API writes them. Its times are India's, without a zone.
enum ShiprocketRendering {
    static func order(_ order: ShiprocketOrder, _ pickups: [ShiprocketPickup], shipmentsAsList: Bool) -> JSON {
        let draft = order.draft
        let shipment = shipmentOfOrder(order)
        return [
            "id": .int(order.id), "channel_id": .int(draft.channelID), "channel_name": "CUSTOM",
            "base_channel_code": "CS", "channel_order_id": .string(draft.channelOrderID),
            "customer_name": .string(draft.billing.fullName), "customer_email": .string(draft.billing.email),
            "customer_phone": .string(draft.billing.phone), "customer_pincode": .string(draft.shipping.pincode),
            "pickup_location": .string(draft.pickupLocation), "total": .decimalText(draft.total), "tax": "0.00",
            "status": .string(ShiprocketStatus.orderName(order.status).uppercased()),
            "status_code": .int(order.status), "payment_method": draft.isCOD ? "cod" : "prepaid",
            "channel_created_at": .string(draft.orderDate), "created_at": .string(stamp(order.createdAt)),
            "updated_at": .string(stamp(order.updatedAt)),
            "products": .array(
                draft.items.enumerated().map { position, item in
                    [
                        "id": .int(order.id * 10 + position), "channel_sku": .string(item.sku),
                        "name": .string(item.name), "quantity": .int(item.units), "price": .decimalText(item.price),
                    ]
                }),
            "shipments": shipmentsAsList ? [shipment] : shipment, "activities": [], "errors": [],
        ]
    }

    private static func shipmentOfOrder(_ order: ShiprocketOrder) -> JSON {
        [
            "id": .int(order.shipmentID), "courier": .string(order.courierName),
            "courier_id": .integer(order.courierID), "weight": .string(weight(order.draft.grams)),
            "dimensions": .string(order.draft.dimensions), "pickup_scheduled_date": time(order.pickupAt),
            "awb": .string(order.awb), "return_awb": "", "etd": time(order.expectedAt),
            "rto_delivered_date": time(order.returnedAt), "delivered_date": time(order.deliveredAt),
        ]
    }

    static func shipment(_ order: ShiprocketOrder) -> JSON {
        [
            "id": .int(order.shipmentID), "order_id": .int(order.id), "awb": .string(order.awb),
            "courier": .string(order.courierName), "channel_id": .int(order.draft.channelID), "channel_name": "CUSTOM",
            "status": .string(ShiprocketStatus.shipmentName(order.shipmentStatus)),
            "status_code": .int(order.shipmentStatus), "payment_method": order.draft.isCOD ? "cod" : "prepaid",
            "created_at": .string(stamp(order.createdAt)),
        ]
    }

    static func weight(_ grams: Int) -> String { "\(Double(grams) / 1000)" }

    static func stamp(_ unix: Int) -> String { CivilTime(unix: unix, offset: CivilTime.india).stamp }

    static func time(_ unix: Int?) -> JSON { .optional(unix) { .string(stamp($0)) } }

    /// A time as PHP writes one out.
    static func zoned(_ unix: Int) -> JSON {
        ["date": .string(stamp(unix) + ".000000"), "timezone_type": 3, "timezone": "Asia/Kolkata"]
    }

    static func scan(_ scan: ShiprocketOrder.Scan) -> JSON {
        [
            "date": .string(stamp(scan.at)), "status": .string(courierCode(scan.status)),
            "activity": .string(scan.activity), "location": .string(scan.location),
            "sr-status": .string(scan.status.map { "\($0)" } ?? "NA"),
            "sr-status-label": .string(
                scan.status.map { ShiprocketStatus.shipmentName($0).uppercased() } ?? "NA"),
        ]
    }

    /// The courier's own code for a scan; the sandbox invents one per status.
    private static func courierCode(_ status: Int?) -> String { status.map { "SBX-\($0)" } ?? "SBX-NOTE" }

    /// A push in the layout of May 2023: scans in ascending order, and a time that begins with the day.
    static func push2023(_ event: ShiprocketEvent, composite: Bool) -> JSON {
        let order = event.order
        return [
            "awb": .string(order.awb), "courier_name": .string(order.courierName),
            "current_status": .string(ShiprocketStatus.orderName(order.status).uppercased()),
            "current_status_id": .int(order.status),
            "shipment_status": .string(ShiprocketStatus.shipmentName(order.shipmentStatus).uppercased()),
            "shipment_status_id": .int(order.shipmentStatus),
            "current_timestamp": .string(CivilTime(unix: event.at, offset: CivilTime.india).dayFirstStamp),
            "order_id": .string(orderID(order, composite)), "sr_order_id": .int(order.id),
            "awb_assigned_date": time(order.assignedAt), "pickup_scheduled_date": time(order.pickupAt),
            "etd": time(order.expectedAt), "scans": .array(order.scans.map(scan)),
            "is_return": order.draft.isReturn ? 1 : 0, "channel_id": .int(order.draft.channelID),
            "pod_status": "OTP Based Delivery", "pod": "Not Available",
        ]
    }

    /// The older layout that is still met: a numeric AWB and scans without the provider's statuses.
    static func push2021(_ event: ShiprocketEvent, composite: Bool) -> JSON {
        let order = event.order
        return [
            "awb": Int(order.awb).map(JSON.int) ?? .string(order.awb),
            "current_status": .string(ShiprocketStatus.orderName(order.status)),
            "order_id": .string(orderID(order, composite)), "current_timestamp": .string(stamp(event.at)),
            "etd": time(order.expectedAt), "current_status_id": .int(order.status),
            "shipment_status": .string(ShiprocketStatus.shipmentName(order.shipmentStatus)),
            "shipment_status_id": .int(order.shipmentStatus),
            "channel_order_id": .string(order.draft.channelOrderID), "channel": "CUSTOM",
            "courier_name": .string(order.courierName),
            "scans": .array(
                order.scans.map {
                    [
                        "date": .string(stamp($0.at)), "activity": .string($0.activity),
                        "location": .string($0.location),
                    ]
                }),
        ]
    }

    /// The merchant's order id, in some accounts with a number behind it.
    private static func orderID(_ order: ShiprocketOrder, _ composite: Bool) -> String {
        composite ? "\(order.draft.channelOrderID)_\(order.shipmentID)" : order.draft.channelOrderID
    }
}
