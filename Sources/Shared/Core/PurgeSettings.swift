/// The cache before the API that is told what to drop.
package struct PurgeSettings: Sendable {
    /// How it wants to be told.
    package enum Form: String, Sendable, CaseIterable {
        /// The keys in a JSON document, signed as Standard Webhooks are.
        case webhook
        case fastly
        case cloudflare
    }

    /// Scheme, host and port of HAAT_PURGE_URL.
    package let origin: String
    /// Its path and query, without a final slash.
    package let path: String
    /// HAAT_PURGE_FORM, default webhook
    package let form: Form
    /// HAAT_PURGE_SECRET: the key of signatures, or the token of an API.
    package let secret: Secret

    package init(origin: String, path: String, form: Form, secret: Secret) {
        self.origin = origin
        self.path = path
        self.form = form
        self.secret = secret
    }

    /// Nil without HAAT_PURGE_URL: then nobody is told.
    static func read(_ settings: inout SettingsReader) -> PurgeSettings? {
        let url = settings.value(
            "HAAT_PURGE_URL", default: "", expected: "an http:// or https:// URL", SettingForm.webURL)
        let form = settings.value(
            "HAAT_PURGE_FORM", default: Form.webhook,
            expected: "one of " + Form.allCases.map(\.rawValue).joined(separator: ", "), Form.init(rawValue:))
        let secret = settings.optionalSecret(
            "HAAT_PURGE_SECRET", default: Secret(""), expected: "a text of visible ASCII", SettingForm.token)
        guard !url.isEmpty else {
            if !secret.reveal().isEmpty {
                settings.refuse("HAAT_PURGE_URL is missing: HAAT_PURGE_SECRET is for its calls")
            }
            return nil
        }
        if secret.reveal().isEmpty { settings.refuse("HAAT_PURGE_SECRET is missing: HAAT_PURGE_URL is called with it") }
        if form == .webhook, !secret.reveal().isEmpty, WebhookSigningKey(secret.reveal()) == nil {
            settings.refuse("HAAT_PURGE_SECRET must be whsec_ and 24 to 64 bytes in Base64: the key of signatures")
        }
        let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
        let end = url[start...].firstIndex(where: { "/?".contains($0) }) ?? url.endIndex
        return PurgeSettings(
            origin: String(url[..<end]), path: String(url[end...]), form: form, secret: secret)
    }
}
