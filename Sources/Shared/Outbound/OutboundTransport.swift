/// Carries one attempt of one request; knows nothing of retries.
package protocol OutboundTransport: Sendable {
    /// - Parameter timeout: time from now until the whole answer has to be here.
    /// - Throws: ``TransportFailure/notSent(_:)`` only where no byte of the request can have reached the provider.
    func send(
        method: String, url: String, headers: [OutboundHeader], body: [UInt8], timeout: Duration
    ) async throws(TransportFailure) -> OutboundResponse
}

/// The two ways an attempt can end without an answer.
package enum TransportFailure: Error, Sendable, Equatable {
    /// No byte of the request reached the provider.
    case notSent(String)
    /// The request, or a part of it, was sent; what became of it is not known.
    case interrupted(String)
}
