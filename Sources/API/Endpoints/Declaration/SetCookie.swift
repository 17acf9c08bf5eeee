package import Core

/// A cookie that an answer gives to a browser, or takes from it. Its name's prefix makes browsers bind it to this very host, over TLS;
/// no script reads it, and no other site's form sends it.
package struct SetCookie: Sendable {
    package enum Kind: String, Sendable {
        case session = "__Host-haat_session"
        case device = "__Host-haat_device"
    }

    let kind: Kind
    /// nil: it is taken away.
    private let value: (token: Secret, seconds: Int)?

    private init(_ kind: Kind, _ value: (token: Secret, seconds: Int)?) {
        self.kind = kind
        self.value = value
    }

    /// - Parameters:
    ///   - token: of characters that a cookie can hold, as all our tokens are.
    ///   - duration: how long the browser keeps it.
    package static func keeping(_ kind: Kind, _ token: Secret, for duration: Duration) -> SetCookie {
        SetCookie(kind, (token, Int(clamping: duration.components.seconds)))
    }

    package static func removing(_ kind: Kind) -> SetCookie { SetCookie(kind, nil) }

    /// The value of `Set-Cookie` (RFC 6265).
    var text: String {
        let token = value?.token.reveal() ?? ""
        return "\(kind.rawValue)=\(token); Path=/; Max-Age=\(value?.seconds ?? 0); Secure; HttpOnly; SameSite=Lax"
    }
}
