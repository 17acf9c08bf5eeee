/// The rules for an order's fields, with the wording of the framework the provider is built on (UNCONFIRMED beyond
/// "The invoice has already been taken.").
enum SteadfastValidation {
    static func order(
        _ body: JSON, isTaken: (String) -> Bool
    ) throws(SteadfastError) -> SteadfastOrder {
        var problems: [(field: String, messages: [String])] = []
        func text(_ field: String, required: Bool = false, longest: Int) -> String {
            let value = body[field]?.looseText ?? ""
            let shown = field.replacing("_", with: " ")
            if value.isEmpty, required {
                problems.append((field, ["The \(shown) field is required."]))
            } else if value.count > longest {
                problems.append((field, ["The \(shown) may not be greater than \(longest) characters."]))
            }
            return value
        }
        let invoice = text("invoice", required: true, longest: 255)
        if !invoice.isEmpty, !invoice.utf8.allSatisfy(isInvoiceByte) {
            problems.append(("invoice", ["The invoice format is invalid."]))
        } else if isTaken(invoice) {
            problems.append(("invoice", ["The invoice has already been taken."]))
        }
        let name = text("recipient_name", required: true, longest: 100)
        let phone = text("recipient_phone", required: true, longest: 255)
        if !phone.isEmpty, !isPhone(phone) {
            problems.append(("recipient_phone", ["The recipient phone must be 11 digits."]))
        }
        let address = text("recipient_address", required: true, longest: 250)
        let amount = codAmount(body["cod_amount"], &problems)
        let note = text("note", longest: 480)
        let deliveryType = body["delivery_type"]?.intValue ?? 0
        if !(0...1).contains(deliveryType) {
            problems.append(("delivery_type", ["The selected delivery type is invalid."]))
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        return SteadfastOrder(
            invoice: invoice, name: name, phone: phone, address: address, codAmount: amount,
            note: note.isEmpty ? nil : note, alternativePhone: body["alternative_phone"]?.looseText,
            email: body["recipient_email"]?.looseText, itemDescription: body["item_description"]?.looseText,
            totalLot: body["total_lot"]?.intValue, deliveryType: deliveryType)
    }

    private static func codAmount(
        _ value: JSON?, _ problems: inout [(field: String, messages: [String])]
    ) -> Int {
        guard let value, value != .null, value != .string("") else {
            problems.append(("cod_amount", ["The cod amount field is required."]))
            return 0
        }
        guard let amount = value.hundredths else {
            problems.append(("cod_amount", ["The cod amount must be a number."]))
            return 0
        }
        if amount < 0 { problems.append(("cod_amount", ["The cod amount must be at least 0."])) }
        return amount
    }

    private static func isInvoiceByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// `01XXXXXXXXX`
    private static func isPhone(_ text: String) -> Bool {
        text.utf8.count == 11 && text.hasPrefix("01") && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
