import Configuration
import Core
import Foundation
import Logging
import Outbound
import Synchronization
import TestSupport
import Testing

@testable import Notifications

/// Answers each call with the next of some responses, and keeps what was called.
private final class ScriptedGateway: OutboundTransport {
    struct Call: Sendable {
        let method: String
        let url: String
        let headers: [OutboundHeader]
        let body: String
    }

    private let answers: Mutex<[Result<OutboundResponse, TransportFailure>]>
    private let log = Mutex<[Call]>([])

    var calls: [Call] { log.withLock { $0 } }

    init(_ answers: Result<OutboundResponse, TransportFailure>...) { self.answers = Mutex(answers) }

    func send(
        method: String, url: String, headers: [OutboundHeader], body: [UInt8], timeout: Duration
    ) async throws(TransportFailure) -> OutboundResponse {
        log.withLock {
            $0.append(Call(method: method, url: url, headers: headers, body: String(decoding: body, as: UTF8.self)))
        }
        let answer = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first }
        return try (answer ?? .success(OutboundResponse(status: 200))).get()
    }
}

@Suite("Any SMS gateway")
struct SMSGatewayTests {
    private static let message = SMSMessage(
        id: "5f0c", to: PhoneNumber(rawValue: "+8801712345678")!, text: "Your \"code\" & more: ১২৩\n{id}")

    private static func settings(_ own: [String: String]) throws -> SMSSettings? {
        let complete = [
            "HAAT_DATABASE_URL": "host=/tmp", "HAAT_REDIS_URL": "redis://127.0.0.1",
            "HAAT_SMTP_URL": "smtp://127.0.0.1",
            "HAAT_ADMIN_TOKEN": TestSecrets.adminToken, "HAAT_ENCRYPTION_KEY": TestSecrets.encryptionKey,
            "HAAT_AUDIT_KEY": TestSecrets.auditKey,
        ]
        let provider = EnvironmentVariablesProvider(environmentVariables: complete.merging(own) { $1 })
        return try HaatConfiguration(from: ConfigReader(provider: provider)).sms
    }

    private static func deliver(_ own: [String: String], by transport: ScriptedGateway) async throws {
        let settings = try #require(try settings(own))
        let timing = OutboundTiming(elapsed: { .zero }, now: { Date() }, sleep: { _ in }, random: { 0 })
        let gateway = SMSGateway(
            settings: settings, transport: transport, timing: timing,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await gateway.deliver(message)
    }

    @Test("A gateway that is called by its query gets everything escaped")
    func query() async throws {
        let transport = ScriptedGateway()
        let url = "https://sms.example:8443/send?key=k&to={to_digits}&text={text}&from={sender}&ref={id}"
        try await Self.deliver(["HAAT_SMS_URL": url, "HAAT_SMS_SENDER": "Haat Shop"], by: transport)
        let call = try #require(transport.calls.first)
        #expect(call.method == "GET" && call.body.isEmpty)
        let text = "Your%20%22code%22%20%26%20more%3A%20%E0%A7%A7%E0%A7%A8%E0%A7%A9%0A%7Bid%7D"
        #expect(
            call.url
                == "https://sms.example:8443/send?key=k&to=8801712345678&text=\(text)&from=Haat%20Shop&ref=5f0c")
    }

    @Test("A body in JSON stays JSON whatever the text is")
    func json() async throws {
        let transport = ScriptedGateway()
        try await Self.deliver(
            [
                "HAAT_SMS_URL": "https://sms.example/{id}", "HAAT_SMS_HEADERS": #"{"Authorization":"Bearer k"}"#,
                "HAAT_SMS_BODY": #"{"to":"{to}","meta":{"n":1},"text":"{text}"}"#,
            ], by: transport)
        let call = try #require(transport.calls.first)
        #expect(call.method == "POST" && call.url == "https://sms.example/5f0c")
        let body = try JSONValue(parsing: Array(call.body.utf8))
        #expect(body["text"]?.textValue?.string == Self.message.text && body["to"] == "+8801712345678")
        #expect(body["meta"] == ["n": 1])
        #expect(call.headers.contains(OutboundHeader("Authorization", "Bearer k")))
        #expect(call.headers.contains(OutboundHeader("Content-Type", "application/json")))
    }

