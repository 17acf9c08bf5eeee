import Addresses
import Core
import Foundation
import Orders
import Outbound
import Payments
import Registrations
import Vendors

extension ShiprocketCourier: RatingCourier, AWBAssigningCourier, PickupSchedulingCourier {
    package var rateRule: CourierRateRule { settings.rateRule }

    package func rates(for request: ShipmentRequest) async throws(CourierError) -> [CourierRate] {
        if let objection = objection(to: request) { throw .refused(code: nil, message: objection) }
        guard let parcel = request.parcels.first, let size = parcel.size, let target = request.recipient.postalCode
        else { return [] }
        let source =
            if case .india(_, _, let pin)? = request.sender.location?.address.place { pin.text } else {
                try await pickups.ownPIN()
            }
        // Whole grams and millimetres: a point and three, or one, digits.
        let query = [
            "pickup_postcode=\(source)", "delivery_postcode=\(target)", "cod=\(request.isCashOnDelivery ? 1 : 0)",
            "weight=\(Double(parcel.weightGrams) / 1_000)", "length=\(Double(size.lengthMillimetres) / 10)",
            "breadth=\(Double(size.widthMillimetres) / 10)", "height=\(Double(size.heightMillimetres) / 10)",
            "declared_value=\(MajorUnits.text(request.declared))",
        ].joined(separator: "&")
        let answer: ProviderObject
        do throws(CourierError) {
            answer = try await client.get("courier.rates", "/courier/serviceability/?\(query)", about: request.id)
        } catch .notServiceable {
            return []
        }
        return try CourierError.reading { () throws(MalformedEvent) in
            try Self.rates(in: answer, isCashOnDelivery: request.isCashOnDelivery)
        }
    }

    /// UNCONFIRMED: how it says that nobody goes there: with a 404, with a 404 inside of a 200, or with nothing in the list.
    static func rates(in answer: ProviderObject, isCashOnDelivery: Bool) throws(MalformedEvent) -> [CourierRate] {
        if answer.looseNumber("status") == 404 { return [] }
        let offers = try answer.object("data").objects("available_courier_companies")
        let rates = offers.compactMap { rate($0, isCashOnDelivery: isCashOnDelivery) }
        guard !rates.isEmpty || offers.isEmpty || offers.contains(where: isClosed) || isCashOnDelivery else {
            throw MalformedEvent("\(answer.path).data has no rate that can be read")
        }
        return rates
    }

    private static func isClosed(_ offer: ProviderObject) -> Bool { offer.looseNumber("blocked") == 1 }

    /// nil for one that does not take it, and for what can't be read.
    private static func rate(_ offer: ProviderObject, isCashOnDelivery: Bool) -> CourierRate? {
        guard !isClosed(offer), !isCashOnDelivery || offer.looseNumber("cod") == 1,
            let service = offer.looseNumber("courier_company_id"), service > 0, let price = offer.rupees("rate"),
            !price.isNegative
        else { return nil }
        let hours = offer.looseNumber("etd_hours").flatMap { (1...10_000).contains($0) ? Int($0) : nil }
        let days = offer.looseNumber("estimated_delivery_days").flatMap { (0...400).contains($0) ? Int($0) : nil }
        let rating = offer.loose("rating").flatMap { Double($0) }.flatMap { (0...5).contains($0) ? $0 : nil }
        return CourierRate(
            service: "\(service)", name: offer.words("courier_name", limit: 100) ?? "\(service)", price: price,
            days: days ?? hours.map { ($0 + 23) / 24 }, rating: rating.map { Int(($0 * 100).rounded()) })
    }

    /// Looked up before, as one that has its AWB keeps it, and after, where the answer does not say what became of it. Here the wallet
    /// is charged.
    package func assignAWB(
        to shipment: BookedShipment, service: String?
    ) async throws(CourierError) -> CourierBooking {
        let (id, parcel) = (try shipment.shiprocketOrder(), try shipment.shiprocketShipment())
        guard let order = try await show(id, about: shipment.id) else {
            throw .referenceSpent("order \(id) is not at Shiprocket any more")
        }
        let booking = try order.booking()
        if booking.state == .awbAssigned { return booking }
        if order.status.isBeingAssigned { return try await assigned(id, about: shipment.id) }
        guard order.shipment == parcel else { throw .integrity("order \(id) has another shipment than \(parcel)") }
        var body: [UTF8Text: JSONValue] = ["shipment_id": parcel.json]
        if let courier = service.flatMap({ Int64($0) }) { body["courier_id"] = .integer(courier) }
        if order.status.isReturn { body["is_return"] = 1 }
        do {
            let answer = try await client.post(
                "courier.assign", "/courier/assign/awb", .object(body), about: shipment.id)
            if let names = try Self.names(in: answer, of: order) { return names }
        } catch {
            guard error.leavesDoubt || Self.mayBeAssigned(error) else { throw error }
            return try await found(id, about: shipment.id, otherwise: error)
        }
        return try await assigned(id, about: shipment.id)
    }

