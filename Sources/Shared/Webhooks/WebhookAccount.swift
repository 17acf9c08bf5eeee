/// An account of ours at a provider, for which pushes come in at a path of its own. Only its own secrets prove them.
package struct WebhookAccount: Sendable {
    /// As in rows, jobs and hints: `stripe`, or `stripe/eu` for a further account.
    package let name: String
    /// What stands behind `/webhooks/` in the path. A provider may forbid its own name there.
    package let path: String
    package let verifier: any WebhookVerifier

    package init(name: String, path: String, verifier: any WebhookVerifier) {
        self.name = name
        self.path = path
        self.verifier = verifier
    }
}
