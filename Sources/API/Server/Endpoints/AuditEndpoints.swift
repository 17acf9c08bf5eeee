import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

extension EndpointTag {
    static let audit = EndpointTag("Audit", "The append-only record of who did what.")
}

/// What operators see of the audit record.
enum AuditEndpoints {
    static let all: [Endpoint] = [list]

    static let list = Endpoint(
        .get, "/audit_events", tag: .audit, summary: "List audit events, newest first",
        description: """
            Each event carries a signature. The events of one subject form a chain: shortly after its commit each gets its place, \
            with the hash of the one before and a signature of its own; until then these members are `null`.
            """,
        policy: .require(.auditRead), query: AuditEventsQuery.self, returns: .page(of: AuditEventView.self)
    ) { request, services in
        let page = try await services.audit.events(
            of: request.query.subject, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(AuditEventView.init))
    }
}

struct AuditEventsQuery: APIInput {
    let subject: String?
    let page: PageRequest

    init(_ fields: inout Fields) {
        subject = fields.optional("subject", .string(1...100, of: "a-z0-9_-"), "Only events of this subject, an id")
        page = fields.page()
    }
}

struct AuditEventView: APIOutput {
    let event: AuditEvent

    static let example = AuditEventView(
        event: AuditEvent(
            id: .example,
            entry: AuditEntry(
                actor: PrincipalView.example.principal.actor, action: "vendor.created",
                subject: VendorView.example.vendor.id,
                payload: ["commission_ppm": 125_000]),
            recordedAt: .example, signature: Array(repeating: 0xA1, count: 32),
            link: AuditLink(
                sequence: 1, previousHash: AuditChain.genesis, hash: Array(repeating: 0x5E, count: 32),
                signature: Array(repeating: 0xB2, count: 32))))

    func write(to out: inout ObjectWriter) {
        out.field("id", event.id)
        out.field("subject", event.entry.subject, "What was acted on")
        out.field("actor", event.entry.actor.rawValue)
        out.field("action", event.entry.action)
        out.field("payload", event.entry.payload)
        out.field("recorded_at", event.recordedAt)
        out.field("signature", Hexadecimal.encode(event.signature), "HMAC-SHA256 of the above, in hexadecimal")
        let link = event.link
        out.field("sequence", link?.sequence, "Its place in the subject’s chain, from 1")
        out.field(
            "previous_hash", (link?.previousHash).map(Hexadecimal.encode), "SHA-256 of the event before, in hexadecimal"
        )
        out.field("hash", (link?.hash).map(Hexadecimal.encode), "SHA-256 of all of the above, in hexadecimal")
        out.field("link_signature", (link?.signature).map(Hexadecimal.encode), "HMAC-SHA256 of the hash")
    }
}
