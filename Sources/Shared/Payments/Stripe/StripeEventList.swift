import Core
package import Foundation
import Outbound

/// A page of Stripe's own record of what it told or tried to tell us, newest first; kept there for about 30 days.
package struct StripeEventPage: Sendable {
    package struct Event: Sendable {
        package let id: String
        package let type: String
        package let createdAt: Date
        /// The event as Stripe renders it now.
        package let body: [UInt8]
    }

    package let events: [Event]
    /// Whether there are older ones after the last of these.
    package let hasMore: Bool
}

extension StripeGateway: EventListingGateway {
    /// Those of the last 30 days.
    package func events(
        in period: GatewayPeriod, after cursor: String?
    ) async throws(GatewayError) -> GatewayEventPage {
        let page = try await events(since: period.start, before: period.end, after: cursor)
        return GatewayEventPage(
            events: page.events.map { GatewayEvent(id: $0.id, type: $0.type, body: $0.body) },
            next: page.hasMore ? page.events.last?.id : nil)
    }

    /// - Parameters:
    ///   - since: events created at or after this moment.
    ///   - before: and before this one.
    ///   - after: the id of the last event of the page before.
    package func events(
        since: Date, before: Date? = nil, after: String? = nil
    ) async throws(GatewayError) -> StripeEventPage {
        var path = "/v1/events?limit=100&created%5Bgte%5D=\(since.secondsSince1970)"
        if let before { path += "&created%5Blt%5D=\(before.secondsSince1970)" }
        if let after { path += "&starting_after=\(PercentEncoding.escaped(after))" }
        let list = try object(try await call("events.list", "GET", path, safety: .read), "events")
        return try GatewayError.reading { () throws(MalformedEvent) in
            var events: [StripeEventPage.Event] = []
            for event in try list.objects("data") {
                events.append(
                    StripeEventPage.Event(
                        id: try event.id(), type: try event.word("type"),
                        createdAt: try event.moment("created"),
                        body: Array(event.json.bytes)))
            }
            return StripeEventPage(events: events, hasMore: try list.bool("has_more"))
        }
    }
}
