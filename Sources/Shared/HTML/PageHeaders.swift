/// The headers under which every page is served, whoever serves it.
///
/// Nothing inline runs or styles, so markup that slipped in could do nothing, and the policy needs no nonces, which would
/// keep pages from being cached.
package struct PageHeaders: Sendable {
    /// Where the forms of a page may lead, redirects after them included.
    package enum FormTargets: Sendable {
        case ownSite
        /// For a page that hands its visitor over to whoever sent them.
        case anySite
        /// Sources of a policy, such as `https://pay.example`; what is none is left out.
        case sites([String])

        fileprivate var sources: String {
            switch self {
            case .ownSite: return "'self'"
            case .anySite: return "http: https:"
            case .sites(let sites):
                let sources = sites.filter {
                    $0.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ";") }
                }
                return sources.isEmpty ? "'none'" : sources.joined(separator: " ")
            }
        }
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
            + "form-action \(formTargets.sources); base-uri 'none'; frame-ancestors 'none'"
    }
}
