import Complaints
import Core
import Endpoints
import HTTPTypes
import Identity
import Orders
import Postgres

/// What customers do about complaints: by their account, or by the access token of the order.
enum OrderComplaintEndpoints {
    static let all: [Endpoint] = [file, list, read, write, reopen] + ComplaintAttachmentEndpoints.all

    static let file = Endpoint(
        .post, "/orders/{order_id}/complaints", ID<Order>.self, tag: .complaints, summary: "Complain about an order",
        description: """
            About lines of one vendor, or about the order as a whole. Its number is the ticket by which it is followed, and its deadlines \
            are those of the law where the order goes.
            """,
        policy: .require(.complaintsFile, on: .order, .perClient(60, per: .minute)), idempotency: .required,
        body: ComplaintCreateInput.self,
        returns: .created(
            ComplaintSummaryView.self,
            location: { "/orders/\($0.complaint.order)/complaints/\($0.complaint.id)" })
    ) { request, work, services in
        ComplaintSummaryView(
            complaint: try await services.complaints.file(
                request.body.complaint, about: request.path, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/orders/{order_id}/complaints", ID<Order>.self, tag: .complaints,
        summary: "List the complaints about an order, newest first", policy: .require(.complaintsRead, on: .order),
        returns: .ok(ListOutput<ComplaintSummaryView>.self)
    ) { request, services in
        let all = try await services.complaints.read.all(
            about: request.path, visibleTo: request.principal.visibility, in: services.postgres)
        return ListOutput(all.map(ComplaintSummaryView.init))
    }

    static let read = Endpoint(
        .get, "/orders/{order_id}/complaints/{complaint_id}", ID<Order>.self, ID<Complaint>.self, tag: .complaints,
        summary: "Read a complaint about an order with its messages", policy: .require(.complaintsRead, on: .order),
        returns: .ok(ComplaintView.self)
    ) { request, services in
        ComplaintView(
            details: try await services.complaints.read(
                request.path.1, about: request.path.0, visibleTo: request.principal.visibility, in: services.postgres))
    }

    static let write = Endpoint(
        .post, "/orders/{order_id}/complaints/{complaint_id}/messages", ID<Order>.self, ID<Complaint>.self,
        tag: .complaints, summary: "Write about a complaint of one’s own",
        description: "An answer of a customer who was asked gives the complaint back to the staff.",
        policy: .require(.complaintsFile, on: .order, .perClient(60, per: .minute)), idempotency: .required,
        body: ComplaintMessageCreateInput.self, returns: .created(ComplaintMessageView.self)
    ) { request, work, services in
        ComplaintMessageView(
            message: try await services.complaints.write(
                request.body.message, on: request.path.1, of: request.path.0, by: request.principal, in: work))
    }

    static let reopen = Endpoint(
        .post, "/orders/{order_id}/complaints/{complaint_id}/reopen", ID<Order>.self, ID<Complaint>.self,
        tag: .complaints, summary: "Have a closed complaint of one’s own taken up again",
        description: "Within 30 days of its end. The time that the law gives begins anew.",
        policy: .require(.complaintsFile, on: .order), idempotency: .optional, body: ComplaintReasonInput.self,
        returns: .ok(ComplaintSummaryView.self), problems: [.complaintState, .complaintFinal]
    ) { request, work, services in
        ComplaintSummaryView(
            complaint: try await services.complaints.move(
                request.path.1, .reopen, saying: request.body.message, of: request.path.0, by: request.principal,
                in: work))
    }
}
