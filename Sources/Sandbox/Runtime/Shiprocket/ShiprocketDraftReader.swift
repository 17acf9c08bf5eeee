/// Reads what a merchant sent for an order, and names every field that is wrong.
struct ShiprocketDraftReader {
    private let body: JSON
    private var problems: [(field: String, message: String)] = []

    private init(_ body: JSON) {
        self.body = body
    }

    /// An order of the custom channel or of a connected one, or a return.
    static func read(
        _ body: JSON, channelID: Int, longestOrderID: Int = 50, isReturn: Bool = false
    ) throws(ShiprocketError) -> ShiprocketDraft {
        var reader = ShiprocketDraftReader(body)
        let draft = try reader.draft(channelID, longestOrderID, isReturn)
        guard reader.problems.isEmpty else { throw .invalid(reader.problems) }
        return draft
    }

    private mutating func draft(
        _ channelID: Int, _ longestOrderID: Int, _ isReturn: Bool
    ) throws(ShiprocketError) -> ShiprocketDraft {
        let orderID = text("order_id", longest: longestOrderID)
        let date = text("order_date")
        if !date.isEmpty, !Self.isDate(date) {
            refuse("order_date", "The order date does not match the format yyyy-mm-dd hh:mm.")
        }
        // A return's parcel is fetched from the customer and goes to the warehouse.
        let billing = party(isReturn ? "pickup_" : "billing_", name: "customer_name")
        let separate = isReturn || body["shipping_is_billing"]?.boolValue == false
        if !isReturn, body["shipping_is_billing"]?.boolValue == nil {
            refuse("shipping_is_billing", "The shipping is billing field is required.")
        }
        let shipping = separate ? party("shipping_", name: "customer_name") : billing
        let method = text("payment_method").lowercased()
        if !method.isEmpty, method != "cod", method != "prepaid" {
            refuse("payment_method", "The selected payment method is invalid.")
        }
        return ShiprocketDraft(
            channelOrderID: orderID, channelID: channelID, orderDate: date,
            pickupLocation: isReturn ? "" : text("pickup_location"), billing: billing, shipping: shipping,
            items: try items(), isCOD: method == "cod", subTotal: amount("sub_total", required: true),
            charges: amount("shipping_charges") + amount("giftwrap_charges") + amount("transaction_charges"),
            discount: amount("total_discount"), dimensions: dimensions(),
            grams: Int((number("weight", above: 0) * 1000).rounded()), isReturn: isReturn)
    }

    private mutating func refuse(_ field: String, _ message: String) {
        problems.append((field, message))
    }

    private mutating func text(_ field: String, required: Bool = true, longest: Int = 500) -> String {
        let value = body[field]?.looseText ?? ""
        let shown = field.replacing("_", with: " ")
        if value.isEmpty, required {
            refuse(field, "The \(shown) field is required.")
        } else if value.count > longest {
            refuse(field, "The \(shown) may not be greater than \(longest) characters.")
        }
        return value
    }

    private mutating func party(_ prefix: String, name: String) -> ShiprocketParty {
        let party = ShiprocketParty(
            name: text(prefix + name), lastName: text(prefix + "last_name", required: false),
            address: text(prefix + "address"), address2: text(prefix + "address_2", required: false),
            city: text(prefix + "city", longest: 30), pincode: text(prefix + "pincode"),
            state: text(prefix + "state"), country: text(prefix + "country"),
            email: text(prefix + "email", required: prefix == "billing_"),
            phone: text(prefix + "phone"))
        let domestic = party.country.isEmpty || party.country.lowercased() == "india"
        if domestic, !party.pincode.isEmpty, !ShiprocketServiceability.isPincode(party.pincode) {
            refuse(prefix + "pincode", "The \(prefix.dropLast()) pincode must be 6 digits.")
        }
        if domestic, !party.phone.isEmpty, !Self.isMobile(party.phone) {
            refuse(prefix + "phone", "Not a valid mobile number")
        }
        return party
    }

    private mutating func items() throws(ShiprocketError) -> [ShiprocketItem] {
        guard let value = body["order_items"], value != .null else {
            refuse("order_items", "The order items field is required.")
            return []
        }
        guard let rows = value.elements else { throw .notIterable }
        if rows.isEmpty { refuse("order_items", "The order items field is required.") }
        var items: [ShiprocketItem] = []
        for (position, row) in rows.enumerated() {
            guard case .object = row else { throw .notObject }
            for field in ["name", "sku", "units", "selling_price"] where (row[field]?.looseText ?? "").isEmpty {
                refuse("order_items.\(position).\(field)", "The \(field) field is required.")
            }
            items.append(
                ShiprocketItem(
                    name: row["name"]?.looseText ?? "", sku: row["sku"]?.looseText ?? "",
                    units: row["units"]?.intValue ?? 0, price: row["selling_price"]?.hundredths ?? 0))
        }
        return items
    }

    private mutating func amount(_ field: String, required: Bool = false) -> Int {
        guard let value = body[field], value != .null, value != .string("") else {
            if required { refuse(field, "The \(field.replacing("_", with: " ")) field is required.") }
            return 0
        }
        guard let amount = value.hundredths, amount >= 0 else {
            refuse(field, "The \(field.replacing("_", with: " ")) must be a number.")
            return 0
        }
        return amount
    }

    private mutating func number(_ field: String, above least: Double) -> Double {
        guard let value = body[field]?.doubleValue else {
            refuse(field, "The \(field) field is required.")
            return 1
        }
        guard value > least, value < 100_000 else {
            refuse(field, "The \(field) must be greater than \(least).")
            return 1
        }
        return value
    }

    private mutating func dimensions() -> String {
        ["length", "breadth", "height"].map { field in
            let value = number(field, above: 0.5)
            return value == value.rounded() ? "\(Int(value))" : "\(value)"
        }.joined(separator: "x")
    }

    /// `2026-01-02`, with or without a time.
    private static func isDate(_ text: String) -> Bool {
        let parts = text.prefix(10).split(separator: "-")
        return parts.map(\.count) == [4, 2, 2] && parts.allSatisfy { $0.allSatisfy(\.isNumber) }
            && (text.count == 10 || text.dropFirst(10).first == " " || text.dropFirst(10).first == "T")
    }

    private static func isMobile(_ text: String) -> Bool {
        text.utf8.count == 10 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } && "6789".contains(text.prefix(1))
    }
}
