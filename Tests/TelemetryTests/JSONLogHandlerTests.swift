import Foundation
import Logging
import Synchronization
import Testing

@testable import Telemetry

@Suite("The JSON log")
struct JSONLogHandlerTests {
    @Test("writes one object per line with time, level, message, logger and metadata")
    func line() throws {
        let log = RecordedLog()
        var logger = log.logger(label: "haat.orders")
        logger[metadataKey: "request_id"] = "req_1"
        logger.warning("Stock is low", metadata: ["left": "\(3)", "variant": ["id": "var_1", "sizes": ["S", "M"]]])
        #expect(
            log.lines == [
                #"{"ts":"2026-07-04T05:06:07.089Z","level":"warning","msg":"Stock is low","logger":"haat.orders","#
                    + #""left":"3","request_id":"req_1","variant.id":"var_1","variant.sizes":["S","M"]}"# + "\n"
            ])
    }

    @Test("keeps numbers and truth values as such, and its own members apart from metadata of the same name")
    func types() throws {
        let log = RecordedLog()
        log.logger().info(
            "m", metadata: ["n": .stringConvertible(42), "ok": .stringConvertible(true), "level": "mine"])
        let object = try log.object()
        #expect(object["n"] as? Int == 42)
        #expect(object["ok"] as? Bool == true)
        #expect(object["level"] as? String == "info")
        #expect(object["metadata.level"] as? String == "mine")
    }

    @Test(
        "escapes whatever a message contains",
        arguments: ["a\"b\\c", "line\r\nbreak\ttab", "\u{0}\u{1F}\u{7F}", "日本 👩‍👩‍👧 é"])
    func escaping(text: String) throws {
        let log = RecordedLog()
        log.logger().error("\(text)", metadata: ["\(text)": "\(text)"])
        let object = try log.object()
        #expect(object["msg"] as? String == text)
        #expect(object[text] as? String == text)
        #expect(log.lines[0].filter(\.isNewline).count == 1)
    }

    @Test("cuts values that would flood it")
    func longValue() throws {
        let log = RecordedLog()
        log.logger().error("\(String(repeating: "é", count: 100_000))")
        let message = try #require(try log.object()["msg"] as? String)
        #expect(message.hasPrefix("ééé"))
        #expect(message.hasSuffix("(183616 more bytes)"))
    }

    @Test("carries the trace of the running task")
    func trace() throws {
        let log = RecordedLog()
        var random = CountingGenerator()
        let context = TraceContext.root(using: &random)
        TraceContext.$current.withValue(context) {
            log.logger().info("in a trace")
        }
        log.logger().info("outside")
        #expect(try log.object(0)["trace_id"] as? String == context.traceID)
        #expect(try log.object(0)["span_id"] as? String == context.spanID)
        #expect(try log.object(1)["trace_id"] == nil)
    }

    @Test("names the error of an event")
    func errorMember() throws {
        let log = RecordedLog()
        log.logger().error("It failed", error: InvalidLogLevel(value: "loud"))
        #expect((try log.object()["error"] as? String)?.contains("loud") == true)
    }

    @Test("never shows what stands under a telling key")
    func secretKeys() throws {
        let keys = [
            "authorization", "Authorization", "access_token", "token", "Stripe-Signature", "stripeSecretKey",
            "password",
            "api_key", "apiKey", "licence_keys", "Set-Cookie", "HAAT_ADMIN_TOKEN",
        ]
        for key in keys {
            let log = RecordedLog()
            log.logger().info("m", metadata: [key: "hunter2-value"])
            log.logger().info("m", metadata: ["nested": [key: ["hunter2-value"]]])
            log.logger().info("m", metadata: ["list": [[key: "hunter2-value"]]])
            #expect(log.lines.count == 3)
            #expect(log.lines.allSatisfy { $0.contains("[redacted]") && !$0.contains("hunter2") }, "\(key)")
        }
        for key in ["idempotency_key", "idempotencyKey", "unique_key", "keyboard", "monkey", "tokenizer"] {
            #expect(!SecretRedaction.isSecret(key: key), "\(key)")
        }
    }

    @Test("never shows a registered secret, wherever it turns up")
    func secretValues() throws {
        let log = RecordedLog()
        let secrets = ["sk_test_\"quoted\"", "whsec_0123456789", "whsec_0123456789_longer"]
        secrets.forEach(log.redaction.register)
        var logger = log.logger(label: "for \(secrets[1])")
        logger[metadataKey: "url"] = "https://x:\(secrets[0])@host/"
        logger.error(
            "failed with \(secrets[0]) and \(secrets[2])", error: InvalidLogLevel(value: secrets[1]),
            metadata: [
                "list": ["\(secrets[1])"], "object": ["a": ["\(secrets[2])": "\(secrets[0])"]],
                "value": .stringConvertible(InvalidLogLevel(value: secrets[2])),
            ])
        let line = try #require(log.lines.first)
        #expect(try log.object()["msg"] as? String == "failed with [redacted] and [redacted]")
        for fragment in ["sk_test", "whsec", "_longer", "quoted"] {
            #expect(!line.contains(fragment))
        }
    }

    @Test("does not cut a secret in halves")
    func secretAtTheCut() throws {
        let log = RecordedLog()
        log.redaction.register("whsec_0123456789")
        log.logger().info("\(String(repeating: "x", count: (16 << 10) - 5))whsec_0123456789")
        #expect(!log.lines[0].contains("whsec"))
    }

    @Test("keeps the lines of many threads whole")
    func threads() async throws {
        let log = RecordedLog()
        let logger = log.logger()
        await withDiscardingTaskGroup { group in
            for task in 0..<16 {
                group.addTask {
                    for round in 0..<200 { logger.info("hello", metadata: ["task": "\(task)", "round": "\(round)"]) }
                }
            }
        }
        #expect(log.lines.count == 3200)
        #expect(Set(log.lines).count == 3200)
    }

    @Test("writes nothing below its level")
    func level() {
        let log = RecordedLog()
        log.logger().debug("quiet")
        #expect(log.lines.isEmpty)
    }

    @Test("takes its level from the setting, and names a wrong one")
    func setting() throws {
        #expect(try Logger.Level(setting: nil) == .info)
        #expect(try Logger.Level(setting: "") == .info)
        #expect(try Logger.Level(setting: "Debug") == .debug)
        #expect {
            _ = try Logger.Level(setting: "loud")
        } throws: { "\($0)".contains("HAAT_LOG_LEVEL is \"loud\"") }
    }

    @Test(
        "dates its lines in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func timestamps(milliseconds: Int64, text: String) {
        #expect(LogTimestamp.text(milliseconds: milliseconds) == text)
    }
}

/// A log in memory at a fixed time.
final class RecordedLog: Sendable {
    let redaction = SecretRedaction()
    private let written = Mutex<[String]>([])

    var lines: [String] { written.withLock { $0 } }

    func logger(label: String = "test") -> Logger {
        let sink = LogSink { [self] line in
            written.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        return Logger(label: label) { label in
            JSONLogHandler(
                label: label, level: .info, sink: sink, redaction: redaction, now: { 1_783_141_567_089 })
        }
    }

    func object(_ index: Int = 0) throws -> [String: Any] {
        let data = Data(lines[index].utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
}
