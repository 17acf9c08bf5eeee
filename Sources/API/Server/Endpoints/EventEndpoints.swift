import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Jobs
import Postgres

extension EndpointTag {
    static let events = EndpointTag("Events", "What happened on the marketplace, in the order of its commits.")
}

/// The feed of events, for operators and what they connect.
enum EventEndpoints {
    static let all: [Endpoint] = [list]

    static let list = Endpoint(
        .get, "/events", tag: .events, summary: "List events, oldest first",
        description: "To follow the feed, ask again with `after` the last position that was read: nothing is missed.",
        policy: .require(.eventsRead), query: EventsQuery.self, returns: .page(of: EventView.self)
    ) { request, services in
        let (listing, limit) = ("events", request.query.page.limit)
        let cursor = try request.query.page.cursor.map { text throws(Problem) in
            guard let position = Int64(try Cursor(decoding: text, listing: listing).keys[0]) else {
                throw .invalidCursor
            }
            return position
        }
        let events = try await services.events.events(
            after: cursor ?? request.query.after, limit: limit + 1, in: services.postgres)
        return PageOutput(
            Page(fetched: events, limit: limit) { Cursor(listing: listing, keys: ["\($0.position)"]) }
                .map(EventView.init))
    }
}

struct EventsQuery: APIInput {
    let after: Int64
    let page: PageRequest

    init(_ fields: inout Fields) {
        after = fields.optional(
            "after", .integer(0...Int64.max), "Only events after this position; a cursor takes precedence", default: 0)
        page = fields.page()
    }
}

struct EventView: APIOutput {
    let event: RecordedEvent

    init(_ event: RecordedEvent) { self.event = event }

    static let example = EventView(
        RecordedEvent(
            id: ID<RecordedEvent>.example.uuid, position: 4_711, name: "order.paid", version: 1,
            payload:
                #"{"order_id":"ord_01j0000000e0080000000000r1","has_licence_keys":true,"shipping_vendors":[]}"#,
            occurredAt: .example, trace: nil))

    func write(to out: inout ObjectWriter) {
        out.field("id", ID<RecordedEvent>(uuid: event.id))
        out.field("position", event.position, "Its place in the feed; grows, and may leave numbers out")
        out.field("name", event.name, "More names come with later versions")
        out.field("version", event.version, "Of the data’s meaning")
        out.field("data", JSONValue(recorded: event.payload))
        out.field("occurred_at", event.occurredAt)
    }
}
