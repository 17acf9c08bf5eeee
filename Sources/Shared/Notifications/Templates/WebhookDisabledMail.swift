import HTML
package import OutgoingWebhooks

/// To those who look after an endpoint: nothing is sent to it any more.
package struct WebhookDisabledMail: MailTemplate {
    package static let name = "webhook_disabled"
    package static let version = 1

    private let host: String
    private let reason: WebhookEndpoint.DisabledReason
    private let shop: String

    /// - Parameters:
    ///   - host: the receiver's; the rest of its address may be a secret.
    ///   - shop: the host by which people know it.
    package init(host: String, reason: WebhookEndpoint.DisabledReason, shop: String) {
        self.host = host
        self.reason = reason
        self.shop = shop
    }

    package func rendered(in locale: MessageLocale) -> RenderedMail {
        let (subject, why, what) = words(in: locale)
        let html: HTML = """
            <p>\(why)</p>
            <p>\(what)</p>
            <p>\(shop)</p>
            """
        return RenderedMail(
            subject: subject, text: [why, "", what, "", shop].joined(separator: "\n") + "\n",
            html: MailLayout.page(title: subject, body: html, in: locale))
    }

    private func words(in locale: MessageLocale) -> (subject: String, why: String, what: String) {
        let isGone = reason == .gone
        return switch locale {
        case .english:
            (
                "Webhooks to \(host) were switched off",
                isGone
                    ? "The receiver \(host) has answered that it is gone (410)."
                    : "The receiver \(host) has taken nothing for five days.",
                "Nothing is sent to it until you enable the endpoint again. What waits is sent then, and what has happened meanwhile can be sent again."
            )
        case .bengali:
            (
                "\(host)-এ ওয়েবহুক বন্ধ করা হয়েছে",
                isGone
                    ? "গ্রহীতা \(host) জানিয়েছে যে এটি আর নেই (410)।"
                    : "গ্রহীতা \(host) পাঁচ দিন ধরে কিছুই গ্রহণ করেনি।",
                "আপনি এন্ডপয়েন্টটি আবার চালু না করা পর্যন্ত সেখানে কিছু পাঠানো হবে না। যা অপেক্ষায় আছে তা তখন পাঠানো হবে, আর এর মধ্যে যা ঘটেছে তা আবার পাঠানো যাবে।"
            )
        case .hindi:
            (
                "\(host) को वेबहुक बंद कर दिए गए",
                isGone
                    ? "प्राप्तकर्ता \(host) ने बताया है कि वह अब नहीं है (410)।"
                    : "प्राप्तकर्ता \(host) ने पाँच दिनों से कुछ भी स्वीकार नहीं किया।",
                "जब तक आप एंडपॉइंट को फिर से चालू नहीं करते, वहाँ कुछ नहीं भेजा जाएगा। जो प्रतीक्षा में है वह तब भेजा जाएगा, और इस बीच जो हुआ वह फिर से भेजा जा सकता है।"
            )
        }
    }
}
