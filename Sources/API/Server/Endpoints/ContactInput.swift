import Core
import Endpoints
import Identity

extension Fields {
    /// One of the fields `email` and `phone`, in whose country's way the number may be typed.
    mutating func contact() -> Contact {
        let email = optional("email", .email, "An e-mail address; or else give phone", example: "karim@example.com")
        let typed = optional("phone", .text(TextRule(7...40, .any)), "A mobile number, in digits of any script")
        let country = optional(
            "phone_country", .oneOf(PhoneCountry.self),
            "Where the number is from, unless it begins with its country’s code")
        let phone = typed.flatMap { PhoneNumber(typed: $0, in: country) }
        check((typed == nil) == (phone == nil), "phone", code: "format", PhoneNumber.violation.message)
        check(
            (email == nil) != (typed == nil), "email", code: "one_of",
            "must be given where phone is not, and only there")
        return phone.map(Contact.phone) ?? .email(email.flatMap(EmailAddress.init(rawValue:)) ?? .example)
    }

    /// The language that what is sent is to be written in.
    mutating func locale() -> LanguageTag {
        optional(
            "locale", .languageTag, "The language of what is sent (BCP 47)", default: .english, example: .example)
    }

    /// A six-digit code.
    mutating func code() -> String {
        required("code", .text(OneTimeCode.typedRule), "Six digits, of any script", example: "123456")
    }

    /// How the session's token is to be shown.
    mutating func transport() -> Session.Transport {
        optional(
            "transport", .oneOf(Session.Transport.self),
            "How the session is shown from then on: as a bearer token, or in a cookie that browsers keep from scripts",
            default: .bearer)
    }
}

extension FieldKind where Value == LanguageTag {
    /// A language with its region; `LanguageTag` says what is one.
    static var languageTag: FieldKind {
        FieldKind<String>.text(LanguageTag.rule).map(
            "must be a language tag such as bn-BD", placeholder: .english, to: { LanguageTag($0) }, from: \.text)
    }
}
