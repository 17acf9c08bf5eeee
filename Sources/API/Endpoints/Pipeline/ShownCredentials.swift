import Core
import HTTPTypes
import Hummingbird

/// What a request shows for credentials. A header counts before a cookie: it was put there on purpose.
enum ShownCredentials: Sendable {
    case none
    /// The value of `Authorization`.
    case authorization(UTF8Text)
    /// The token in a browser's session cookie, which the browser sends by itself.
    case cookie(UTF8Text)

    init(of request: Request) {
        if let header = request.headers.text(.authorization) {
            self = .authorization(header)
        } else if let token = request.cookie(.session) {
            self = .cookie(token)
        } else {
            self = .none
        }
    }

    var areShown: Bool {
        if case .none = self { false } else { true }
    }

    var areByCookie: Bool {
        if case .cookie = self { true } else { false }
    }
}

extension Request {
    /// The value of a cookie of ours; nil where it is missing, or there are two of that name.
    func cookie(_ kind: SetCookie.Kind) -> UTF8Text? {
        headers.text(.cookie).flatMap { CookieGrammar.value(of: kind.rawValue, in: $0) }
    }
}

/// How `Cookie` is written (RFC 6265 section 4.2.1).
enum CookieGrammar {
    /// Longer ones are none of ours.
    private static let mostBytes = 128

    static func value(of name: String, in header: UTF8Text) -> UTF8Text? {
        var found: UTF8Text?
        for pair in header.utf8.split(separator: UInt8(ascii: ";")) {
            let pair = pair.trimmingBlanks()
            guard pair.starts(with: name.utf8), pair.dropFirst(name.utf8.count).first == UInt8(ascii: "=") else {
                continue
            }
            let value = pair.dropFirst(name.utf8.count + 1)
            guard found == nil, (1...mostBytes).contains(value.count) else { return nil }
            found = UTF8Text(Substring(value))
        }
        return found
    }
}
