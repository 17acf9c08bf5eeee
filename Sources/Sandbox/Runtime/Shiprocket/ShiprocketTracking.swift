/// The shapes in which tracking is answered.
enum ShiprocketTracking {
    static let byAWB: ShiprocketNamedOperation = {
        (state, call, awb) throws(ShiprocketError) in
        .json(state.order(awb: awb).map { tracking($0, call) } ?? unknown)
    }

    static let byShipment: ShiprocketNamedOperation =
        { (state, call, id) throws(ShiprocketError) in
            .json(Int(id).flatMap(state.order(shipment:)).map { tracking($0, call) } ?? unknown)
        }

    /// A map from AWB to tracking; empty for what isn't known.
    static let byAWBs: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let awbs = try call.texts("awbs")
        guard awbs.count <= 50 else { throw .invalid([("awbs", "The awbs may not have more than 50 items.")]) }
        var map = JSONObject()
        for awb in awbs { map[awb] = state.order(awb: awb).map { tracking($0, call) } ?? [:] }
        return .json(.object(map))
    }

    /// An array, by the merchant's own order id.
    static let byOrder: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        guard let id = call.query["order_id"], !id.isEmpty else {
            throw .invalid([("order_id", "The order id field is required.")])
        }
        return .json(.array(state.order(channelOrderID: id).map { [tracking($0, call)] } ?? []))
    }

    private static func tracking(_ order: ShiprocketOrder, _ call: ShiprocketCall) -> JSON {
        let isSilent = order.scans.isEmpty
        var data = JSONObject()
        data["track_status"] = isSilent ? 0 : 1
        data["shipment_status"] = .int(isSilent ? 0 : order.shipmentStatus)
        data["shipment_track"] = [track(order)]
        // Newest first, the other way round than in pushes.
        data["shipment_track_activities"] =
            isSilent ? .null : .array(order.scans.reversed().map(ShiprocketRendering.scan))
        data["track_url"] = .string(isSilent ? "" : "\(call.origin)/shiprocket/tracking/\(order.awb)")
        if isSilent {
            data["error"] = .string(noActivities)
        } else {
            data["etd"] = ShiprocketRendering.time(order.expectedAt)
            data["qc_response"] = ["qc_image": "", "qc_failed_reason": ""]
        }
        return ["tracking_data": .object(data)]
    }

    private static let noActivities =
        "Aahh! There is no activities found in our DB. Please have some patience it will be updated soon."

    /// UNCONFIRMED: an unknown AWB is answered like one without activities.
    private static let unknown: JSON = [
        "tracking_data": [
            "track_status": 0, "shipment_status": 0, "shipment_track": [], "shipment_track_activities": .null,
            "track_url": "", "error": .string(noActivities),
        ]
    ]

    private static func track(_ order: ShiprocketOrder) -> JSON {
        [
            "id": .int(order.shipmentID), "awb_code": .string(order.awb),
            "courier_company_id": .integer(order.courierID), "shipment_id": .int(order.shipmentID),
            "order_id": .int(order.id), "pickup_date": ShiprocketRendering.time(order.pickupAt),
            "delivered_date": .string(order.deliveredAt.map(ShiprocketRendering.stamp) ?? ""),
            "weight": .string(ShiprocketRendering.weight(order.draft.grams)), "packages": 1,
            "current_status": .string(ShiprocketStatus.shipmentName(order.shipmentStatus)),
            "delivered_to": .string(order.draft.shipping.city), "destination": .string(order.draft.shipping.city),
            "consignee_name": .string(order.draft.shipping.fullName), "origin": .string(order.draft.pickupLocation),
            "courier_agent_details": .null, "courier_name": .string(order.courierName), "edd": .null,
            "pod": "Not Available", "pod_status": "OTP Based Delivery",
        ]
    }
}

/// Parcels that could not be delivered.
enum ShiprocketUndelivered {
    static let list: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let page = call.page(state.orders.filter { !$0.attempts.isEmpty }.reversed(), path: "ndr/all")
        return .json(["data": .array(page.rows.map(entry)), "meta": page.meta])
    }

    static let show: ShiprocketNamedOperation = {
        (state, _, awb) throws(ShiprocketError) in
        guard let order = state.order(awb: awb), !order.attempts.isEmpty else { throw .notFound }
        return .json(["data": [entry(order)]])
    }

    static func act(
        _ state: inout ShiprocketState, _ call: ShiprocketCall, _ awb: String
    ) throws(ShiprocketError) -> Answer {
        let actions = ["re-attempt", "return", "fake-attempt"]
        let action = call.text("action")
        guard actions.contains(action) else { throw .invalid([("action", "The selected action is invalid.")]) }
        guard !call.text("comments").isEmpty else {
            throw .invalid([("comments", "The comments field is required.")])
        }
        guard let order = state.order(awb: awb), order.shipmentStatus == 21 else { throw .notFound }
        state.act(on: order.id, action, comments: call.text("comments"), now: call.now)
        return .json(["status": "Data Updated Successfully"], status: 202)
    }

    private static func entry(_ order: ShiprocketOrder) -> JSON {
        [
            "id": .int(order.shipmentID), "awb_code": .string(order.awb), "shipment_id": .int(order.shipmentID),
            "channel_order_id": .string(order.draft.channelOrderID), "courier": .string(order.courierName),
            "reason": .text(order.attempts.last?.reason), "attempts": .int(order.attempts.count),
            "ndr_raised_at": ShiprocketRendering.time(order.attempts.last?.at),
            "history": .array(
                order.attempts.map {
                    [
                        "ndr_reason": .string($0.reason), "action_by": .text($0.action),
                        "ndr_raised_at": .string(ShiprocketRendering.stamp($0.at)),
                    ]
                }),
        ]
    }
}
