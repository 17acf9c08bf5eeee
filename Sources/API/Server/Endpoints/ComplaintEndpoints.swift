import Complaints
import Core
import Endpoints
import HTTPTypes
import Identity
import Orders
import Postgres

extension EndpointTag {
    static let complaints = EndpointTag(
        "Complaints", "What customers have to say against what became of an order, and what the law gives time for.")
}

extension ProblemType {
    static let complaintState = ProblemType(
        "complaint-state", 409, "The complaint’s state does not allow this", "`state` says where the complaint is.")
    static let complaintFinal = ProblemType(
        "complaint-final", 409, "The complaint can’t be reopened",
        "It was closed too long ago, or reopened too often; file another one.")
}

/// What staff and vendors do about complaints.
enum ComplaintEndpoints {
    static let all: [Endpoint] =
        [list, read, write, acknowledge, ask, escalate, resolve, reject, reopen, clocks, addClock]
        + OrderComplaintEndpoints.all
    static let uploads: [UploadEndpoint] = ComplaintAttachmentEndpoints.uploads

    static let list = Endpoint(
        .get, "/complaints", tag: .complaints, summary: "List complaints, what is due first first",
        description:
            "Those that wait for something; with `closed`, the others, newest first. Vendors see those about their parts.",
        policy: .require(.complaintsRead, on: .complaint), query: ComplaintsQuery.self,
        returns: .page(of: ComplaintSummaryView.self)
    ) { request, services in
        let page = try await services.complaints.store.complaints(
            request.query.filter, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(ComplaintSummaryView.init))
    }

    static let read = Endpoint(
        .get, "/complaints/{complaint_id}", ID<Complaint>.self, tag: .complaints,
        summary: "Read a complaint with its messages",
        description: "Vendors read what is meant for them, the staff all of it.",
        policy: .require(.complaintsRead, on: .complaint), returns: .ok(ComplaintView.self)
    ) { request, services in
        ComplaintView(
            details: try await services.complaints.read(
                request.path, visibleTo: request.principal.visibility, in: services.postgres))
    }

    static let write = Endpoint(
        .post, "/complaints/{complaint_id}/messages", ID<Complaint>.self, tag: .complaints,
        summary: "Write about a complaint",
        description: "An answer of a vendor who was asked gives the complaint back to the staff.",
        policy: .require(.complaintsAnswer, on: .complaint), idempotency: .required,
        body: ComplaintMessageCreateInput.self, returns: .created(ComplaintMessageView.self)
    ) { request, work, services in
        ComplaintMessageView(
            message: try await services.complaints.write(
                request.body.message, on: request.path, by: request.principal, in: work))
    }

    static let acknowledge = moving("acknowledge", "Say that a complaint has arrived", ComplaintNoteInput.self) { _ in
        .acknowledge
    }

    static let ask = moving("ask", "Ask the customer or the vendor about a complaint", ComplaintAskInput.self) {
        $0.side == .customer ? .askCustomer : .askVendor
    }

    static let escalate = moving("escalate", "Have somebody above decide about a complaint", ComplaintNoteInput.self) {
        _ in .escalate
    }

    static let resolve = moving(
        "resolve", "Close a complaint about which something was done", ComplaintResolveInput.self
    ) { .resolve($0.outcome) }

    static let reject = moving("reject", "Close a complaint about which nothing is done", ComplaintReasonInput.self) {
        _ in .reject
    }

    static let reopen = moving("reopen", "Take up a closed complaint again", ComplaintReasonInput.self) { _ in .reopen }

    static let clocks = Endpoint(
        .get, "/complaint_clocks", tag: .complaints, summary: "List how long laws give for complaints",
        description: "What holds is decided by the day on which a complaint is filed.",
        policy: .require(.complaintsRead), returns: .ok(ListOutput<ComplaintClockView>.self)
    ) { _, services in
        ListOutput(try await services.complaints.clocks.clocks(in: services.postgres).map(ComplaintClockView.init))
    }

    static let addClock = Endpoint(
        .post, "/complaint_clocks", tag: .complaints, summary: "Put down how long a law gives",
        description:
            "From its first day on it holds instead of the one before; complaints that are filed keep what was due.",
        policy: .require(.complaintClocksManage), idempotency: .required, body: ComplaintClockCreateInput.self,
        returns: .created(ComplaintClockView.self)
    ) { request, work, services in
        ComplaintClockView(
            clock: try await services.complaints.keepClocks.add(request.body.clock, by: request.principal, in: work))
    }

    /// An endpoint by which the staff take a complaint to another state.
    private static func moving<Body: ComplaintMoveInput>(
        _ verb: String, _ summary: String, _ body: Body.Type,
        _ action: @escaping @Sendable (Body) -> ComplaintAction
    ) -> Endpoint {
        Endpoint(
            .post, "/complaints/{complaint_id}/\(verb)", ID<Complaint>.self, tag: .complaints, summary: summary,
            description: "What is done already is not done again. What is said about it is sent to those who read it.",
            policy: .require(.complaintsManage), idempotency: .optional, body: body,
            returns: .ok(ComplaintSummaryView.self), problems: [.complaintState, .complaintFinal]
        ) { request, work, services in
            ComplaintSummaryView(
                complaint: try await services.complaints.move(
                    request.path, action(request.body), saying: request.body.message, by: request.principal, in: work))
        }
    }
}
