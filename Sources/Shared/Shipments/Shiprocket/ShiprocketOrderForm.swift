import Addresses
import Core
import Foundation
import Orders
import Payments
import Registrations
import Vendors

/// What Shiprocket has to be told of a shipment. Pure.
struct ShiprocketOrderForm {
    private static let longestCity = 30
    private static let longestLine = 150
    /// Shiprocket's own.
    private static let thinnestMillimetres = 6

    private let request: ShipmentRequest
    private let parcel: Parcel
    private let size: Parcel.Size
    private let phone: String
    private let state: String
    private let postalCode: String

    /// - Throws: ``CourierError/refused(code:message:)`` where it can't be carried.
    init(_ request: ShipmentRequest) throws(CourierError) {
        if let objection = Self.objection(to: request) { throw .refused(code: nil, message: objection) }
        guard let parcel = request.parcels.first, let size = parcel.size,
            let phone = Self.mobile(request.recipient.phone), let state = request.recipient.region,
            let postalCode = request.recipient.postalCode
        else { throw .refused(code: nil, message: "something is missing that Shiprocket needs") }
        self.request = request
        self.parcel = parcel
        self.size = size
        self.phone = phone
        self.state = state
        self.postalCode = postalCode
    }

    /// Why Shiprocket can't carry it, in words; nil where it can.
    static func objection(to request: ShipmentRequest) -> String? {
        guard request.declared.currency == .inr, request.cod.currency == .inr else {
            return "Shiprocket reckons in Indian rupees alone"
        }
        guard request.recipient.country == Market.india.rawValue else {
            return "Shiprocket brings parcels within India"
        }
        if let place = request.sender.location?.address.market, place != .india {
            return "Shiprocket fetches parcels in India"
        }
        guard request.parcels.count == 1, let parcel = request.parcels.first else {
            return "a shipment through Shiprocket is one parcel: pack a shipment for each"
        }
        guard parcel.size != nil else { return "Shiprocket has to know how long, wide and high the parcel is" }
        guard mobile(request.recipient.phone) != nil else { return "Shiprocket needs an Indian mobile number to call" }
        guard let pin = request.recipient.postalCode, isPIN(pin) else { return "Shiprocket needs the PIN code" }
        guard request.recipient.region?.isEmpty == false else { return "Shiprocket needs the State" }
        guard !request.lines.isEmpty, request.lines.allSatisfy({ $0.unitPrice.currency == .inr }) else {
            return "Shiprocket needs the goods and their prices in Indian rupees"
        }
        return nil
    }

    /// The ten digits of an Indian mobile number, which is all that Shiprocket takes.
    static func mobile(_ text: String?) -> String? {
        guard let number = text.flatMap({ PhoneNumber(rawValue: $0) })?.rawValue,
            number.utf8.starts(with: "+91".utf8), number.utf8.count == 13
        else { return nil }
        let digits = number.dropFirst(3)
        return "6789".contains(digits.first ?? "0") ? String(digits) : nil
    }

