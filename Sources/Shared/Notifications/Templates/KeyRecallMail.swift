import HTML

/// To the customer: licence keys of an order may not work.
package struct KeyRecallMail: MailTemplate {
    package static let name = "key_recall"
    package static let version = 1

    private let orderNumber: String
    private let titles: [String]

    /// - Parameter titles: what the keys are of.
    package init(orderNumber: String, titles: [String]) {
        self.orderNumber = orderNumber
        self.titles = titles
    }

    package func rendered(in locale: MessageLocale) -> RenderedMail {
        let wording = Wording(locale)
        let title = wording.title(orderNumber)
        let goods = titles.map { title -> HTML in "<li>\(title)</li>" }
        let html: HTML = """
            <p>\(wording.news)</p>
            <ul>\(goods.joined(separator: "\n"))</ul>
            <p>\(wording.advice)</p>
            """
        let text = [title, wording.news, titles.map { "    \($0)" }.joined(separator: "\n"), wording.advice]
        return RenderedMail(
            subject: title, text: text.joined(separator: "\n\n") + "\n",
            html: MailLayout.page(title: title, body: html, in: locale))
    }

    private struct Wording {
        let title: (String) -> String
        let news: String
        let advice: String

        init(_ locale: MessageLocale) {
            switch locale {
            case .english:
                title = { "About the licence keys of your order \($0)" }
                news = "We have learned that licence keys of this order may not work:"
                advice = """
                    You need not do anything: we are looking into it and will write to you when we replace them. If your key works, go \
                    on using it until then.
                    """
            case .bengali:
                title = { "আপনার অর্ডার \($0)-এর লাইসেন্স কী সম্পর্কে" }
                news = "আমরা জেনেছি যে এই অর্ডারের লাইসেন্স কী হয়তো কাজ করবে না:"
                advice = """
                    আপনাকে কিছু করতে হবে না: আমরা বিষয়টি দেখছি এবং কী বদলে দিলে আপনাকে জানাব। আপনার কী কাজ করলে ততদিন সেটিই \
                    ব্যবহার করুন।
                    """
            case .hindi:
                title = { "आपके ऑर्डर \($0) की लाइसेंस कुंजियों के बारे में" }
                news = "हमें पता चला है कि इस ऑर्डर की लाइसेंस कुंजियाँ शायद काम न करें:"
                advice = """
                    आपको कुछ नहीं करना है: हम इसे देख रहे हैं और कुंजियाँ बदलने पर आपको लिखेंगे। यदि आपकी कुंजी काम करती है, तो तब \
                    तक उसी का उपयोग करें।
                    """
            }
        }
    }
}
