import Outbound
import Platform
import Testing

@testable import APIServer

@Suite("What the processes share")
struct CompositionTests {
    @Test("A refused connection to a provider proves that nothing was sent")
    func refusedConnection() async throws {
        try await LiveAPI.run { api in
            do throws(TransportFailure) {
                _ = try await HTTPTransport(client: api.platform.http).send(
                    method: "POST", url: "http://127.0.0.1:1/x", headers: [], body: [1], timeout: .seconds(20))
                Issue.record("somebody answered")
            } catch {
                guard case .notSent = error else {
                    Issue.record("got \(error)")
                    return
                }
            }
        }
    }
}
