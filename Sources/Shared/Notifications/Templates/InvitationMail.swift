import HTML

/// To whoever is asked to become a member.
package struct InvitationMail: MailTemplate {
    package static let name = "invitation"
    package static let version = 1

    private let team: String?
    private let shop: String
    private let link: String

    /// - Parameters:
    ///   - team: the vendor's name; nil for the staff of the marketplace.
    ///   - shop: the host by which people know it.
    ///   - link: where the invitation is accepted.
    package init(team: String?, shop: String, link: String) {
        self.team = team
        self.shop = shop
        self.link = link
    }

    package func rendered(in locale: MessageLocale) -> RenderedMail {
        let wording = Wording(locale, team: team, shop: shop)
        let text = [wording.introduction, "    \(link)", wording.advice].joined(separator: "\n\n") + "\n"
        let html: HTML = """
            <p>\(wording.introduction)</p>
            <p><a href="\(url: link)">\(wording.action)</a></p>
            <p style="color:#6b6760">\(wording.advice)</p>
            """
        return RenderedMail(
            subject: wording.title, text: text, html: MailLayout.page(title: wording.title, body: html, in: locale))
    }

    private struct Wording {
        let title: String
        let introduction: String
        let action: String
        let advice: String

        init(_ locale: MessageLocale, team: String?, shop: String) {
            switch locale {
            case .english:
                title = "You are invited to \(team ?? shop)"
                introduction =
                    team.map { "\($0) asks you to help run its shop at \(shop). Here you accept:" }
                    ?? "\(shop) asks you to join its staff. Here you accept:"
                action = "Accept the invitation"
                advice = """
                    It is valid for seven days, for the account with this e-mail address. If you know nothing of this, ignore \
                    this message.
                    """
            case .bengali:
                title = "\(team ?? shop)-এ আপনাকে আমন্ত্রণ"
                introduction =
                    team.map { "\($0) আপনাকে \(shop)-এ তাদের দোকান চালাতে আমন্ত্রণ জানিয়েছে। এখানে গ্রহণ করুন:" }
                    ?? "\(shop) আপনাকে তাদের কর্মীদলে যোগ দিতে আমন্ত্রণ জানিয়েছে। এখানে গ্রহণ করুন:"
                action = "আমন্ত্রণ গ্রহণ করুন"
                advice = """
                    আমন্ত্রণটি সাত দিন কার্যকর, শুধু এই ই-মেইল ঠিকানার অ্যাকাউন্টের জন্য। আপনি এ বিষয়ে কিছু না জানলে এই \
                    বার্তাটি উপেক্ষা করুন।
                    """
            case .hindi:
                title = "\(team ?? shop) में आपको आमंत्रण"
                introduction =
                    team.map { "\($0) ने आपको \(shop) पर अपनी दुकान चलाने के लिए आमंत्रित किया है। यहाँ स्वीकार करें:" }
                    ?? "\(shop) ने आपको अपनी टीम में शामिल होने के लिए आमंत्रित किया है। यहाँ स्वीकार करें:"
                action = "आमंत्रण स्वीकार करें"
                advice = """
                    आमंत्रण सात दिन तक मान्य है, केवल इस ई-मेल पते के खाते के लिए। यदि आप इसके बारे में कुछ नहीं जानते, तो इस \
                    संदेश पर ध्यान न दें।
                    """
            }
        }
    }
}