    /// - Returns: nil where Shiprocket is still at it.
    private static func names(
        in answer: ProviderObject, of order: ShiprocketOrder
    ) throws(CourierError) -> CourierBooking? {
        let data = try CourierError.reading { () throws(MalformedEvent) in
            try answer.optionalObject("response")?.optionalObject("data")
        }
        if answer.looseNumber("awb_assign_status") == 1, let data, let awb = data.awb("awb_code") {
            guard data.looseNumber("shipment_id").map({ $0 == order.shipment?.number }) ?? true else {
                throw .integrity("courier.assign is about another shipment")
            }
            return CourierBooking(
                names: CourierNames(order: order.id, shipment: order.shipment, awb: awb), state: .awbAssigned,
                serviceName: data.words("courier_name", limit: 100))
        }
        if let lacking = ShiprocketRefusal.fundsLacking(answer) { throw lacking }
        if answer.loose("awb_assign_status") == nil, answer.looseNumber("success") == 1 { return nil }
        guard let reason = data?.words("awb_assign_error") ?? answer.words("message") else {
            throw .integrity("courier.assign has neither an AWB nor a reason")
        }
        throw ShiprocketRefusal.meaning(of: reason)
    }

    private static func mayBeAssigned(_ error: CourierError) -> Bool {
        guard case .refused(let code, _) = error else { return false }
        return [
            ShiprocketRefusal.Code.alreadyAssigned, ShiprocketRefusal.Code.cancelled, ShiprocketRefusal.Code.wrongType,
        ].contains(code)
    }

    /// What came of an assignment that was not answered, or was made before.
    private func found(
        _ id: ShiprocketOrderID, about shipment: ID<Shipment>, otherwise error: CourierError
    ) async throws(CourierError) -> CourierBooking {
        let order: ShiprocketOrder?
        do {
            order = try await show(id, about: shipment)
        } catch {
            throw .unknown("order \(id) may have got an AWB: \(error)")
        }
        if let booking = try order?.booking(), booking.state == .awbAssigned { return booking }
        if case .refused(ShiprocketRefusal.Code.alreadyAssigned, let message) = error {
            throw .unknown("order \(id) has an AWB that is not shown: \(message)")
        }
        throw error
    }

    private static let assigningPauses: [Duration] = [.seconds(1), .seconds(2), .seconds(4), .seconds(8)]

    /// Waits a little for an AWB that Shiprocket is still at.
    private func assigned(
        _ id: ShiprocketOrderID, about shipment: ID<Shipment>
    ) async throws(CourierError) -> CourierBooking {
        for pause in Self.assigningPauses {
            do {
                try await timing.sleep(pause)
            } catch {
                break
            }
            if let booking = try await show(id, about: shipment)?.booking(), booking.state == .awbAssigned {
                return booking
            }
        }
        throw .unknown("Shiprocket is giving order \(id) an AWB and has not ended yet")
    }

    /// One that was scheduled before is.
    package func schedulePickup(of shipment: BookedShipment) async throws(CourierError) -> CourierReport {
        let parcel = try shipment.shiprocketShipment()
        var message: String?
        do throws(CourierError) {
            let answer = try await client.post(
                "courier.pickup", "/courier/generate/pickup", ["shipment_id": [parcel.json]], about: shipment.id)
            let response = try CourierError.reading { () throws(MalformedEvent) in
                try answer.optionalObject("response")
            }
            message = response?.words("data") ?? answer.words("message")
            guard answer.looseNumber("pickup_status") == 1 else {
                throw ShiprocketRefusal.meaning(of: message ?? "the pickup is not scheduled, and no reason is told")
            }
        } catch .refused(ShiprocketRefusal.Code.pickupRequested, _) {
            message = nil
        }
        return CourierReport(
            reference: shipment.reference, names: shipment.names, status: .known(.pickupScheduled), message: message,
            key: "pickup:\(parcel)")
    }
}
