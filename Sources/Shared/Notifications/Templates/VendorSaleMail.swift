import HTML

/// To a vendor: what was sold and what they get for it. It names no customer and no keys.
package struct VendorSaleMail: MailTemplate {
    package static let name = "vendor_sale"
    package static let version = 3

    package struct Line: Sendable {
        package let title: String
        package let quantity: Int64
        /// Formatted with its currency.
        package let amount: String

        package init(title: String, quantity: Int64, amount: String) {
            self.title = title
            self.quantity = quantity
            self.amount = amount
        }
    }

    private let vendorName: String
    private let orderNumber: String
    private let lines: [Line]
    private let commission: String
    private let payable: String

    /// - Parameters:
    ///   - commission: formatted with its currency.
    ///   - payable: what remains for the vendor, formatted with its currency.
    package init(vendorName: String, orderNumber: String, lines: [Line], commission: String, payable: String) {
        self.vendorName = vendorName
        self.orderNumber = orderNumber
        self.lines = lines
        self.commission = commission
        self.payable = payable
    }

    package func rendered(in locale: MessageLocale) -> RenderedMail {
        let wording = Wording(locale)
        let title = wording.title(orderNumber)
        return RenderedMail(
            subject: title, text: text(title, wording),
            html: MailLayout.page(title: title, body: html(wording), in: locale))
    }

    private func text(_ title: String, _ wording: Wording) -> String {
        let sold = lines.map { "\($0.quantity) × \($0.title): \($0.amount)" }.joined(separator: "\n")
        let sums = "\(wording.commission): \(commission)\n\(wording.payable): \(payable)"
        return [title, wording.greeting(vendorName), sold, sums].joined(separator: "\n\n") + "\n"
    }

    private func html(_ wording: Wording) -> HTML {
        let rows = lines.map { line -> HTML in
            """
            <tr><td style="padding:4px 0">\(line.quantity) × \(line.title)</td>\
            <td style="text-align:right">\(line.amount)</td></tr>
            """
        }
        return """
            <p>\(wording.greeting(vendorName))</p>
            <table style="width:100%;border-collapse:collapse">
            \(rows.joined(separator: "\n"))
            <tr><td style="padding:4px 0;border-top:1px solid #d9d5cc">\(wording.commission)</td>\
            <td style="text-align:right;border-top:1px solid #d9d5cc">\(commission)</td></tr>
            <tr><td style="padding:4px 0"><strong>\(wording.payable)</strong></td>\
            <td style="text-align:right"><strong>\(payable)</strong></td></tr>
            </table>
            """
    }

    private struct Wording {
        let title: (String) -> String
        let greeting: (String) -> String
        let commission: String
        let payable: String

        init(_ locale: MessageLocale) {
            switch locale {
            case .english:
                title = { "You made a sale: order \($0)" }
                greeting = { "Hello \($0), this was sold:" }
                commission = "Commission"
                payable = "For you"
            case .bengali:
                title = { "আপনার একটি বিক্রি হয়েছে: অর্ডার \($0)" }
                greeting = { "\($0), যা বিক্রি হয়েছে:" }
                commission = "কমিশন"
                payable = "আপনার প্রাপ্য"
            case .hindi:
                title = { "आपकी एक बिक्री हुई: ऑर्डर \($0)" }
                greeting = { "नमस्ते \($0), यह बिका है:" }
                commission = "कमीशन"
                payable = "आपको मिलेगा"
            }
        }
    }
}