    @Test("A form is escaped as a form")
    func form() async throws {
        let transport = ScriptedGateway()
        try await Self.deliver(
            ["HAAT_SMS_URL": "https://sms.example/send", "HAAT_SMS_BODY": "to={to}&text={text}"], by: transport)
        let call = try #require(transport.calls.first)
        #expect(call.body.hasPrefix("to=%2B8801712345678&text=Your%20%22code"))
        #expect(call.headers.contains(OutboundHeader("Content-Type", "application/x-www-form-urlencoded")))
    }

    @Test(
        "What the gateway answers decides whether it is tried again, and is never repeated here where it may have been sent"
    )
    func answers() async throws {
        let own = [
            "HAAT_SMS_URL": "https://sms.example/?to={to}&text={text}", "HAAT_SMS_ACCEPTED": #""status":"ok""#,
        ]
        func outcome(_ answers: Result<OutboundResponse, TransportFailure>...) async throws -> (SMSError?, Int) {
            let transport = ScriptedGateway(answers[0])
            do {
                try await Self.deliver(own, by: transport)
                return (nil, transport.calls.count)
            } catch let error as SMSError {
                return (error, transport.calls.count)
            }
        }
        func response(_ status: Int, _ body: String = "") -> Result<OutboundResponse, TransportFailure> {
            .success(OutboundResponse(status: status, body: Array(body.utf8)))
        }
        #expect(try await outcome(response(200, #"{"status":"ok"}"#)).0 == nil)
        #expect(try await outcome(response(400)).0 == .refused("status 400"))
        let rest: [(Result<OutboundResponse, TransportFailure>, Int)] = [
            (response(200, #"{"status":"no"}"#), 1), (response(401), 1), (response(500), 1),
            (.failure(.interrupted("cut")), 1), (.failure(.notSent("refused")), 3),
        ]
        for (answer, calls) in rest {
            let (error, count) = try await outcome(answer)
            guard case .temporary? = error else {
                Issue.record("\(answer): \(String(describing: error))")
                continue
            }
            #expect(count == calls, "\(answer)")
        }
    }

    @Test("Without an address no texts are sent, and settings that can't work are named")
    func settings() throws {
        #expect(try Self.settings([:]) == nil)
        let good = "https://sms.example/?to={to}&text={text}"
        let bad: [[String: String]] = [
            ["HAAT_SMS_URL": "sms.example"], ["HAAT_SMS_URL": "https://{to}.example/?text={text}"],
            ["HAAT_SMS_URL": "https://user@sms.example/?to={to}&text={text}"],
            ["HAAT_SMS_URL": "https://sms.example/?to={to}&text={word}"],
            ["HAAT_SMS_URL": "https://sms.example/?to={to}"],
            ["HAAT_SMS_BODY": "x"], ["HAAT_SMS_URL": good, "HAAT_SMS_HEADERS": "x"],
            ["HAAT_SMS_URL": good, "HAAT_SMS_HEADERS": #"{"A":"b\nc"}"#],
            ["HAAT_SMS_URL": good, "HAAT_SMS_HEADERS": #"{"A b":"c"}"#],
            ["HAAT_SMS_URL": good, "HAAT_SMS_BODY": "x", "HAAT_SMS_HEADERS": #"{"Content-Type":"text/xml"}"#],
        ]
        for own in bad {
            let error = #expect(throws: ConfigurationError.self, "\(own)") { try Self.settings(own) }
            #expect(error?.failures.first?.hasPrefix("HAAT_SMS_") == true, "\(own)")
        }
    }
}