    static func isPIN(_ text: String) -> Bool {
        text.utf8.count == 6 && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// What the place is called there where a vendor's parcels are fetched. It changes with the place, as what it was called before
    /// stands for the address of before.
    static func nickname(of location: PickupLocation) -> String { "\(location.id)-\(location.version)" }

    /// - Parameter pickupLocation: the place's name at Shiprocket.
    func order(fetchedAt pickupLocation: String) -> JSONValue {
        var fields = common
        fields["pickup_location"] = .string(pickupLocation)
        fields["shipping_is_billing"] = true
        fields["payment_method"] = request.isCashOnDelivery ? "COD" : "Prepaid"
        // The amount to collect is what stands here: Shiprocket adds nothing up.
        fields["sub_total"] = .string(MajorUnits.text(request.isCashOnDelivery ? request.cod : request.declared))
        fields["reseller_name"] = .string(Self.cut(request.sender.name, Self.longestLine))
        fields["invoice_number"] = .string(request.documentNumber)
        if !request.note.isEmpty { fields["comment"] = .string(Self.cut(request.note, 200)) }
        fields.merge(customer("billing_")) { $1 }
        return .object(fields)
    }

    /// The customer sends, and the vendor's place is where it goes.
    func returnOrder(to location: PickupLocation, email: String) throws(CourierError) -> JSONValue {
        guard let place = ShiprocketPlace(location) else {
            throw .refused(code: nil, message: "Shiprocket brings returns to places in India")
        }
        var fields = common
        fields["payment_method"] = "PREPAID"
        fields["total_discount"] = "0"
        fields["sub_total"] = .string(MajorUnits.text(request.declared))
        fields.merge(customer("pickup_")) { $1 }
        fields["shipping_customer_name"] = .string(Self.cut(request.sender.name, Self.longestLine))
        fields["shipping_email"] = .string(email)
        for (name, value) in place.fields { fields[UTF8Text("shipping_\(name)")] = value }
        fields["shipping_pincode"] = .string(place.pin)
        return .object(fields)
    }

    private var common: [UTF8Text: JSONValue] {
        [
            "order_id": .string(request.reference), "order_date": .string(ShiprocketTime.text(request.orderedAt)),
            "order_items": .array(request.lines.map(Self.item)), "weight": .number(Double(parcel.weightGrams) / 1_000),
            "length": Self.centimetres(size.lengthMillimetres), "breadth": Self.centimetres(size.widthMillimetres),
            "height": Self.centimetres(size.heightMillimetres),
        ]
    }

    private static func item(_ line: ShipmentRequest.Line) -> JSONValue {
        var item: [UTF8Text: JSONValue] = [
            "name": .string(cut(line.title, longestLine)), "sku": .string(line.sku), "units": .integer(line.quantity),
            "selling_price": .string(MajorUnits.text(line.unitPrice)),
        ]
        if let hsn = line.hsn { item["hsn"] = .string(hsn) }
        return .object(item)
    }

    private static func centimetres(_ millimetres: Int) -> JSONValue {
        .number(Double(max(thinnestMillimetres, millimetres)) / 10)
    }

    private func customer(_ prefix: String) -> [UTF8Text: JSONValue] {
        let recipient = request.recipient
        let more = [recipient.line2, recipient.landmark].compactMap { $0 }.joined(separator: ", ")
        var fields = [
            "customer_name": Self.cut(recipient.latinName ?? recipient.name, Self.longestLine), "last_name": "",
            "address": Self.cut(recipient.line1, Self.longestLine), "address_2": Self.cut(more, Self.longestLine),
            "city": Self.cut(recipient.city, Self.longestCity), "state": state, "country": "India",
            "pincode": postalCode, "email": request.email.rawValue, "phone": phone,
        ]
        fields["alternate_phone"] = Self.mobile(recipient.alternatePhone)
        return fields.reduce(into: [:]) { $0[UTF8Text(prefix + $1.key)] = .string($1.value) }
    }

    static func cut(_ text: String, _ limit: Int) -> String { String(text.unicodeScalars.prefix(limit)) }
}

/// A place where parcels are fetched, as Shiprocket wants it told.
struct ShiprocketPlace {
    let fields: [UTF8Text: JSONValue]
    let pin: String

    /// nil for a place that is not in India, or whose telephone is no mobile of there.
    init?(_ location: PickupLocation) {
        guard case .india(let city, let state, let pin) = location.address.place,
            let name = Self.states[state], let phone = ShiprocketOrderForm.mobile(location.phone.rawValue)
        else { return nil }
        let more = [location.address.line2, location.address.landmark].compactMap { $0 }.joined(separator: ", ")
        fields = [
            "address": .string(ShiprocketOrderForm.cut(location.address.line1, 150)),
            "address_2": .string(ShiprocketOrderForm.cut(more, 150)),
            "city": .string(ShiprocketOrderForm.cut(city, 30)), "state": .string(name), "country": "India",
            "phone": .string(phone),
        ]
        self.pin = pin.text
    }

    /// States by the codes of GSTINs, under the names by which Shiprocket knows them.
    private static let states = [
        "01": "Jammu and Kashmir", "02": "Himachal Pradesh", "03": "Punjab", "04": "Chandigarh", "05": "Uttarakhand",
        "06": "Haryana", "07": "Delhi", "08": "Rajasthan", "09": "Uttar Pradesh", "10": "Bihar", "11": "Sikkim",
        "12": "Arunachal Pradesh", "13": "Nagaland", "14": "Manipur", "15": "Mizoram", "16": "Tripura",
        "17": "Meghalaya", "18": "Assam", "19": "West Bengal", "20": "Jharkhand", "21": "Odisha",
        "22": "Chhattisgarh", "23": "Madhya Pradesh", "24": "Gujarat",
        "26": "Dadra and Nagar Haveli and Daman and Diu", "27": "Maharashtra", "29": "Karnataka", "30": "Goa",
        "31": "Lakshadweep", "32": "Kerala", "33": "Tamil Nadu", "34": "Puducherry",
        "35": "Andaman and Nicobar Islands", "36": "Telangana", "37": "Andhra Pradesh", "38": "Ladakh",
    ]
}
