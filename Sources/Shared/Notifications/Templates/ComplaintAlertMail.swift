package import Complaints
package import Foundation
import HTML

/// To the staff: what the law asks for about a complaint is due, or was not done in time.
package struct ComplaintAlertMail: MailTemplate {
    package static let name = "complaint_alert"
    package static let version = 1

    private let complaintNumber: String
    private let step: ComplaintStep
    private let isMissed: Bool
    private let due: String

    /// - Parameter isMissed: whether the time is over.
    package init(complaintNumber: String, step: ComplaintStep, dueAt: Date, isMissed: Bool) {
        self.complaintNumber = complaintNumber
        self.step = step
        self.isMissed = isMissed
        due = dueAt.formatted(Self.style)
    }

    private static let style = Date.VerbatimFormatStyle(
        format: """
            \(year: .padded(4))-\(month: .twoDigits)-\(day: .twoDigits) \
            \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits) UTC
            """,
        locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))

    package func rendered(in locale: MessageLocale) -> RenderedMail {
        let (title, detail) = words(in: locale)
        return RenderedMail(
            subject: title, text: "\(title)\n\n\(detail)\n",
            html: MailLayout.page(title: title, body: "<p>\(detail)</p>", in: locale))
    }

    private func words(in locale: MessageLocale) -> (title: String, detail: String) {
        switch (locale, step) {
        case (.english, .acknowledgement):
            (
                isMissed
                    ? "Complaint \(complaintNumber) was not acknowledged in time"
                    : "Complaint \(complaintNumber) has to be acknowledged soon", "By law until \(due)."
            )
        case (.english, .redress):
            (
                isMissed
                    ? "Complaint \(complaintNumber) was not redressed in time"
                    : "Complaint \(complaintNumber) has to be redressed soon", "By law until \(due)."
            )
        case (.bengali, .acknowledgement):
            (
                isMissed
                    ? "অভিযোগ \(complaintNumber)-এর প্রাপ্তি সময়মতো জানানো হয়নি"
                    : "অভিযোগ \(complaintNumber)-এর প্রাপ্তি শীঘ্রই জানাতে হবে", "আইন অনুযায়ী সময়সীমা: \(due)।"
            )
        case (.bengali, .redress):
            (
                isMissed
                    ? "অভিযোগ \(complaintNumber)-এর প্রতিকার সময়মতো করা হয়নি"
                    : "অভিযোগ \(complaintNumber)-এর প্রতিকার শীঘ্রই করতে হবে", "আইন অনুযায়ী সময়সীমা: \(due)।"
            )
        case (.hindi, .acknowledgement):
            (
                isMissed
                    ? "शिकायत \(complaintNumber) की प्राप्ति समय पर नहीं बताई गई"
                    : "शिकायत \(complaintNumber) की प्राप्ति शीघ्र बतानी है", "क़ानून के अनुसार समय सीमा: \(due)।"
            )
        case (.hindi, .redress):
            (
                isMissed
                    ? "शिकायत \(complaintNumber) का निवारण समय पर नहीं हुआ"
                    : "शिकायत \(complaintNumber) का निवारण शीघ्र करना है", "क़ानून के अनुसार समय सीमा: \(due)।"
            )
        }
    }
}
