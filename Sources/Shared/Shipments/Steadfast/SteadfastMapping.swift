import Core
import Foundation
import Payments
import Values

/// Steadfast's words.
/// Source: the merchant API's document and webhook page; return legs and tracking texts from integrations alone (UNCONFIRMED).
enum SteadfastMapping {
    /// What a delivery status means. They are compared without regard to case: the document's sample writes "Delivered".
    static func status(_ word: String) -> CourierReport.Status {
        switch UTF8Text(word).lowercasedASCII {
        case "in_review": .known(.awbAssigned)
        case "pending": .known(.inTransit)
        case "hold": .known(.held)
        case "delivered": .known(.delivered)
        case "partial_delivered": .known(.partiallyDelivered)
        // The table makes it a way back where the parcel has left.
        case "cancelled": .known(.cancelled)
        // The rider says so, and Steadfast has not agreed yet: neither state nor money is final.
        case "delivered_approval_pending", "partial_delivered_approval_pending", "cancelled_approval_pending",
            "unknown_approval_pending":
            .news
        case "cancelled_return_proccessing", "cancelled_return_processing", "cancelled_return_rider_assigned":
            .known(.rtoInitiated)
        case "cancelled_return_received": .known(.rtoDelivered)
        // What the customer did not take goes back; the delivery stays what it was.
        case "partial_delivered_return_proccessing", "partial_delivered_return_processing",
            "partial_delivered_return_rider_assigned", "partial_delivered_return_received":
            .news
        // "unknown" and "exceptional" are words of Steadfast's that say that somebody has to ask.
        default: .unknown
        }
    }

    /// What a tracking text says of the state. UNCONFIRMED: seen in live traffic, promised nowhere.
    static func status(ofText text: String) -> CourierReport.Status {
        let text = Array(UTF8Text(String(text.prefix(500))).lowercasedASCII.utf8)
        func says(_ words: String) -> Bool { text.firstRange(of: Array(words.utf8)) != nil }
        if says("assigned to rider for delivery") { return .known(.outForDelivery) }
        return says("received at") || says("dispatch id") || says("processing for delivery")
            ? .known(.inTransit) : .news
    }

    /// What is really collected of a parcel that was delivered in part: "Amount has been changed from 1770 to 50".
    static func changedAmount(in text: String, currency: Currency) -> Int64? {
        guard text.utf8.count <= 500, text.contains("Amount has been changed from"),
            let last = text.split(separator: " ").last
        else { return nil }
        let number = last.hasSuffix(".") ? last.dropLast() : last
        guard let money = MajorUnits.money(String(number), in: currency), money.minorUnits >= 0 else { return nil }
        return money.minorUnits
    }

    /// "2025-03-02 12:45:30". UNCONFIRMED: by the clocks of Dhaka.
    static func moment(_ text: String) -> Date? {
        let parts = text.split(separator: " ")
        guard text.utf8.count == 19, parts.count == 2, let day = CivilDate(iso8601: String(parts[0])) else {
            return nil
        }
        let clock = parts[1].split(separator: ":").compactMap { $0.utf8.count == 2 ? Int($0) : nil }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0..<60).contains(clock[2])
        else { return nil }
        let seconds = day.daysSinceEpoch * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2] - 6 * 3600
        return Date(timeIntervalSince1970: TimeInterval(seconds))
    }

    /// The id of a consignment, as it can stand in a path; a number in what is written down of the API. nil where there is none.
    static func consignment(in object: ProviderObject) -> String? {
        guard let id = object.code("consignment_id"), (1...64).contains(id.utf8.count),
            id.utf8.allSatisfy(ProviderObject.isPartOfID)
        else { return nil }
        return id
    }

    /// A push's report.
    static func report(_ push: ProviderObject, currency: Currency) throws(MalformedEvent) -> CourierReport {
        let consignment = consignment(in: push)
        let reference = push.code("invoice").flatMap { $0.isEmpty ? nil : $0 }
        guard consignment != nil || reference != nil else {
            throw MalformedEvent("\(push.path) names no consignment")
        }
        let message = push.note("tracking_message")
        var money = CourierMoney()
        let status: CourierReport.Status
        let word: String?
        switch try push.word("notification_type") {
        case "delivery_status":
            let told = try push.word("status")
            (word, status) = (told, Self.status(told))
            if case .known(let state) = status, state.isDelivery {
                money.collected = try push.optionalDecimal("cod_amount", in: currency)?.minorUnits
            }
            money.charge = try push.optionalDecimal("delivery_charge", in: currency)?.minorUnits
        case "tracking_update":
            word = nil
            money.collected = message.flatMap { changedAmount(in: $0, currency: currency) }
            status = message.map(Self.status(ofText:)) ?? .news
        case "return_status":
            (word, status) = (push.note("status"), .news)
        case let other:
            throw MalformedEvent("\(push.path) is of the unknown type \(other.prefix(50))")
        }
        return CourierReport(
            reference: reference, names: CourierNames(consignment: consignment), status: status, rawStatus: word,
            message: message, occurredAt: push.note("updated_at").flatMap(moment), money: money)
    }
}
