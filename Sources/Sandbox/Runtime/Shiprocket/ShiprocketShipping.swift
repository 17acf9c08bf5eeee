/// Rates, AWBs and pickups.
enum ShiprocketShipping {
    static let serviceability: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        if call.query["is_new_hyperlocal"] == "1" { return hyperlocal }
        let parcel = try parcel(state, call.query)
        let offers = state.serviceability.offers(parcel)
        guard !offers.isEmpty else { return nobody(state.settings) }
        return .json([
            "company_auto_shipment_insurance_setting": false,
            "covid_zones": ["delivery_zone": .null, "pickup_zone": .null], "currency": "INR",
            "data": [
                "available_courier_companies": .array(offers.map { company($0, parcel, now: call.now) }),
                // UNCONFIRMED
                "recommended_courier_company_id": .int(offers[0].courier.id),
            ],
        ])
    }

    private static func parcel(
        _ state: ShiprocketState, _ query: FormBody
    ) throws(ShiprocketError) -> ShiprocketServiceability.Parcel {
        var missing = ["pickup_postcode", "delivery_postcode"].filter { (query[$0] ?? "").isEmpty }
        if (query["order_id"] ?? "").isEmpty {
            missing += ["cod", "weight"].filter { (query[$0] ?? "").isEmpty }
        }
        guard missing.isEmpty else {
            throw .invalid(missing.map { ($0, "The \($0.replacing("_", with: " ")) field is required.") })
        }
        var parcel = ShiprocketServiceability.Parcel(
            from: query["pickup_postcode"] ?? "", to: query["delivery_postcode"] ?? "", grams: 500, isCOD: false)
        if let id = query["order_id"], !id.isEmpty {
            guard let order = Int(id).flatMap(state.order(id:)) else { throw .refused("Order ID not found") }
            parcel.grams = order.draft.grams
            parcel.isCOD = order.draft.isCOD
            parcel.value = order.draft.total
        } else {
            guard let weight = Double(query["weight"] ?? ""), weight > 0, weight < 100_000 else {
                throw .invalid([("weight", "The weight must be a number.")])
            }
            parcel.grams = Int((weight * 1000).rounded())
            parcel.isCOD = query["cod"] == "1"
            parcel.value = (Double(query["declared_value"] ?? "").flatMap { JSON.number($0).hundredths }) ?? 0
        }
        if let mode = query["mode"]?.lowercased(), !mode.isEmpty { parcel.surface = mode == "surface" }
        return parcel
    }

    private static func company(
        _ offer: ShiprocketServiceability.Offer, _ parcel: ShiprocketServiceability.Parcel, now: Int
    ) -> JSON {
        let place = ShiprocketServiceability.place(parcel.to)
        let arrival = CivilTime(unix: now + offer.days * 86_400, offset: CivilTime.india)
        let rating = offer.courier.rating
        return [
            "courier_company_id": .int(offer.courier.id), "courier_name": .string(offer.courier.name),
            "cod": offer.takesCOD ? 1 : 0, "rate": .decimal(offer.total), "freight_charge": .decimal(offer.freight),
            "cod_charges": .decimal(offer.codCharge), "cod_multiplier": 0, "rto_charges": .decimal(offer.returnCharge),
            "etd": .string(arrival.written), "estimated_delivery_days": .string("\(offer.days)"),
            "etd_hours": .int(offer.days * 24), "min_weight": 0.5,
            "charge_weight": .number(Double(offer.chargedGrams) / 1000), "is_surface": .bool(offer.courier.isSurface),
            "mode": offer.courier.isSurface ? 0 : 1, "rating": .number(rating), "pickup_performance": .number(rating),
            "delivery_performance": .number(rating), "rto_performance": .number(rating),
            "tracking_performance": .number(rating), "cutoff_time": "11:00", "blocked": 0,
            "city": .string(place.city), "state": .string(place.state), "postcode": .string(parcel.to),
            "zone": .string(offer.zone), "id": .int(offer.courier.id * 1000),
            // JSON within a text, as the provider has it.
            "others": .string(#"{"is_custom":0,"courier":\#(offer.courier.id)}"#),
        ]
    }

    /// UNCONFIRMED: three ways to say that nobody goes there.
    private static func nobody(_ settings: ShiprocketSettings) -> Answer {
        let message = "No courier serviceable for the given pincodes."
        return switch settings.unserviceable {
        case "ok": .json(["status": 404, "message": .string(message)])
        case "empty": .json(["currency": "INR", "data": ["available_courier_companies": []]])
        default: .json(["status": 404, "message": .string(message)], status: 404)
        }
    }

    private static let hyperlocal = Answer.json([
        "status": true, "data": [["courier_name": "Tuk-tuk Local", "rates": 62.0]],
    ])

    static let couriers: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        let rows = ShiprocketServiceability.couriers.map { courier -> JSON in
            [
                "id": .int(courier.id), "name": .string(courier.name), "mode": courier.isSurface ? 0 : 1,
                "cod": courier.takesCOD ? 1 : 0, "status": 1,
            ]
        }
        let isInactive = call.query["type"] == "inactive"
        return .json([
            "total_courier_count": .int(rows.count), "courier_data": .array(isInactive ? [] : rows),
        ])
    }

    static let assign: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        guard let id = call.body["shipment_id"]?.intValue, let order = state.order(shipment: id) else {
            throw .refused("Invalid shipment id")
        }
        let courier = call.body["courier_id"]?.intValue
        let isFree = order.awb.isEmpty || (order.shipmentStatus == 8 && order.status != 5 && order.status != 27)
        guard isFree || call.text("status") == "reassign" else { return try taken(state.settings) }
        guard order.status != 5, order.status != 27 else { return unassigned("Order is cancelled.") }
        if !isFree { try checkReassignment(order, now: call.now) }
        if state.settings.assignLater {
            state.schedule(
                .assign(order: order.id, courier: courier, replacing: order.awb), at: call.now + state.settings.pace)
            return .json(["success": true, "message": "We are processing your request"])
        }
        switch state.assign(order.id, courier: courier, now: call.now) {
        case .assigned(let order, let offer): return .json(assigned(order, offer, state))
        case .refused(let reason): return unassigned(reason)
        case .walletTooLow: throw .walletTooLow
        }
    }

    /// What another AWB for a shipment that has one gets.
    private static func taken(_ settings: ShiprocketSettings) throws(ShiprocketError) -> Answer {
        guard settings.reassign == "body" else { throw .refused("Oops! Cannot reassign courier for this shipment.") }
        return unassigned("AWB is already assigned")
    }

    /// Once in 24 hours, and not once the courier has the parcel.
    private static func checkReassignment(_ order: ShiprocketOrder, now: Int) throws(ShiprocketError) {
        let isRecent = order.reassignedAt.map { now - $0 < 86_400 } ?? false
        guard !isRecent, !ShiprocketStatus.isUnderWay(order.shipmentStatus) else {
            throw .refused("Oops! Cannot reassign courier for this shipment.")
        }
    }

    private static func unassigned(_ reason: String) -> Answer {
        .json(["awb_assign_status": 0, "response": ["data": ["awb_assign_error": .string(reason)]]])
    }

    private static func assigned(
        _ order: ShiprocketOrder, _ offer: ShiprocketServiceability.Offer, _ state: ShiprocketState
    ) -> JSON {
        let shipper = state.pickups.first { $0.name == order.draft.pickupLocation }?.party
        return [
            "awb_assign_status": 1,
            "response": [
                "data": [
                    "courier_company_id": .int(offer.courier.id), "awb_code": .string(order.awb),
                    "cod": order.draft.isCOD ? 1 : 0, "order_id": .int(order.id),
                    "shipment_id": .int(order.shipmentID), "awb_code_status": 1,
                    "assigned_date_time": ShiprocketRendering.zoned(order.assignedAt ?? 0),
                    "applied_weight": .number(Double(offer.chargedGrams) / 1000), "company_id": 1,
                    "courier_name": .string(offer.courier.name), "child_courier_name": .null,
                    "pickup_scheduled_date": .null, "routing_code": "", "rto_routing_code": "",
                    "invoice_no": .string("INV\(order.id)"), "transporter_id": "",
                    "transporter_name": .string(offer.courier.name),
                    "shipped_by": [
                        "shipper_company_name": .string(shipper?.name ?? ""),
                        "shipper_address_1": .string(shipper?.address ?? ""),
                        "shipper_phone": .string(shipper?.phone ?? ""),
                        "rto_company_name": .string(shipper?.name ?? ""),
                    ],
                ]
            ],
        ]
    }

    static let pickup: ShiprocketOperation = { (state, call) throws(ShiprocketError) in
        guard let id = try call.numbers("shipment_id").first, let order = state.order(shipment: id),
            !order.awb.isEmpty, order.shipmentStatus != 8
        else { throw .refused("Invalid shipment id") }
        guard order.pickupAt == nil || call.text("status") == "retry" else {
            throw .refused("Duplicate request for pickup generation")
        }
        let tomorrow = CivilTime(unix: call.now + 86_400, offset: CivilTime.india)
        let date = call.body["pickup_date"]?.elements?.first?.looseText ?? tomorrow.date
        state.schedulePickup(order.id, at: call.now + 86_400, now: call.now)
        return .json([
            "pickup_status": 1,
            "response": [
                "pickup_scheduled_date": .string("\(date) 09:00:00"),
                "pickup_token_number": .string("Reference No: \(order.shipmentID)"), "status": 3,
                "others": .string(#"{"tier_id":1,"etd_zone":"z_d"}"#),
                "pickup_generated_date": ShiprocketRendering.zoned(call.now),
                "data": .string("Pickup is confirmed by \(order.courierName) For AWB :- \(order.awb)"),
            ],
        ])
    }
}
