import HTML

/// To somebody of a vendor's team: there is not much left of a variant.
package struct LowStockMail: MailTemplate {
    package static let name = "low_stock"
    package static let version = 1

    private let title: String
    private let sku: String
    private let left: Int64
    private let shop: String

    /// - Parameters:
    ///   - left: units that are nobody's yet.
    ///   - shop: the host by which people know it.
    package init(title: String, sku: String, left: Int64, shop: String) {
        self.title = title
        self.sku = sku
        self.left = left
        self.shop = shop
    }

    package func rendered(in locale: MessageLocale) -> RenderedMail {
        let wording = Wording(locale)
        let (subject, left) = (wording.subject(title), wording.left(left))
        let html: HTML = """
            <p><strong>\(title)</strong><br>\(sku)</p>
            <p>\(left)</p>
            <p>\(wording.footer(shop))</p>
            """
        return RenderedMail(
            subject: subject, text: [title, sku, "", left, "", wording.footer(shop)].joined(separator: "\n") + "\n",
            html: MailLayout.page(title: subject, body: html, in: locale))
    }

    private struct Wording {
        let subject: (String) -> String
        let left: (Int64) -> String
        let footer: (String) -> String

        init(_ locale: MessageLocale) {
            switch locale {
            case .english:
                subject = { "Running low: \($0)" }
                left = { "Units left for sale: \($0)" }
                footer = { "You get this once a day at most. Who runs your shop at \($0) can switch it off." }
            case .bengali:
                subject = { "মজুত কমে আসছে: \($0)" }
                left = { "বিক্রির জন্য বাকি আছে: \($0)" }
                footer = { "এটি দিনে একবারের বেশি পাঠানো হয় না। \($0)-এ আপনার দোকান যিনি চালান, তিনি এটি বন্ধ করতে পারেন।" }
            case .hindi:
                subject = { "स्टॉक कम हो रहा है: \($0)" }
                left = { "बिक्री के लिए बचा है: \($0)" }
                footer = { "यह दिन में एक बार से अधिक नहीं भेजा जाता। \($0) पर आपकी दुकान चलाने वाले इसे बंद कर सकते हैं।" }
            }
        }
    }
}
