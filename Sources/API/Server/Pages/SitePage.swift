import Core
import Endpoints
import HTML
import Identity

extension PageFrame {
    /// What stands around the pages of people's own accounts.
    static let account = PageFrame(brand: "Haat", home: "/account", places: [.init("Account", path: "/account")])
}

extension RateLimit {
    /// Of pages that anybody opens.
    static let page = RateLimit.perClient(120, per: .minute)
}

extension HTML {
    /// A form of one button, with what goes along.
    static func button(_ label: String, to path: String, _ fields: HTML = .empty) -> HTML {
        "<form method=\"post\" action=\"\(url: path)\">\(fields)<button>\(label)</button></form>"
    }
}

extension TextField {
    /// The code of a message or of an authenticator.
    static func code(_ label: String, refusal: String?) -> TextField {
        TextField(
            label, name: "code", keys: .numeric, autocomplete: "one-time-code", limit: 40, refusal: refusal)
    }

    static func email(_ value: String, refusal: String?) -> TextField {
        TextField(
            "E-mail address", name: "email", kind: .email, value: value, autocomplete: "email", limit: 254,
            refusal: refusal)
    }
}
