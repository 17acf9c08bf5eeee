import Core
import HTTPTypes
import Hummingbird

/// Refuses forms that a page of another site made a browser send.
///
/// Browsers say where a request comes from in headers that no page can set, so that pages carry no token and can be cached
/// and shared.
struct ForgeryProtection: Sendable {
    private let publicOrigin: UTF8Text

    /// - Parameter publicURL: where browsers reach this site, should a proxy change `Host`.
    init(publicURL: String) {
        let slash = UInt8(ascii: "/")
        let parts = publicURL.utf8.split(separator: slash, maxSplits: 3, omittingEmptySubsequences: false).prefix(3)
        publicOrigin =
            UTF8Text(String(decoding: Array(parts.joined(separator: [slash])), as: UTF8.self)).lowercasedASCII
    }

    /// - Throws: 403 for what changes something and does not come from this site or from the browser's own controls.
    func check(_ request: Request) throws(Problem) {
        guard ![.get, .head, .options].contains(request.method) else { return }
        guard isOwn(request) else {
            throw ProblemType.crossSiteRequest.problem("Open the page on this site and send the form from there")
        }
    }

    /// By `Sec-Fetch-Site`; browsers that don't send it, and all over plain HTTP, by `Origin`.
    private func isOwn(_ request: Request) -> Bool {
        if let site = request.headers.text(.secFetchSite) { return site == "same-origin" || site == "none" }
        guard let origin = request.headers.text(.origin)?.lowercasedASCII else { return false }
        return origin == publicOrigin || isHost(origin, of: request)
    }

    private func isHost(_ origin: UTF8Text, of request: Request) -> Bool {
        guard let authority = request.head.authority else { return false }
        let host = UTF8Text(authority).lowercasedASCII
        return origin == "http://\(host)" || origin == "https://\(host)"
    }
}

extension HTTPField.Name {
    fileprivate static let secFetchSite = known("Sec-Fetch-Site")
}
