/// How a shipment gets its AWB, moves, comes back and is cancelled.
extension ShiprocketState {
    enum Assignment {
        case assigned(ShiprocketOrder, ShiprocketServiceability.Offer)
        case refused(String)
        case walletTooLow
    }

    func parcel(of order: ShiprocketOrder) -> ShiprocketServiceability.Parcel {
        let pickup = pickups.first { $0.name == order.draft.pickupLocation }?.party.pincode ?? ""
        return ShiprocketServiceability.Parcel(
            from: order.draft.isReturn ? order.draft.billing.pincode : pickup, to: order.draft.shipping.pincode,
            grams: order.draft.grams, isCOD: order.draft.isCOD, value: order.draft.total)
    }

    /// Gives a shipment an AWB; this is when money moves. An AWB it has is given back first.
    mutating func assign(_ id: Int, courier: Int?, now: Int) -> Assignment {
        guard let order = order(id: id) else { return .refused("Invalid shipment id") }
        let offers = serviceability.offers(parcel(of: order))
        let chosen = courier.map { courier in offers.first { $0.courier.id == courier } } ?? offers.first
        guard let offer = chosen else {
            return .refused(
                courier == nil
                    ? "No courier is serviceable for this shipment."
                    : "The courier is not serviceable for this shipment.")
        }
        guard wallet + order.charged >= offer.total else { return .walletTooLow }
        let hadAWB = !order.awb.isEmpty
        book(order.charged, "Freight reversed", awb: order.awb, now: now)
        let awb = newAWB(for: id)
        book(-offer.total, "Freight charged", awb: awb, now: now)
        update(id) {
            $0.awb = awb
            $0.courierID = offer.courier.id
            $0.courierName = offer.courier.name
            $0.charged = offer.total
            $0.chargedGrams = offer.chargedGrams
            $0.assignedAt = now
            if hadAWB { $0.reassignedAt = now }
            $0.expectedAt = now + offer.days * 86_400
            $0.scans = []
            $0.pickupAt = nil
            $0.isManifested = false
        }
        move(id, to: 1, now: now)
        return .assigned(self.order(id: id) ?? order, offer)
    }

    /// Whether a person may move a parcel there.
    func allows(_ order: ShiprocketOrder, to status: Int) -> Bool {
        !order.awb.isEmpty && !ShiprocketStatus.final.contains(order.shipmentStatus)
            && ShiprocketStatus.shipment[status] != nil
    }

    /// Gives a shipment a status, with a scan where couriers make one, and tells the receiver.
    mutating func move(_ id: Int, to status: Int, activity: String? = nil, location: String? = nil, now: Int) {
        guard let order = order(id: id) else { return }
        let place = location ?? Self.location(of: order, at: status, pickups: pickups)
        update(id) {
            $0.shipmentStatus = status
            $0.status = ShiprocketStatus.order(for: status, isReturn: $0.draft.isReturn)
            $0.updatedAt = now
            if status == 7 { $0.deliveredAt = now }
            if status == 10 { $0.returnedAt = now }
            if status == 21 {
                $0.attempts.append(.init(at: now, reason: activity ?? "Customer not available", action: nil))
            }
            // The assignment itself is no scan: a fresh AWB has no activities.
            if status != 1, !ShiprocketStatus.silent.contains(status) {
                $0.scans.append(
                    .init(
                        at: now, status: status, activity: activity ?? ShiprocketStatus.shipmentName(status),
                        location: place))
            }
        }
        if status == 10 { book(-Self.returnCharge(order), "RTO freight charged", awb: order.awb, now: now) }
        if status != 1 { emit(id, now: now) }
    }

    /// UNCONFIRMED: when the way back is charged; here as it arrives, with what the way there cost.
    static func returnCharge(_ order: ShiprocketOrder) -> Int { order.charged * 9 / 10 }

    /// A scan of the courier's that the provider has no status for.
    mutating func scan(_ id: Int, activity: String, location: String, now: Int) {
        update(id) {
            $0.scans.append(.init(at: now, status: nil, activity: activity, location: location))
            $0.updatedAt = now
        }
        emit(id, now: now)
    }

    private static func location(of order: ShiprocketOrder, at status: Int, pickups: [ShiprocketPickup]) -> String {
        let arrives = [17, 7, 21, 38, 40, 9].contains(status)
        let pickup = pickups.first { $0.name == order.draft.pickupLocation }?.party.city ?? ""
        return arrives ? order.draft.shipping.city : pickup
    }

    /// Cancels the whole order; false where the courier has the parcel already.
    mutating func cancel(_ id: Int, now: Int) -> Bool {
        guard let order = order(id: id) else { return false }
        guard order.status != 5, order.status != 27 else { return true }
        guard !ShiprocketStatus.isUnderWay(order.shipmentStatus) || order.shipmentStatus == 8 else { return false }
        let keepsAWB = settings.cancelKeepsAWB && !order.awb.isEmpty
        if !keepsAWB {
            refund(order, now: now)
            start(.byHand, of: id, now: now)
        }
        if order.awb.isEmpty || keepsAWB {
            update(id) {
                $0.status = $0.draft.isReturn ? 27 : 5
                $0.updatedAt = now
            }
        } else {
            move(id, to: 8, now: now)
        }
        return true
    }

    /// Cancels the AWB alone. UNCONFIRMED: the order is new again and can be given another AWB.
    mutating func cancelShipment(_ id: Int, now: Int) {
        guard let order = order(id: id), !order.awb.isEmpty, !ShiprocketStatus.isUnderWay(order.shipmentStatus) else {
            return
        }
        refund(order, now: now)
        start(.byHand, of: id, now: now)
        move(id, to: 8, now: now)
        let isCancelled = order.status == 5 || order.status == 27
        update(id) { $0.status = isCancelled ? order.status : $0.draft.isReturn ? 21 : 1 }
    }

    private mutating func refund(_ order: ShiprocketOrder, now: Int) {
        book(order.charged, "Freight reversed", awb: order.awb, now: now)
        update(order.id) { $0.charged = 0 }
    }

    mutating func schedulePickup(_ id: Int, at time: Int, now: Int) {
        update(id) { $0.pickupAt = time }
        move(id, to: 3, now: now)
        start(takeScript(), of: id, now: now)
    }

    /// What a seller wants done about a parcel that could not be delivered.
    mutating func act(on id: Int, _ action: String, comments: String, now: Int) {
        update(id) {
            if !$0.attempts.isEmpty { $0.attempts[$0.attempts.count - 1].action = action }
        }
        guard action == "return" else { return scan(id, activity: comments, location: "", now: now) }
        start(.byHand, of: id, now: now)
        move(id, to: 9, activity: comments.isEmpty ? nil : comments, now: now)
        update(id) {
            $0.journey = [46, 41, 10]
            $0.journeyNumber += 1
        }
        if let order = order(id: id) {
            schedule(.step(order: id, journey: order.journeyNumber), at: now + settings.pace)
        }
    }
}
