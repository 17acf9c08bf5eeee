/// What a repeat of a call would do on the provider's side; retries and the meaning of a lost answer follow from it.
package enum CallSafety: Sendable, Equatable {
    /// Changes nothing there; may be repeated at will.
    case read
    /// Changes something, but the provider answers a repeat under the same key with the first result.
    case keyed(String)
    /// Changes something, and a repeat would change it twice.
    case once
}

/// One call to a provider, relative to its base URL.
package struct OutboundRequest: Sendable {
    /// A stable name for metrics and evidence, such as `checkout_sessions.create`.
    package let operation: String
    package let method: String
    /// Begins with `/` and is appended to the provider's base URL; a query is part of it.
    package let path: String
    package let headers: [OutboundHeader]
    package let body: [UInt8]
    package let safety: CallSafety
    /// What the call is about, such as a payment's id; recorded with its evidence.
    package let subject: String?

    package init(
        operation: String, method: String, path: String, headers: [OutboundHeader] = [], body: [UInt8] = [],
        safety: CallSafety, subject: String? = nil
    ) {
        self.subject = subject
        self.operation = operation
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.safety = safety
    }
}

/// One header line.
package struct OutboundHeader: Sendable, Equatable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What a provider answered, whatever the status.
package struct OutboundResponse: Sendable, Equatable {
    package let status: Int
    package let headers: [OutboundHeader]
    package let body: [UInt8]

    package init(status: Int, headers: [OutboundHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first value of a header, by a name in any case.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// An answer together with the masked record of how it came about.
package struct OutboundAnswer: Sendable, Equatable {
    package let response: OutboundResponse
    package let evidence: OutboundEvidence

    package init(response: OutboundResponse, evidence: OutboundEvidence) {
        self.response = response
        self.evidence = evidence
    }
}
