import Core
import Endpoints
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Server-sent events, as the HTML standard writes them: an answer that goes on until its reader has gone or has had enough of it.
struct EventStream: Sendable {
    /// Afterwards the reader comes back, and is looked at anew: what it may see can have changed.
    static let longest: Duration = .seconds(300)

    private let live: LiveEvents
    private let lastSeen: Int64?
    private let messages: @Sendable (LiveBatch) -> [Message]

    /// What a reader is told.
    struct Message: Sendable {
        let name: String
        /// JSON without line breaks.
        let data: String
    }

    /// - Parameter messages: what a reader is told of a batch, in this order.
    /// - Throws: a 422 `Problem` for a `Last-Event-ID` that none of ours is.
    init(
        _ live: LiveEvents, for request: Request, _ messages: @escaping @Sendable (LiveBatch) -> [Message]
    ) throws(Problem) {
        self.live = live
        self.messages = messages
        guard let shown = request.headers[.lastEventID] else {
            lastSeen = nil
            return
        }
        guard let position = Int64(shown), position >= 0 else {
            throw .invalidInput([
                FieldProblem(pointer: "/Last-Event-ID", code: "format", message: "must be the id of an event")
            ])
        }
        lastSeen = position
    }

    var response: Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no",
            ],
            body: ResponseBody { writer in
                try await write { text in try await writer.write(ByteBuffer(string: text)) }
                try await writer.finish(nil)
            })
    }

    private func write(_ write: (String) async throws -> Void) async throws {
        let end = ContinuousClock.now + Self.longest
        let watch = try await live.watch()
        try await write("retry: 2000\n\n" + (try await opening(of: watch)))
        for await batch in watch.batches {
            try await write(text(of: batch))
            if ContinuousClock.now > end { return }
        }
    }

    /// What somebody who was away has missed, or that it is too much to be told.
    private func opening(of watch: LiveEvents.Watch) async throws -> String {
        guard let lastSeen else { return Self.text("id: \(watch.start)") }
        guard let missed = try await live.missed(after: lastSeen, upTo: watch.start) else {
            return Self.text("event: reset", "data: {}", "id: \(watch.start)")
        }
        return text(of: missed)
    }

    /// Only what ends a batch has its id: who is cut off in the middle of one is told all of it again.
    private func text(of batch: LiveBatch) -> String {
        messages(batch).map { Self.text("event: \($0.name)", "data: \($0.data)") }.joined()
            + Self.text("id: \(batch.position)")
    }

    private static func text(_ lines: String...) -> String { lines.joined(separator: "\n") + "\n\n" }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = known("Last-Event-ID")
    fileprivate static let accelBuffering = known("X-Accel-Buffering")
}
