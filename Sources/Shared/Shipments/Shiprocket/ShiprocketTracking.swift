import Core
import Crypto
import Foundation
import Payments

/// What Shiprocket tells of a parcel's way, in our words. Pure.
enum ShiprocketTracking {
    /// More scans than a parcel has; of a longer list the latest.
    private static let mostScans = 200

    /// Where an order stands that has no way yet.
    static func report(of order: ShiprocketOrder) -> CourierReport {
        CourierReport(
            reference: order.reference, names: order.names, status: order.status.meaning,
            rawStatus: raw("\(order.status.id)", order.status.name), expectedAt: order.expectedAt,
            key: "order:\(order.id):\(order.status.id)")
    }

    /// An answer about an AWB, whose scans are newest first; none where nothing has happened yet.
    static func reports(
        tracking answer: ProviderObject, of order: ShiprocketOrder, awb: ShiprocketAWB
    ) throws(MalformedEvent) -> [CourierReport] {
        let data = try answer.object("tracking_data")
        guard data.looseNumber("track_status") != 0 else { return [] }
        let track = try data.optionalObjects("shipment_track").first
        if let told = track?.awb("awb_code"), told != awb {
            throw MalformedEvent("\(data.path) is of \(told), not \(awb)")
        }
        let way = Way(
            reference: order.reference,
            names: CourierNames(order: order.id, shipment: order.shipment, awb: awb),
            isReturn: order.status.isReturn, expectedAt: data.time("etd") ?? order.expectedAt)
        let scans = try data.optionalObjects("shipment_track_activities").prefix(mostScans).reversed()
        let text = track?.words("current_status", limit: 100)
        guard let status = data.looseNumber("shipment_status") else {
            guard let text else { throw MalformedEvent("\(data.path).shipment_status is missing") }
            let meaning = ShiprocketStatusTable.meaning(of: text, isReturn: way.isReturn)
            return way.reports(of: Array(scans), now: Present(id: nil, text: text, meaning: meaning, at: nil))
        }
        let present = ShiprocketShipmentStatus(id: status)
        return way.reports(
            of: Array(scans),
            now: Present(
                id: status, text: text ?? present.name, meaning: present.meaning(isReturn: way.isReturn), at: nil))
    }

    /// A push, in the layout of 2023 or that of 2021; its scans are oldest first.
    static func reports(push: ProviderObject) throws(MalformedEvent) -> [CourierReport] {
        let order = push.looseNumber("current_status_id").map { ShiprocketOrderStatus(id: $0) }
        let isReturn = push.looseNumber("is_return") == 1 || order?.isReturn == true
        let orderID = push.loose("sr_order_id").flatMap { ShiprocketOrderID($0) }
        let way = Way(
            reference: reference(in: push), names: CourierNames(order: orderID, shipment: nil, awb: push.awb("awb")),
            isReturn: isReturn, expectedAt: push.time("etd"))
        guard way.reference != nil || way.names != CourierNames() else {
            throw MalformedEvent("push names neither an order nor an AWB")
        }
        guard let now = present(in: push, order: order, isReturn: isReturn) else {
            throw MalformedEvent("push has no status")
        }
        return way.reports(of: Array(try push.optionalObjects("scans").suffix(mostScans)), now: now)
    }

    /// Some accounts get our reference with a number of Shiprocket's behind it; none of ours has an underscore.
    private static func reference(in push: ProviderObject) -> String? {
        let told = push.loose("channel_order_id") ?? push.loose("order_id")
        let reference = told.map { String($0.prefix { $0 != "_" }) }
        let isOurs: (UInt8) -> Bool = { $0 == UInt8(ascii: "-") || ProviderObject.isPartOfID($0) }
        return reference.flatMap { (1...50).contains($0.utf8.count) && $0.utf8.allSatisfy(isOurs) ? $0 : nil }
    }

    /// By the shipment's number, without one by the order's, without either by the words. A number that is not in its table is never
    /// helped out by another: it is new, and somebody has to hear of it.
    private static func present(
        in push: ProviderObject, order: ShiprocketOrderStatus?, isReturn: Bool
    ) -> Present? {
        let at = push.time("current_timestamp")
        let text = push.words("shipment_status", limit: 100) ?? push.words("current_status", limit: 100)
        if let id = push.looseNumber("shipment_status_id") {
            let status = ShiprocketShipmentStatus(id: id)
            return Present(id: id, text: text ?? status.name, meaning: status.meaning(isReturn: isReturn), at: at)
        }
        if let order {
            return Present(
                id: nil, text: raw("order \(order.id)", push.words("current_status", limit: 100) ?? order.name),
                meaning: order.meaning, at: at)
        }
        return text.map {
            Present(
                id: nil, text: $0, meaning: ShiprocketStatusTable.meaning(of: $0, isReturn: isReturn), at: at)
        }
    }

    fileprivate static func raw(_ id: String, _ name: String?) -> String { name.map { "\(id) \($0)" } ?? id }

    /// Where a parcel is now.
    fileprivate struct Present {
        /// In the space of shipments.
        let id: Int64?
        let text: String?
        let meaning: CourierReport.Status
        let at: Date?

        var raw: String { id.map { ShiprocketTracking.raw("\($0)", text) } ?? text ?? "" }
    }

    /// Of one parcel.
    fileprivate struct Way {
        let reference: String?
        let names: CourierNames
        let isReturn: Bool
        let expectedAt: Date?

        /// - Parameter scans: the oldest first.
        func reports(of scans: [ProviderObject], now: Present) -> [CourierReport] {
            var reports = scans.map { report(of: $0) }
            // The last scan that has a status is most often the present one: said once, with all that is known of it.
            let last = scans.last { $0.looseNumber("sr-status") != nil }
            if let id = now.id, last?.looseNumber("sr-status") == id { return reports }
            let key = "now:\(now.raw):\(now.at.map { "\(Int64($0.timeIntervalSince1970))" } ?? "")"
            reports.append(
                CourierReport(
                    reference: reference, names: names, status: now.meaning, rawStatus: now.raw, occurredAt: now.at,
                    expectedAt: expectedAt, key: ShiprocketTracking.digest(key)))
            return reports
        }

        /// A scan without a number is the courier's own note: news, whatever it says.
        private func report(of scan: ProviderObject) -> CourierReport {
            let label = scan.words("sr-status-label", limit: 100)
            let activity = scan.words("activity")
            let date = scan.loose("date") ?? ""
            let status = scan.looseNumber("sr-status").map { ShiprocketShipmentStatus(id: $0) }
            return CourierReport(
                reference: reference, names: names, status: status?.meaning(isReturn: isReturn) ?? .news,
                rawStatus: status.map { ShiprocketTracking.raw("\($0.id)", label ?? $0.name) }
                    ?? scan.words("status", limit: 100),
                message: activity, place: scan.words("location", limit: 200), occurredAt: ShiprocketTime.date(date),
                expectedAt: expectedAt,
                key: ShiprocketTracking.digest("scan:\(status.map { "\($0.id)" } ?? ""):\(date):\(activity ?? "")"))
        }
    }

    /// What pushes and tracking tell alike has one key.
    static func digest(_ text: String) -> String {
        Hexadecimal.encode(SHA256.hash(data: Data(text.utf8)).prefix(16))
    }
}
