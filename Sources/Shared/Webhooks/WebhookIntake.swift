import Faults
package import Foundation
package import Jobs
package import Logging
import Metrics
package import Postgres
package import Redis
import Synchronization

/// What a provider is told about its push.
package enum WebhookReceipt: Sendable, Equatable {
    /// Durable: stored now, or stored before.
    case accepted(isDuplicate: Bool)
    case rejected(WebhookRejection)
    /// Not durable for whatever reason: the provider must send it again.
    case unavailable
}

/// Receives pushes: verify, hint, persist; and only then says yes.
///
/// PostgreSQL alone says whether an event was seen. Redis may answer early for events that are known to be durable; an
/// event that is only in flight always goes to the unique index.
package final class WebhookIntake: Sendable {
    private let hints: WebhookHints
    private let writer: WriteCoalescer<ArrivedEvent, Bool>
    private let inFlight = Atomic<Int>(0)
    private let maximumInFlight: Int
    private let now: @Sendable () -> Date
    private let makeID: @Sendable () -> UUID
    private let metrics: IntakeMetrics

    /// - Parameters:
    ///   - maximumInFlight: proven pushes taken on at once; one more is told to come back.
    ///   - maximumBatch: events in one write. In a crowd several middling writes beat one large one: while one waits for
    ///     the disk, others keep the processors busy.
    ///   - patience: for how long an event may take to become durable. Providers give up after five seconds and count that as worse
    ///     than a clear no. What is stored later is found by their next try.
    ///   - makeID: gives UUIDv7s.
    package init(
        postgres: PostgresClient, redis: RedisClient, queue: JobQueue, logger: Logger, maximumInFlight: Int = 4096,
        writers: Int = 4, maximumBatch: Int = 64, patience: Duration = .seconds(4),
        now: @escaping @Sendable () -> Date = { Date() },
        makeID: @escaping @Sendable () -> UUID
    ) {
        let hints = WebhookHints(redis: redis)
        self.hints = hints
        self.maximumInFlight = maximumInFlight
        self.now = now
        self.makeID = makeID
        metrics = IntakeMetrics()
        let persistence = WebhookPersistence(postgres: postgres, hints: hints, queue: queue, logger: logger)
        writer = WriteCoalescer(maximumWriters: writers, maximumBatch: maximumBatch, patience: patience) { arrivals in
            await persistence.persist(arrivals)
        }
    }

    /// Each outcome has its answer. A push is taken on only with its whole body in hand and proven, so that nothing unproven
    /// keeps a proven one out.
    /// - Parameters:
    ///   - account: whose pushes `verifier` proves.
    ///   - header: the value of a header by its lower-case name.
    ///   - withBody: reads the raw bytes and does the work that it is given on them; called only where the head claims what may
    ///     be true.
    /// - Throws: what `withBody` throws.
    package func receive<Failure: Error>(
        for account: String, _ verifier: some WebhookVerifier, header: (String) -> String?,
        withBody: (_ work: ([UInt8]) async -> WebhookReceipt) async throws(Failure) -> WebhookReceipt
    ) async throws(Failure) -> WebhookReceipt {
        let receipt: WebhookReceipt
        switch Result(catching: { () throws(WebhookRejection) in try read(header, for: verifier) }) {
        case .success(let head): receipt = try await withBody { await judge(head, $0, account, verifier) }
        case .failure(let rejection): receipt = .rejected(rejection)
        }
        metrics.count(receipt)
        return receipt
    }

    /// What a push's head claims, and the headers of it that are kept.
    private struct Head<Claim: Sendable>: Sendable {
        let claim: Claim
        let headers: String
    }

    private func read<Verifier: WebhookVerifier>(
        _ header: (String) -> String?, for verifier: Verifier
    ) throws(WebhookRejection) -> Head<Verifier.Claim> {
        Head(
            claim: try verifier.claim(header: header, now: now()),
            headers: try KeptHeaders.json(verifier.keptHeaders, header: header))
    }

    private func judge<Verifier: WebhookVerifier>(
        _ head: Head<Verifier.Claim>, _ body: [UInt8], _ account: String, _ verifier: Verifier
    ) async -> WebhookReceipt {
        do {
            let event = try verifier.verify(head.claim, body: body)
            faultPoint("webhook.verified")
            return await admit(
                ArrivedEvent(
                    id: makeID(), account: account, event: event, isRelevant: verifier.isRelevant(event.type),
                    headers: head.headers, body: body))
        } catch {
            return .rejected(error)
        }
    }

    private func admit(_ arrival: ArrivedEvent) async -> WebhookReceipt {
        let others = inFlight.add(1, ordering: .relaxed).oldValue
        defer { inFlight.subtract(1, ordering: .relaxed) }
        guard others < maximumInFlight else { return .unavailable }
        faultPoint("webhook.admitted")
        return await store(arrival)
    }

    private func store(_ arrival: ArrivedEvent) async -> WebhookReceipt {
        do {
            let isNew = try await writer.submit(arrival)
            faultPoint("webhook.acknowledging")
            return .accepted(isDuplicate: !isNew)
        } catch {
            return .unavailable
        }
    }
}

/// A proven push on its way into the database.
struct ArrivedEvent: Sendable {
    let id: UUID
    let account: String
    let event: VerifiedEvent
    /// Only a relevant event causes a job.
    let isRelevant: Bool
    /// A JSON object.
    let headers: String
    let body: [UInt8]

    /// The trace of all that the push leads to begins with it and is named by the event's id.
    var traceparent: String {
        // 00-, 32 digits of the trace, 16 of the span, which are its last, -01.
        String(unsafeUninitializedCapacity: 55) { text in
            let digits = id.lowercaseText.utf8.lazy.filter { $0 != UInt8(ascii: "-") }
            var position = 0
            func put(_ bytes: some Sequence<UInt8>) {
                for byte in bytes {
                    text[position] = byte
                    position += 1
                }
            }
            put("00-".utf8)
            put(digits)
            put("-".utf8)
            put(UnsafeMutableBufferPointer(rebasing: text[19..<35]))
            put("-01".utf8)
            return position
        }
    }

    /// One hash tag for all, so that a cluster answers for many in one command.
    var hintKey: String { "{wh}:\(account):\(event.id)" }
}

/// Counters of pushes by their outcome.
private struct IntakeMetrics: Sendable {
    private let accepted = Counter(label: "haat_webhooks_total", dimensions: [("outcome", "accepted")])
    private let duplicates = Counter(label: "haat_webhooks_total", dimensions: [("outcome", "duplicate")])
    private let rejected = Counter(label: "haat_webhooks_total", dimensions: [("outcome", "rejected")])
    private let unavailable = Counter(label: "haat_webhooks_total", dimensions: [("outcome", "unavailable")])

    func count(_ receipt: WebhookReceipt) {
        switch receipt {
        case .accepted(isDuplicate: false): accepted.increment()
        case .accepted(isDuplicate: true): duplicates.increment()
        case .rejected: rejected.increment()
        case .unavailable: unavailable.increment()
        }
    }
}
