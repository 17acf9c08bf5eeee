import HTML

/// To the customer: what was bought, with the licence keys in the clear.
package struct OrderDeliveredMail: MailTemplate {
    package static let name = "order_delivered"
    package static let version = 4

    package struct Item: Sendable {
        package let title: String
        package let keys: [String]

        package init(title: String, keys: [String]) {
            self.title = title
            self.keys = keys
        }
    }

    private let orderNumber: String
    private let items: [Item]
    private let isReplacement: Bool

    /// - Parameter isReplacement: whether some of the keys took the place of others.
    package init(orderNumber: String, items: [Item], isReplacement: Bool = false) {
        self.orderNumber = orderNumber
        self.items = items
        self.isReplacement = isReplacement
    }

    package func rendered(in locale: MessageLocale) -> RenderedMail {
        let wording = Wording(locale, isReplacement: isReplacement)
        let title = wording.title(orderNumber)
        return RenderedMail(
            subject: title, text: text(title, wording),
            html: MailLayout.page(title: title, body: html(wording), in: locale))
    }

    private func text(_ title: String, _ wording: Wording) -> String {
        let parts = items.map { item in ([item.title] + item.keys.map { "    \($0)" }).joined(separator: "\n") }
        return ([title, wording.introduction] + parts + [wording.advice]).joined(separator: "\n\n") + "\n"
    }

    private func html(_ wording: Wording) -> HTML {
        let parts: [HTML] = items.map { item in
            let keys = item.keys.map { key -> HTML in
                """
                <pre dir="ltr" style="\(Self.exactText)">\(key)</pre>
                """
            }
            return """
                <h2 style="font-size:16px;margin:16px 0 4px">\(item.title)</h2>
                \(keys.joined(separator: "\n"))
                """
        }
        return """
            <p>\(wording.introduction)</p>
            \(parts.joined(separator: "\n"))
            <p style="color:#6b6760">\(wording.advice)</p>
            """
    }

    /// Blanks stay as they are by the element alone, whatever styles a mail program drops. A long key breaks anywhere, which adds
    /// nothing to what is copied; Word's engine knows the first way to say so, browsers the second as well.
    private static let exactText = """
        margin:4px 0;padding:4px 8px;background:#f5f3ef;font-family:monospace;font-size:16px;white-space:pre-wrap;\
        word-break:break-all;overflow-wrap:anywhere
        """

    private struct Wording {
        let title: (String) -> String
        let introduction: String
        let advice: String

        init(_ locale: MessageLocale, isReplacement: Bool) {
            switch locale {
            case .english:
                title =
                    isReplacement
                    ? { "New licence keys for your order \($0)" } : { "Your order \($0) has been delivered" }
                introduction =
                    isReplacement
                    ? "We have replaced licence keys of your order. These are yours now; the old ones no longer count:"
                    : "Thank you for your purchase. These are your licence keys:"
                advice = "Keep this message: whoever has a key can use it."
            case .bengali:
                title =
                    isReplacement
                    ? { "আপনার অর্ডার \($0)-এর নতুন লাইসেন্স কী" } : { "আপনার অর্ডার \($0) পৌঁছে দেওয়া হয়েছে" }
                introduction =
                    isReplacement
                    ? "আমরা আপনার অর্ডারের লাইসেন্স কী বদলে দিয়েছি। এখন এগুলোই আপনার; পুরোনোগুলো আর চলবে না:"
                    : "কেনাকাটার জন্য ধন্যবাদ। এগুলো আপনার লাইসেন্স কী:"
                advice = "এই বার্তাটি যত্নে রাখুন: যার কাছে কী থাকবে, সে-ই তা ব্যবহার করতে পারবে।"
            case .hindi:
                title =
                    isReplacement
                    ? { "आपके ऑर्डर \($0) की नई लाइसेंस कुंजियाँ" } : { "आपका ऑर्डर \($0) पहुँचा दिया गया है" }
                introduction =
                    isReplacement
                    ? "हमने आपके ऑर्डर की लाइसेंस कुंजियाँ बदल दी हैं। अब ये आपकी हैं; पुरानी अब मान्य नहीं हैं:"
                    : "ख़रीदारी के लिए धन्यवाद। ये आपकी लाइसेंस कुंजियाँ हैं:"
                advice = "यह संदेश सँभालकर रखें: जिसके पास कुंजी होगी, वही उसका उपयोग कर सकेगा।"
            }
        }
    }
}
