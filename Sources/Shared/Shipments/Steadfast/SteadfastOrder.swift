import Core
import Foundation
import Orders
import Payments
import Registrations

/// A consignment as Steadfast is asked for it.
struct SteadfastOrder: Sendable {
    private static let nameLength = 100
    private static let addressLength = 250
    private static let noteLength = 480
    private static let descriptionLength = 250

    let json: JSONValue

    /// Why it can't be asked for.
    struct Objection: Error {
        let reason: String
    }

    static func objection(to request: ShipmentRequest) -> String? {
        if case .failure(let objection) = make(of: request) { return objection.reason }
        return nil
    }

    static func make(of request: ShipmentRequest) -> Result<SteadfastOrder, Objection> {
        let to = request.recipient
        guard to.country == Market.bangladesh.rawValue else {
            return .failure(Objection(reason: "Steadfast delivers in Bangladesh alone"))
        }
        guard request.cod.currency == .bdt else {
            return .failure(Objection(reason: "Steadfast collects taka alone"))
        }
        guard let phone = to.phone.flatMap(localPhone) else {
            return .failure(
                Objection(reason: "Steadfast needs a mobile telephone number of Bangladesh for the recipient"))
        }
        let parts = [to.line1, to.line2, to.landmark, to.city, to.region, to.postalCode]
        let address = parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
        guard address.unicodeScalars.count <= addressLength else {
            return .failure(
                Objection(reason: "Steadfast takes addresses of \(addressLength) characters at most"))
        }
        var body: [UTF8Text: JSONValue] = [
            "invoice": .string(request.reference), "recipient_name": .string(cut(to.name, nameLength)),
            "recipient_phone": .string(phone), "recipient_address": .string(address),
            "cod_amount": amount(request.cod), "total_lot": .integer(Int64(request.parcels.count)),
            "delivery_type": .integer(0),
            "item_description": .string(
                cut(request.lines.map { "\($0.quantity) × \($0.title)" }.joined(separator: ", "), descriptionLength)),
        ]
        if let other = to.alternatePhone.flatMap(localPhone) { body["alternative_phone"] = .string(other) }
        if !request.note.isEmpty { body["note"] = .string(cut(request.note, noteLength)) }
        return .success(SteadfastOrder(json: .object(body)))
    }

    /// `01XXXXXXXXX` of a number with its country code; nil for what is no mobile number there.
    static func localPhone(_ text: String) -> String? {
        let digits = text.utf8.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        var number = String(decoding: digits, as: UTF8.self)
        if number.hasPrefix("880") { number = String(number.dropFirst(2)) }
        return number.utf8.count == 11 && number.hasPrefix("01") ? number : nil
    }

    /// Whole taka where it is whole, which is safest.
    private static func amount(_ cod: Money) -> JSONValue {
        cod.minorUnits % 100 == 0 ? .integer(cod.minorUnits / 100) : .number(Double(cod.minorUnits) / 100)
    }

    private static func cut(_ text: String, _ length: Int) -> String {
        guard text.unicodeScalars.count > length else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(length)))
    }
}
