/// Orders: made, read, changed, cancelled.
enum ShiprocketOrders {
    static let createAdhoc: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let draft = try ShiprocketDraftReader.read(call.body, channelID: state.channelID)
        return try create(draft, &state, call)
    }

    static let createForChannel: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        guard call.body["channel_id"]?.intValue == state.channelID else {
            throw .refused("Given channel id does not exist")
        }
        let draft = try ShiprocketDraftReader.read(call.body, channelID: state.channelID, longestOrderID: 20)
        return try create(draft, &state, call)
    }

    private static func create(
        _ draft: ShiprocketDraft, _ state: inout ShiprocketState, _ call: ShiprocketCall
    ) throws(ShiprocketError) -> Answer {
        if let existing = state.order(channelOrderID: draft.channelOrderID) {
            return try repeated(existing, state)
        }
        guard state.pickups.contains(where: { $0.name == draft.pickupLocation }) else {
            throw .invalid(
                [("pickup_location", "Wrong Pickup location entered.")], message: "Wrong Pickup location entered.")
        }
        return .json(created(state.create(draft, now: call.now)))
    }

    /// What a repeated order id gets: the order there is, even a cancelled one.
    private static func repeated(
        _ order: ShiprocketOrder, _ state: ShiprocketState
    ) throws(ShiprocketError) -> Answer {
        guard state.settings.duplicate == "existing" else {
            throw .invalid([("order_id", "Order id already exists. Please change the order id.")])
        }
        return .json(created(order))
    }

    private static func created(_ order: ShiprocketOrder) -> JSON {
        [
            "order_id": .int(order.id), "shipment_id": .int(order.shipmentID),
            "status": .string(ShiprocketStatus.orderName(order.status).uppercased()),
            "status_code": .int(order.status), "onboarding_completed_now": 0,
            "awb_code": .string(order.awb), "courier_company_id": .integer(order.courierID),
            "courier_name": .string(order.courierName),
        ]
    }

    static let createReturn: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let order = try takeReturn(&state, call)
        return .json([
            "order_id": .int(order.id), "shipment_id": .int(order.shipmentID), "status": "RETURN PENDING",
            "status_code": 21, "company_name": "Haat",
        ])
    }

    private static func takeReturn(
        _ state: inout ShiprocketState, _ call: ShiprocketCall
    ) throws(ShiprocketError) -> ShiprocketOrder {
        let draft = try ShiprocketDraftReader.read(call.body, channelID: state.channelID, isReturn: true)
        if let existing = state.order(channelOrderID: draft.channelOrderID) { return existing }
        return state.create(draft, now: call.now)
    }

    /// UNCONFIRMED beyond the frame of the answer: the return is read from the fields of a return, and the new parcel
    /// goes back to where it came from.
    static let createExchange: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let back = try takeReturn(&state, call)
        var draft = back.draft
        draft.channelOrderID += "-EX"
        draft.isReturn = false
        draft.pickupLocation = state.pickups[0].name
        draft.shipping = back.draft.billing
        let forward = state.create(draft, now: call.now)
        return .json([
            "success": true, "data": ["forward_orders": created(forward), "return_orders": created(back)],
        ])
    }

    /// The search is fuzzy: it finds parts of order ids and AWBs, too.
    static let list: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        try list(&state, call, path: "orders") { _ in true }
    }

    static let listReturns: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        try list(&state, call, path: "orders/processing/return") { $0.draft.isReturn }
    }

    private static func list(
        _ state: inout ShiprocketState, _ call: ShiprocketCall, path: String, _ isWanted: (ShiprocketOrder) -> Bool
    ) throws(ShiprocketError) -> Answer {
        let search = (call.query["search"] ?? "").lowercased()
        let pickup = call.query["pickup_location"] ?? ""
        var found = state.orders.filter { order in
            isWanted(order) && (pickup.isEmpty || order.draft.pickupLocation == pickup)
                && (search.isEmpty || order.draft.channelOrderID.lowercased().contains(search)
                    || order.awb.contains(search))
        }
        if call.query["filter_by"] == "status", let status = Int(call.query["filter"] ?? "") {
            found = found.filter { $0.status == status }
        }
        if call.query["sort"]?.uppercased() != "ASC" { found.reverse() }
        let page = call.page(found, path: path)
        let pickups = state.pickups
        return .json([
            "data": .array(page.rows.map { ShiprocketRendering.order($0, pickups, shipmentsAsList: true) }),
            "meta": page.meta,
        ])
    }

    static let show: ShiprocketNamedOperation = {
        (state, _, id) throws(ShiprocketError) in
        guard let order = Int(id).flatMap(state.order(id:)) else { throw .noSuchOrder }
        return .json(["data": ShiprocketRendering.order(order, state.pickups, shipmentsAsList: false)])
    }

    static let listShipments: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let page = call.page(state.orders.reversed(), path: "shipments")
        return .json(["data": .array(page.rows.map(ShiprocketRendering.shipment)), "meta": page.meta])
    }

    static let showShipment: ShiprocketNamedOperation =
        { (state, _, id) throws(ShiprocketError) in
            guard let order = Int(id).flatMap(state.order(shipment:)) else { throw .notFound }
            return .json(["data": ShiprocketRendering.shipment(order)])
        }

    static let cancel: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let ids = try call.numbers("ids")
        guard !ids.isEmpty, ids.allSatisfy({ state.order(id: $0) != nil }) else { throw .refused("Order ID not found") }
        for id in ids where !state.cancel(id, now: call.now) {
            throw .refused("Cannot cancel order after it is picked up.")
        }
        guard state.settings.cancelStatus == 200 else { return Answer(status: 204) }
        return .json(["message": "Order cancelled successfully.", "status_code": 200])
    }

    /// Takes its time: the shipment is cancelled a pace later.
    static let cancelShipments: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        for awb in try call.texts("awbs") {
            guard let order = state.order(awb: awb) else { continue }
            state.schedule(.cancelShipment(order: order.id), at: call.now + state.settings.pace)
        }
        return .json(["message": "Bulk Shipment cancellation is in progress. Please wait for some time."])
    }

    static let movePickup: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let ids = try call.numbers("order_id")
        let location = call.text("pickup_location")
        guard state.pickups.contains(where: { $0.name == location }) else {
            throw .refused("Pickup Code does not exist")
        }
        guard ids.allSatisfy({ state.order(id: $0) != nil }) else { throw .refused("Order Id does not exists") }
        for id in ids { state.update(id) { $0.draft.pickupLocation = location } }
        return .json(["message": "Pickup location Updated"])
    }

    static let updateAddress: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        guard let id = call.body["order_id"]?.intValue, state.order(id: id) != nil else { throw .noSuchOrder }
        state.update(id) { order in
            func take(_ field: String, _ path: WritableKeyPath<ShiprocketParty, String>) {
                let value = call.text("shipping_\(field)")
                if !value.isEmpty { order.draft.shipping[keyPath: path] = value }
            }
            take("customer_name", \.name)
            take("phone", \.phone)
            take("address", \.address)
            take("address_2", \.address2)
            take("city", \.city)
            take("state", \.state)
            take("pincode", \.pincode)
            take("country", \.country)
        }
        return Answer(status: 202)
    }

    /// Takes an order's fields anew, as long as it has no AWB.
    static let update: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        guard let order = state.order(channelOrderID: call.text("order_id")) else { throw .noSuchOrder }
        guard order.awb.isEmpty else { throw .refused("Order Update for this channel is not allowed") }
        let draft = try ShiprocketDraftReader.read(
            call.body, channelID: state.channelID, isReturn: order.draft.isReturn)
        let updated = state.update(order.id) { $0.draft = draft }
        return .json(["success": true, "order_id": .int(order.id), "shipment_id": .integer(updated?.shipmentID)])
    }

    /// UNCONFIRMED beyond an array with a result per row.
    static let fulfill: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        .json(rows(call, "order_id") { id in id.flatMap(state.order(id:)) != nil })
    }

    static let map: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        .json(rows(call, "order_id") { id in id.flatMap(state.order(id:)) != nil })
    }

    private static func rows(_ call: ShiprocketCall, _ field: String, _ exists: (Int?) -> Bool) -> JSON {
        let rows = (call.body["data"] ?? call.body["orders"] ?? .array([call.body])).elements ?? []
        return .array(
            rows.map { row in
                let found = exists(row[field]?.intValue)
                return [
                    "id": row[field] ?? .null, "success": .bool(found),
                    "message": found ? "Updated successfully." : "Order Id does not exists",
                    "errors": found ? [] : ["Order Id does not exists"],
                ]
            })
    }
}
