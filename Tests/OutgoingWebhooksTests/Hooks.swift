import CommerceTestSupport
import Core
import Foundation
import Identity
import Outbound
import Postgres
import Synchronization
import Testing
import Vendors

@testable import Jobs
@testable import OutgoingWebhooks

/// Outgoing webhooks over the commerce of one test; jobs run when the test says so.
struct Hooks: Sendable {
    let market: Marketplace
    let keep: KeepWebhookEndpoints
    let again: SendWebhooksAgain
    let follow: FollowEvents
    let deliver: DeliverWebhooks

    /// - Parameters:
    ///   - time: how long receivers have.
    ///   - resolver: for addresses that are names.
    init(_ market: Marketplace, time: Duration = .seconds(5), resolver: any HostResolver = SystemResolver()) {
        self.market = market
        let (audit, ids, clock) = (market.audit, market.ids, market.clock)
        keep = KeepWebhookEndpoints(vault: market.vault, audit: audit, ids: ids, clock: clock)
        again = SendWebhooksAgain(audit: audit, ids: ids, clock: clock)
        follow = FollowEvents(ids: ids, clock: clock)
        let client = UntrustedClient(rules: .thisMachineToo, resolver: resolver)
        let timing = OutboundTiming.system
        deliver = DeliverWebhooks(
            caller: WebhookCaller(client: client, requiresTLS: false, time: time), vault: market.vault, audit: audit,
            ids: ids, clock: clock,
            timing: OutboundTiming(elapsed: timing.elapsed, now: timing.now, sleep: timing.sleep, random: { 0.5 }))
    }

    func endpoint(
        at url: String, of vendor: Vendor? = nil, telling eventTypes: [String] = [], by principal: Principal = .system
    ) async throws -> WebhookEndpointWithSecret {
        let new = NewWebhookEndpoint(
            vendor: vendor?.id, terms: WebhookEndpointTerms(url: url, eventTypes: eventTypes))
        return try await market.work { try await keep.create(new, by: principal, in: $0) }
    }

    /// Numbers what has happened and makes messages of it; answers which runs that started.
    @discardableResult
    func tell() async throws -> [WaitingRun] {
        while try await EventNumbering(postgres: market.client).turn() {}
        while try await follow.turn(market.client, in: market.queue) {}
        return try await waitingRuns()
    }

    func waitingRuns() async throws -> [WaitingRun] {
        try await market.client.query(
            """
            SELECT id, kind, payload::text AS payload FROM jobs
            WHERE state = 'pending' AND kind LIKE 'webhooks.%' ORDER BY id
            """, as: WaitingRun.self)
    }

    /// Runs one as a worker would.
    func run(_ run: WaitingRun, in claim: (any Claim)? = nil) async throws {
        let claim: any Claim = claim ?? market.queue
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let payload = Data(run.payload.utf8)
        switch run.kind {
        case DeliverWebhooks.Job.kind:
            try await deliver(decoder.decode(DeliverWebhooks.Job.self, from: payload), in: claim)
        case DeliverWebhooks.RetryJob.kind:
            try await deliver(decoder.decode(DeliverWebhooks.RetryJob.self, from: payload), in: claim)
        default:
            let job = try decoder.decode(SendWebhooksAgain.Job.self, from: payload)
            try await claim.finish { try await again(job, in: $0) }
        }
        try await market.owner.execute("UPDATE jobs SET state = 'done', finished_at = now() WHERE id = \(run.id)")
    }

    /// Tells and sends until nothing is due any more.
    func settle() async throws {
        while case let runs = try await tell(), !runs.isEmpty {
            for run in runs { try await self.run(run) }
        }
    }

    func deliveries(
        to endpoint: ID<WebhookEndpoint>, in state: WebhookDelivery.State? = nil
    ) async throws -> [WebhookDelivery] {
        try await WebhookDeliveryStore().deliveries(
            to: endpoint, in: state, of: nil, page: PageRequest(limit: 100), in: market.client
        ).items
    }

    func attempts(of delivery: ID<WebhookDelivery>) async throws -> [WebhookAttempt] {
        try await WebhookDeliveryStore().details(delivery, visibleTo: .everything, in: market.client)?.attempts ?? []
    }

    func current(_ id: ID<WebhookEndpoint>) async throws -> WebhookEndpointDetails {
        try #require(
            try await WebhookEndpointStore().details(
                id, visibleTo: .everything, at: market.clock.now, in: market.client))
    }

    /// Somebody who looks after a vendor.
    static func owner(of vendor: Vendor) -> Principal {
        Principal(
            .vendorMember(vendor.id.uuid), permissions: Role.vendorOwner.permissions,
            visibility: .vendor(vendor.id.uuid))
    }
}

/// A job about webhooks that nobody has run yet.
struct WaitingRun: Sendable, PostgresRowDecodable {
    let id: UUID
    let kind: String
    let payload: String

    init(row: borrowing PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        kind = try row.decode("kind")
        payload = try row.decode("payload")
    }

    var isForSilent: Bool { kind == DeliverWebhooks.RetryJob.kind }
}

/// A worker that dies after a call, before what came of it is on record.
struct DyingClaim: Claim {
    struct Death: Error {}

    let queue: JobQueue

    func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        try await queue.withUnitOfWork(body)
    }

    func finish<Result: Sendable>(_ body: @Sendable (UnitOfWork) async throws -> Result) async throws -> Result {
        throw Death()
    }

    func hold() async throws {}
}

/// Names and their addresses, one list for each time that a name is looked up; the last one from then on.
final class TurningResolver: HostResolver {
    private let lists: Mutex<[[String]]>

    init(_ lists: [String]...) { self.lists = Mutex(lists) }

    func addresses(of name: String) throws -> [IPAddress] {
        lists.withLock { lists in
            let first = lists.first ?? []
            if lists.count > 1 { lists.removeFirst() }
            return first.compactMap { IPAddress($0) }
        }
    }
}
