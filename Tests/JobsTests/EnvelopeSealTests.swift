import Crypto
import Foundation
import Testing

@testable import Jobs

@Suite("Sealed envelopes") struct EnvelopeSealTests {
    private let seal = EnvelopeSeal(key: SymmetricKey(size: .bits256))
    private let key = DispatchKey(jobID: UUID(), attempt: 3)

    private func envelope(
        kind: String = "tests.errand", trace: String? = nil, payload: [UInt8] = Array("{\"a\":1}".utf8)
    ) -> JobEnvelope {
        JobEnvelope(key: key, queue: .email, kind: kind, trace: trace, payload: payload)
    }

    private func open(_ bytes: [UInt8]) -> JobEnvelope? { seal.open(bytes, key: key, queue: .email) }

    @Test("An envelope keeps payloads with line breaks and any bytes", arguments: [nil, "00-abc-def-01"])
    func roundTrip(trace: String?) {
        for payload in [[], Array("{\n\"a\":\n1}".utf8) + [0xFF, 0], Array(repeating: 7, count: 100_000)] {
            let envelope = envelope(trace: trace, payload: payload)
            #expect(open(seal.seal(envelope)) == envelope)
        }
    }

    @Test("No byte of it may be changed, none added and none left out")
    func tampering() {
        let sealed = seal.seal(envelope(trace: "00-abc-def-01"))
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(open(changed) == nil)
            #expect(open(Array(sealed[..<index])) == nil)
        }
        #expect(open(sealed + [0]) == nil)
    }

    @Test("It belongs to one job, one attempt, one queue and one installation")
    func binding() {
        let sealed = seal.seal(envelope())
        #expect(seal.open(sealed, key: DispatchKey(jobID: UUID(), attempt: 3), queue: .email) == nil)
        #expect(seal.open(sealed, key: DispatchKey(jobID: key.jobID, attempt: 4), queue: .email) == nil)
        #expect(seal.open(sealed, key: key, queue: .webhooks) == nil)
        #expect(EnvelopeSeal(key: SymmetricKey(size: .bits256)).open(sealed, key: key, queue: .email) == nil)
    }

    @Test("Where kind and trace end can't be moved")
    func framing() {
        #expect(open(seal.seal(envelope(kind: "a\nb", trace: "c"))) == nil)
        #expect(open(seal.seal(envelope(kind: "a", trace: "b\nc"))) == nil)
    }
}
