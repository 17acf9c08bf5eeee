import HTML
package import Identity

/// To whoever asked for a code.
package struct VerificationCodeMail: MailTemplate {
    package static let name = "verification_code"
    package static let version = 1

    private let shop: String
    private let code: String
    private let use: VerificationUse

    /// - Parameter shop: the host by which people know it.
    package init(_ message: VerificationMessage, shop: String) {
        self.shop = shop
        code = message.code.reveal()
        use = VerificationUse(message)
    }

    package func rendered(in locale: MessageLocale) -> RenderedMail {
        let wording = Wording(locale, shop: shop)
        let title = wording.title(code)
        let introduction = wording.introduction(use)
        let text = [introduction, "    \(code)", wording.advice].joined(separator: "\n\n") + "\n"
        let html: HTML = """
            <p>\(introduction)</p>
            <pre style="margin:4px 0;padding:8px;background:#f5f3ef;font-family:monospace;font-size:24px">\(code)</pre>
            <p style="color:#6b6760">\(wording.advice)</p>
            """
        return RenderedMail(
            subject: title, text: text, html: MailLayout.page(title: title, body: html, in: locale))
    }

    private struct Wording {
        let title: (String) -> String
        let introduction: (VerificationUse) -> String
        let advice: String

        init(_ locale: MessageLocale, shop: String) {
            switch locale {
            case .english:
                title = { "\($0) is your code for \(shop)" }
                introduction = { use in
                    switch use {
                    case .signUp: "Welcome to \(shop). With this code you create your account:"
                    case .signInInstead: "You already have an account at \(shop). With this code you sign in:"
                    case .signIn: "With this code you sign in to \(shop):"
                    case .passwordReset: "With this code you set a new password for \(shop):"
                    case .contactChange: "With this code this address becomes that of your account at \(shop):"
                    case .orderConfirmation:
                        "With this code you confirm your order at \(shop), which you pay on delivery:"
                    }
                }
                advice = """
                    It is valid for ten minutes. Share it with nobody, not even with us. If you did not ask for it, \
                    ignore this message.
                    """
            case .bengali:
                title = { "\(shop)-এর জন্য আপনার কোড \($0)" }
                introduction = { use in
                    switch use {
                    case .signUp: "\(shop)-এ স্বাগতম। এই কোড দিয়ে আপনার অ্যাকাউন্ট খুলুন:"
                    case .signInInstead: "\(shop)-এ আপনার অ্যাকাউন্ট আগে থেকেই আছে। এই কোড দিয়ে সাইন ইন করুন:"
                    case .signIn: "এই কোড দিয়ে \(shop)-এ সাইন ইন করুন:"
                    case .passwordReset: "এই কোড দিয়ে \(shop)-এর নতুন পাসওয়ার্ড ঠিক করুন:"
                    case .contactChange: "এই কোড দিয়ে এই ঠিকানাটি \(shop)-এ আপনার অ্যাকাউন্টে যুক্ত করুন:"
                    case .orderConfirmation: "এই কোড দিয়ে \(shop)-এ আপনার ক্যাশ অন ডেলিভারি অর্ডার নিশ্চিত করুন:"
                    }
                }
                advice = """
                    কোডটি দশ মিনিট কার্যকর। এটি কাউকে দেবেন না, আমাদেরও নয়। আপনি কোড না চেয়ে থাকলে এই বার্তাটি \
                    উপেক্ষা করুন।
                    """
            case .hindi:
                title = { "\(shop) के लिए आपका कोड \($0)" }
                introduction = { use in
                    switch use {
                    case .signUp: "\(shop) में आपका स्वागत है। इस कोड से अपना खाता बनाएँ:"
                    case .signInInstead: "\(shop) पर आपका खाता पहले से है। इस कोड से साइन इन करें:"
                    case .signIn: "इस कोड से \(shop) में साइन इन करें:"
                    case .passwordReset: "इस कोड से \(shop) का नया पासवर्ड रखें:"
                    case .contactChange: "इस कोड से यह पता \(shop) पर आपके खाते से जुड़ जाएगा:"
                    case .orderConfirmation: "इस कोड से \(shop) पर अपने कैश ऑन डिलीवरी ऑर्डर की पुष्टि करें:"
                    }
                }
                advice = """
                    कोड दस मिनट तक मान्य है। इसे किसी को न दें, हमें भी नहीं। यदि आपने कोड नहीं माँगा, तो इस संदेश पर \
                    ध्यान न दें।
                    """
            }
        }
    }
}

/// What a code opens, as its reader is told.
private enum VerificationUse {
    case signUp
    /// They wanted to sign up and have an account.
    case signInInstead
    case signIn
    case passwordReset
    case contactChange
    case orderConfirmation

    init(_ message: VerificationMessage) {
        self =
            switch message.purpose {
            case .signUp: message.hasAccount ? .signInInstead : .signUp
            case .signIn: .signIn
            case .passwordReset: .passwordReset
            case .contactChange: .contactChange
            case .orderConfirmation: .orderConfirmation
            }
    }
}
