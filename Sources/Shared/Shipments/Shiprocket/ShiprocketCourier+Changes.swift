package import Core
import Foundation
import Outbound
import Payments

extension ShiprocketCourier: CancellingCourier, ReturnFetchingCourier {
    /// Cancels the order, and what it is carried under. A cancelled AWB may take its time: as long as the parcel still travels by
    /// tracking, it is not said to be done.
    package func cancel(_ shipment: BookedShipment) async throws(CourierError) {
        guard let id = shipment.names.order.flatMap({ ShiprocketOrderID($0) }),
            let order = try await show(id, about: shipment.id)
        else { return }
        if !order.status.isCancelled {
            do {
                _ = try await client.answer(
                    "orders.cancel", "/orders/cancel", ["ids": [id.json]], about: shipment.id)
            } catch {
                guard error.leavesDoubt else { throw error }
            }
            guard let after = try await show(id, about: shipment.id) else { return }
            guard after.status.isCancelled else {
                throw .unknown("order \(id) is to be cancelled and is \(after.status.name ?? "\(after.status.id)")")
            }
        }
        guard let awb = order.awb ?? shipment.names.trackingCode.flatMap({ ShiprocketAWB($0) }) else { return }
        try await cancel(awb, of: order, about: shipment.id)
    }

    private func cancel(
        _ awb: ShiprocketAWB, of order: ShiprocketOrder, about shipment: ID<Shipment>
    ) async throws(CourierError) {
        let latest = try await way(of: awb, of: order, about: shipment).last { $0.status != .news }
        if latest?.status == .known(.cancelled) { return }
        _ = try await client.answer(
            "orders.cancel_awbs", "/orders/cancel/shipment/awbs", ["awbs": [.string(awb.text)]], about: shipment)
        // Without a scan, or of a return, tracking has nothing to say; the order is cancelled.
        guard latest != nil, !order.status.isReturn else { return }
        throw .unknown("AWB \(awb) is being cancelled, and tracking does not say so yet")
    }

    /// From the recipient of the request, who sends, to the vendor's place.
    package func createReturn(_ request: ShipmentRequest) async throws(CourierError) -> CourierBooking {
        guard let location = request.sender.location else {
            throw .refused(code: nil, message: "Shiprocket has to know the place that a return goes to")
        }
        let body = try ShiprocketOrderForm(request)
            .returnOrder(to: location, email: settings.credentials.email.reveal())
        return try await booked(request) { () async throws(CourierError) in
            let answer = try await client.post("orders.create_return", "/orders/create/return", body, about: request.id)
            return try CourierError.reading { () throws(MalformedEvent) in try ShiprocketOrder(created: answer) }
        }
    }
}

extension ShiprocketCourier: UndeliveredListingCourier, UndeliveredAnsweringCourier, BalanceCourier {
    package func undelivered(
        after cursor: String?
    ) async throws(CourierError) -> (reports: [CourierReport], next: String?) {
        let (page, rows) = (cursor.flatMap { Int($0) } ?? 1, 100)
        guard (1...10_000).contains(page) else { throw .refused(code: nil, message: "there is no such page") }
        let list = try await client.get("ndr.list", "/ndr/all?page=\(page)&per_page=\(rows)")
        return try CourierError.reading { () throws(MalformedEvent) in
            let entries = try list.objects("data")
            let isLast = try Self.isLast(page, of: list, rows: entries.count < rows)
            return (entries.compactMap(Self.undelivered), isLast ? nil : "\(page + 1)")
        }
    }

    /// UNCONFIRMED: the fields' names. nil for an entry that names no parcel.
    private static func undelivered(_ entry: ProviderObject) -> CourierReport? {
        guard let awb = entry.awb("awb_code") ?? entry.awb("awb") else { return nil }
        let raisedAt = entry.loose("ndr_raised_at") ?? entry.loose("created_at") ?? ""
        let reason = entry.words("reason") ?? entry.words("ndr_reason")
        return CourierReport(
            reference: entry.loose("channel_order_id"),
            names: CourierNames(
                order: nil, shipment: entry.loose("shipment_id").flatMap { ShiprocketShipmentID($0) }, awb: awb),
            status: .known(.undelivered), rawStatus: "NDR", message: reason,
            occurredAt: ShiprocketTime.date(raisedAt),
            key: ShiprocketTracking.digest("ndr:\(awb):\(raisedAt):\(reason ?? "")"))
    }

    package func answer(
        _ answer: UndeliveredAnswer, for shipment: BookedShipment
    ) async throws(CourierError) {
        let awb = try shipment.shiprocketAWB()
        let (action, comment) =
            switch answer {
            case .tryAgain(let comment): ("re-attempt", comment)
            case .bringBack(let comment): ("return", comment)
            }
        _ = try await client.answer(
            "ndr.action", "/ndr/\(awb)/action",
            [
                "action": .string(action),
                "comments": .string(comment.isEmpty ? action : ShiprocketOrderForm.cut(comment, 300)),
            ], about: shipment.id)
    }

    /// Of the wallet that AWBs are paid from; negative where more was charged than is in it.
    package func balance() async throws(CourierError) -> Money {
        let answer = try await client.get("account.balance", "/account/details/wallet-balance")
        return try CourierError.reading { () throws(MalformedEvent) in
            try answer.object("data").decimal("balance_amount", in: .inr)
        }
    }
}
