import Core

@testable import SandboxRuntime
@testable import Webhooks

/// What is found in a push without decoding it is what a decoder finds, and what is kept of its head can be read back.
enum EnvelopeChecks {
    static func check(_ bytes: [UInt8]) {
        checkKeptHeaders(bytes)
        let envelope = accepted { () throws(WebhookRejection) in try EventEnvelope(scanning: bytes) }
        let json = accepted { () throws(JSONSyntaxError) in try JSONParser.parse(bytes) }
        guard let envelope else { return }
        for name in [envelope.id, envelope.type] {
            promise((1...255).contains(name.utf8.count), "a name of \(name.utf8.count) bytes")
            promise(name.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a name that is not plain")
        }
        guard let members = json?.members else { return }
        checkName(envelope.id, "id", members)
        checkName(envelope.type, "type", members)
    }

    /// Readers differ where a name stands twice.
    private static func checkName(_ found: String, _ name: String, _ members: [JSONObject.Member]) {
        let values = members.filter { UTF8Text($0.name) == UTF8Text(name) }.map(\.value)
        guard values.count == 1 else { return }
        promise(values[0] == .string(found), "the \(name) is another one")
    }

    private static func checkKeptHeaders(_ bytes: [UInt8]) {
        var bytes = FuzzedBytes(bytes)
        let headers = ["stripe-signature": bytes.text(), "x-other": bytes.text()]
        let names = headers.keys.sorted()
        let json = accepted { () throws(WebhookRejection) in try KeptHeaders.json(names) { headers[$0] } }
        guard let json else { return }
        let kept = accepted { () throws(JSONSyntaxError) in try JSONParser.parse(Array(json.utf8)) }
        promise(
            kept?.members == names.map { .init(name: $0, value: .string(headers[$0] ?? "")) },
            "the kept headers are others")
    }
}
