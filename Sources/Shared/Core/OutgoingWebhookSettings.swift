/// Where outgoing webhooks may go.
package struct OutgoingWebhookSettings: Sendable, Hashable {
    /// HAAT_WEBHOOKS_TO_THIS_MACHINE: whether they may also go to this machine, to any port and without TLS; by default they may not.
    /// For trying things out, where receivers are here.
    package var permitThisMachine = false

    package init() {}

    init(_ settings: inout SettingsReader) {
        permitThisMachine = settings.value(
            "HAAT_WEBHOOKS_TO_THIS_MACHINE", default: false, expected: "0 or 1"
        ) { ["0": false, "1": true][$0] }
    }
}
