import Foundation
import Testing

@testable import Jobs

@Suite struct DispatchKeyTests {
    @Test("A key survives the way through a list")
    func roundTrip() {
        let key = DispatchKey(jobID: UUID(), attempt: 7)
        #expect(DispatchKey(key.text) == key)
    }

    @Test(
        "Whatever else somebody pushed is no key",
        arguments: ["", ":", "x:1", "\(UUID()):", "\(UUID()):x", "\(UUID())", "\(UUID()):1:2"])
    func nonsense(text: String) {
        #expect(DispatchKey(text) == nil)
    }

    @Test("An envelope keeps payloads with line breaks and any bytes", arguments: [nil, "00-abc-def-01"])
    func envelope(trace: String?) throws {
        let name = try #require(QueueName(rawValue: "tests"))
        let key = DispatchKey(jobID: UUID(), attempt: 0)
        let envelope = JobEnvelope(
            key: key, queue: name, kind: "tests.errand", trace: trace, payload: Array("{\n\"a\":\n1}".utf8) + [0xFF, 0])
        #expect(JobEnvelope(key: key, queue: name, wireFormat: envelope.wireFormat) == envelope)
        #expect(JobEnvelope(key: key, queue: name, wireFormat: Array("one line".utf8)) == nil)
        #expect(JobEnvelope(key: key, queue: name, wireFormat: []) == nil)
    }

    @Test(
        "Only names that can stand in a Redis key name a queue",
        arguments: ["", "A", "a b", "a}", "ä", String(repeating: "a", count: 65)])
    func queueNames(text: String) {
        #expect(QueueName(rawValue: text) == nil)
    }
}
