import Foundation
import Logging
import Outbound
import Synchronization

/// Answers attempts from a list and remembers what it was asked.
final class ScriptedTransport: OutboundTransport {
    struct Attempt: Sendable {
        let method: String
        let url: String
        let headers: [OutboundHeader]
        let body: [UInt8]
        let timeout: Duration
    }

    typealias Reply = Result<OutboundResponse, TransportFailure>

    private let script: Mutex<[Reply]>
    private let seen = Mutex<[Attempt]>([])

    init(_ script: [Reply]) {
        self.script = Mutex(script)
    }

    var attempts: [Attempt] { seen.withLock { $0 } }

    func send(
        method: String, url: String, headers: [OutboundHeader], body: [UInt8], timeout: Duration
    ) async throws(TransportFailure) -> OutboundResponse {
        seen.withLock {
            $0.append(Attempt(method: method, url: url, headers: headers, body: body, timeout: timeout))
        }
        let next = script.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        guard let next else { throw .notSent("the script is over") }
        return try next.get()
    }
}

/// Time that passes only when somebody sleeps.
final class SteppedTime: Sendable {
    private let state = Mutex<(elapsed: Duration, sleeps: [Duration])>((.zero, []))

    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func advance(by duration: Duration) {
        state.withLock { $0.elapsed += duration }
    }

    func timing(random: Double = 1) -> OutboundTiming {
        OutboundTiming(
            elapsed: { self.state.withLock { $0.elapsed } },
            now: { Date(timeIntervalSince1970: 1_800_000_000) },
            sleep: { duration in
                self.state.withLock { state in
                    state.elapsed += duration
                    state.sleeps.append(duration)
                }
            },
            random: { random })
    }
}

func answered(_ status: Int, _ headers: [String: String] = [:], body: String = "{}") -> ScriptedTransport.Reply {
    .success(
        OutboundResponse(
            status: status, headers: headers.map { OutboundHeader($0.key, $0.value) }, body: Array(body.utf8)))
}

let silentLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
