package import Complaints
import HTML

/// To a customer or a vendor: what there is to know about a complaint.
package struct ComplaintMail: MailTemplate {
    package static let name = "complaint"
    package static let version = 1

    /// What is told.
    package enum Notice: String, Sendable, CaseIterable, Codable {
        /// To the customer: it has arrived.
        case received
        /// To the vendor: somebody complains about its part.
        case filed
        case acknowledged
        /// Somebody wrote, or asks.
        case message
        case resolved
        case rejected
        case reopened
    }

    private let notice: Notice
    private let complaintNumber: String
    private let orderNumber: String
    private let message: String?

    /// - Parameter message: what was written about it, as it is.
    package init(_ notice: Notice, complaint: Complaint, orderNumber: String, message: String?) {
        self.notice = notice
        complaintNumber = complaint.number
        self.orderNumber = orderNumber
        self.message = message
    }

    package func rendered(in locale: MessageLocale) -> RenderedMail {
        let wording = Wording(locale)
        let title = wording.title(complaintNumber, orderNumber)
        let news = wording.news(notice)
        let text =
            ([title, news, message, wording.advice(complaintNumber)] as [String?])
            .compactMap(\.self).joined(separator: "\n\n") + "\n"
        let quoted: HTML = message.map { "<blockquote style=\"white-space:pre-wrap\">\($0)</blockquote>" } ?? ""
        let body: HTML = """
            <p>\(news)</p>
            \(quoted)
            <p style="color:#6b6760">\(wording.advice(complaintNumber))</p>
            """
        return RenderedMail(subject: title, text: text, html: MailLayout.page(title: title, body: body, in: locale))
    }

    private struct Wording {
        let title: (String, String) -> String
        let news: (Notice) -> String
        let advice: (String) -> String

        init(_ locale: MessageLocale) {
            switch locale {
            case .english:
                title = { "Complaint \($0) about order \($1)" }
                news = { notice in
                    switch notice {
                    case .received: "We have received your complaint and will look into it."
                    case .filed: "A customer has complained about your part of this order:"
                    case .acknowledged: "We have read the complaint and are working on it."
                    case .message: "There is news about the complaint:"
                    case .resolved: "The complaint is resolved."
                    case .rejected: "The complaint was rejected."
                    case .reopened: "The complaint was taken up again."
                    }
                }
                advice = { "Name the number \($0) whenever you ask about it." }
            case .bengali:
                title = { "অর্ডার \($1) সম্পর্কে অভিযোগ \($0)" }
                news = { notice in
                    switch notice {
                    case .received: "আমরা আপনার অভিযোগ পেয়েছি এবং বিষয়টি দেখব।"
                    case .filed: "একজন ক্রেতা এই অর্ডারে আপনার অংশ সম্পর্কে অভিযোগ করেছেন:"
                    case .acknowledged: "আমরা অভিযোগটি পড়েছি এবং এটি নিয়ে কাজ করছি।"
                    case .message: "অভিযোগটি সম্পর্কে নতুন বার্তা আছে:"
                    case .resolved: "অভিযোগটির নিষ্পত্তি হয়েছে।"
                    case .rejected: "অভিযোগটি গ্রহণ করা হয়নি।"
                    case .reopened: "অভিযোগটি আবার খোলা হয়েছে।"
                    }
                }
                advice = { "এ বিষয়ে জানতে চাইলে \($0) নম্বরটি উল্লেখ করুন।" }
            case .hindi:
                title = { "ऑर्डर \($1) के बारे में शिकायत \($0)" }
                news = { notice in
                    switch notice {
                    case .received: "हमें आपकी शिकायत मिल गई है और हम इसे देखेंगे।"
                    case .filed: "एक ग्राहक ने इस ऑर्डर में आपके हिस्से के बारे में शिकायत की है:"
                    case .acknowledged: "हमने शिकायत पढ़ ली है और इस पर काम कर रहे हैं।"
                    case .message: "शिकायत के बारे में नया संदेश है:"
                    case .resolved: "शिकायत का निपटारा हो गया है।"
                    case .rejected: "शिकायत अस्वीकार कर दी गई।"
                    case .reopened: "शिकायत फिर से खोली गई है।"
                    }
                }
                advice = { "इसके बारे में पूछते समय नंबर \($0) बताएँ।" }
            }
        }
    }
}
