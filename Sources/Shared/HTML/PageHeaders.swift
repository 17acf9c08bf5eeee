/// The headers under which every page is served, whoever serves it.
///
/// Nothing inline runs or styles, so markup that slipped in could do nothing, and the policy needs no nonces, which would
/// keep pages from being cached.
package struct PageHeaders: Sendable {
    /// Where the forms of a page may lead, redirects after them included.
    package enum FormTargets: String, Sendable {
        case ownSite = "'self'"
        /// For a page that hands its visitor over to whoever sent them.
        case anySite = "http: https:"
    }

    private let formTargets: FormTargets
    private let showsFrames: Bool

    /// - Parameter showsFrames: whether the page has frames that show others of this site.
    package init(formTargets: FormTargets = .ownSite, showsFrames: Bool = false) {
        self.formTargets = formTargets
        self.showsFrames = showsFrames
    }

    /// In the order in which they are sent; `Content-Type` is among them.
    package var all: [(name: String, value: String)] {
        [
            ("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", contentPolicy),
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "strict-origin-when-cross-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        ]
    }

    private var contentPolicy: String {
        "default-src 'none'; style-src 'self'; img-src 'self' data:; \(showsFrames ? "frame-src 'self'; " : "")"
            + "form-action \(formTargets.rawValue); base-uri 'none'; frame-ancestors 'none'"
    }
}
