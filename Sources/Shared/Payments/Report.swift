package import Core

/// How we came to know something.
package enum ReportSource: Sendable, Hashable {
    /// The gateway pushed it; true when it was said, perhaps stale by now.
    case webhook(eventID: String)
    /// We asked the gateway just now, on this actor's behalf.
    case read(AuditActor)
    /// A person whom the marketplace trusts says what no gateway can tell.
    case stated(by: AuditActor)

    /// An answer to our own question settles what a pushed report leaves open, and so does a person.
    package var isAuthoritative: Bool {
        if case .webhook = self { return false }
        return true
    }

    package func actor(gateway: GatewayName) -> AuditActor {
        switch self {
        case .webhook: .gateway(gateway.rawValue)
        case .read(let actor), .stated(let actor): actor
        }
    }

    var description: String {
        switch self {
        case .webhook(let eventID): "webhook \(eventID)"
        case .read(let actor): "read for \(actor)"
        case .stated(let actor): "stated by \(actor)"
        }
    }
}

/// One statement of a gateway about one payment. Client verification, webhooks and operators' re-verification all become this.
package struct Report: Sendable, Hashable {
    package let gateway: GatewayName
    /// Our id, where the gateway echoed it.
    package let paymentID: ID<Payment>?
    /// The gateway's id of the checkout.
    package let sessionReference: String?
    /// The gateway's id of the payment itself.
    package let reference: String?
    package let status: ReportStatus
    /// What was captured, authorised or asked for; `nil` where the statement names no amount.
    package let amount: Money?
    package let merchantAccount: String?
    package let source: ReportSource
    /// The gateway's own word for it, kept for people.
    package let statement: String
    /// Where captured money is, if not with the gateway.
    package let heldIn: LedgerAccount?

    package init(
        gateway: GatewayName, paymentID: ID<Payment>?, sessionReference: String?, reference: String?,
        status: ReportStatus, amount: Money?, merchantAccount: String?, source: ReportSource, statement: String,
        heldIn: LedgerAccount? = nil
    ) {
        self.gateway = gateway
        self.paymentID = paymentID
        self.sessionReference = sessionReference
        self.reference = reference
        self.status = status
        self.amount = amount
        self.merchantAccount = merchantAccount
        self.source = source
        self.statement = statement
        self.heldIn = heldIn
    }

    /// For the payment's row and for the audit trail.
    var record: JSONValue {
        var members: [UTF8Text: JSONValue] = [
            "status": .string(status.rawValue), "source": .string(source.description), "statement": .string(statement),
        ]
        members["session_reference"] = sessionReference.map(JSONValue.string)
        members["reference"] = reference.map(JSONValue.string)
        members["amount"] = amount.map { .integer($0.minorUnits) }
        members["currency"] = amount.map { .string($0.currency.code) }
        members["merchant_account"] = merchantAccount.map(JSONValue.string)
        return .object(members)
    }
}
