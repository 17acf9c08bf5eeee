import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Orders
import Postgres

/// What staff and vendors write about orders for themselves.
enum OrderNoteEndpoints {
    static let all: [Endpoint] = [list, write, remove, listOfVendor, writeOfVendor, removeOfVendor]

    static let list = Endpoint(
        .get, "/orders/{order_id}/notes", ID<Order>.self, tag: .orders,
        summary: "List the notes on an order, newest first",
        description: "The staff’s and those of its vendors. Customers read none.",
        policy: .require(.orderNotesRead, on: .order), query: PageQuery.self, returns: .page(of: OrderNoteView.self)
    ) { request, services in
        try await services.notes(of: .staff(request.path), request.query.page, request.principal)
    }

    static let write = Endpoint(
        .post, "/orders/{order_id}/notes", ID<Order>.self, tag: .orders, summary: "Write a note on an order",
        description: "It is read by the staff alone.", policy: .require(.orderNotesWrite, on: .order),
        idempotency: .required, body: OrderNoteCreateInput.self, returns: .created(OrderNoteView.self)
    ) { request, work, services in
        OrderNoteView(
            note: try await services.commerce.orderService.writeNote(
                request.body.body, for: .staff(request.path), by: request.principal, in: work))
    }

    static let remove = Endpoint(
        .delete, "/orders/{order_id}/notes/{note_id}", ID<Order>.self, ID<OrderNote>.self, tag: .orders,
        summary: "Take back a note on an order", description: "Its words go; that it was there stays.",
        policy: .require(.orderNotesWrite, on: .order), returns: .noContent
    ) { request, work, services in
        try await services.commerce.orderService.removeNote(
            request.path.1, of: .staff(request.path.0), by: request.principal, in: work)
        return NoContent()
    }

    static let listOfVendor = Endpoint(
        .get, "/vendor_orders/{vendor_order_id}/notes", ID<VendorOrder>.self, tag: .orders,
        summary: "List a vendor’s notes on its part of an order, newest first",
        policy: .require(.orderNotesRead, on: .vendorOrder), query: PageQuery.self,
        returns: .page(of: OrderNoteView.self)
    ) { request, services in
        try await services.notes(of: .vendor(request.path), request.query.page, request.principal)
    }

    static let writeOfVendor = Endpoint(
        .post, "/vendor_orders/{vendor_order_id}/notes", ID<VendorOrder>.self, tag: .orders,
        summary: "Write a note on a vendor’s part of an order",
        description: "It is read by the vendor and by the staff.", policy: .require(.orderNotesWrite, on: .vendorOrder),
        idempotency: .required, body: OrderNoteCreateInput.self, returns: .created(OrderNoteView.self)
    ) { request, work, services in
        OrderNoteView(
            note: try await services.commerce.orderService.writeNote(
                request.body.body, for: .vendor(request.path), by: request.principal, in: work))
    }

    static let removeOfVendor = Endpoint(
        .delete, "/vendor_orders/{vendor_order_id}/notes/{note_id}", ID<VendorOrder>.self, ID<OrderNote>.self,
        tag: .orders, summary: "Take back a vendor’s note", description: "Its words go; that it was there stays.",
        policy: .require(.orderNotesWrite, on: .vendorOrder), returns: .noContent
    ) { request, work, services in
        try await services.commerce.orderService.removeNote(
            request.path.1, of: .vendor(request.path.0), by: request.principal, in: work)
        return NoContent()
    }
}

extension Services {
    fileprivate func notes(
        of side: OrderNoteSide, _ page: PageRequest, _ principal: Principal
    ) async throws -> PageOutput<OrderNoteView> {
        let notes = try await commerce.orderService.readNotes(
            of: side, page: page, visibleTo: principal.visibility, in: postgres)
        return PageOutput(notes.map(OrderNoteView.init))
    }
}

struct OrderNoteCreateInput: APIInput {
    let body: String

    init(_ fields: inout Fields) {
        body = fields.required("body", .text(OrderNote.body), "What to remember", example: "Call before delivery.")
    }
}

struct OrderNoteView: APIOutput {
    let note: OrderNote

    static let example = OrderNoteView(
        note: OrderNote(
            id: .example, order: .example, vendor: nil, body: "Call before delivery.", createdBy: .system,
            createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", note.id)
        out.field("order_id", note.order)
        out.field("vendor_id", note.vendor, "Whose it is; null: the staff’s")
        out.field("body", note.body, "Null once it was taken back")
        out.field("created_by", note.createdBy.rawValue, "As the audit record names them")
        out.field("created_at", note.createdAt)
        out.field("removed_at", note.removedAt)
    }
}
