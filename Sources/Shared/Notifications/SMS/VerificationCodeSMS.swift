package import Identity

/// To whoever asked for a code. Its last line is what browsers fill the code in from, on this shop's pages alone
/// (https://wicg.github.io/sms-one-time-codes/).
package struct VerificationCodeSMS: SMSTemplate {
    package static let name = "verification_code"
    package static let version = 1

    private let shop: String
    private let code: String

    /// - Parameter shop: its host.
    package init(_ message: VerificationMessage, shop: String) {
        self.shop = shop
        code = message.code.reveal()
    }

    package func text(in locale: MessageLocale) -> String {
        let sentence =
            switch locale {
            case .english: "\(code) is your code for \(shop). It is valid for 10 minutes: share it with nobody."
            case .bengali: "\(shop)-এর জন্য আপনার কোড \(code)। ১০ মিনিট কার্যকর, কাউকে দেবেন না।"
            case .hindi: "\(shop) के लिए आपका कोड \(code)। 10 मिनट तक मान्य, किसी को न दें।"
            }
        return "\(sentence)\n\n@\(shop) #\(code)"
    }
}
