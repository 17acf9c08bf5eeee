import Catalog
import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Inventory
import Postgres
import Vendors

extension ProblemType {
    static let stockTransferClosed = ProblemType(.stockTransferClosed)
}

/// Goods on their way between a vendor's places.
enum StockTransferEndpoints {
    static let all: [Endpoint] = [create, list, read, send, receive, cancel]

    static let create = Endpoint(
        .post, "/stock_transfers", tag: .stock, summary: "Enter a transfer from one place to another",
        description: "Nothing has left yet. All variants are of one vendor.",
        policy: .require(.stockAdjust, on: .variant), idempotency: .required, body: StockTransferCreateInput.self,
        returns: .created(StockTransferDetailsView.self, location: { "/stock_transfers/\($0.details.transfer.id)" })
    ) { request, work, services in
        StockTransferDetailsView(
            details: try await services.commerce.inventory.transfer.create(
                request.body.transfer, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/stock_transfers", tag: .stock, summary: "List transfers, newest first",
        policy: .require(.stockRead, on: .variant), query: StockTransfersQuery.self,
        returns: .page(of: StockTransferView.self)
    ) { request, services in
        let page = try await services.commerce.inventory.transfers.transfers(
            in: request.query.state, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(StockTransferView.init))
    }

    static let read = Endpoint(
        .get, "/stock_transfers/{transfer_id}", ID<StockTransfer>.self, tag: .stock, summary: "Read a transfer",
        policy: .require(.stockRead, on: .variant), returns: .ok(StockTransferDetailsView.self)
    ) { request, services in
        let found = try await services.commerce.inventory.transfers.details(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let found else { throw Problem.notFound("stock transfer") }
        return StockTransferDetailsView(details: found)
    }

    static let send = Endpoint(
        .post, "/stock_transfers/{transfer_id}/send", ID<StockTransfer>.self, tag: .stock,
        summary: "Say that the goods have left",
        description: "They are not for sale until they arrive. Once more does nothing.",
        policy: .require(.stockAdjust, on: .variant), returns: .ok(StockTransferDetailsView.self),
        problems: [.stockTransferClosed, .stockLacking, .stockReserved]
    ) { request, work, services in
        StockTransferDetailsView(
            details: try await services.commerce.inventory.transfer.send(
                request.path, by: request.principal, in: work))
    }

    static let receive = Endpoint(
        .post, "/stock_transfers/{transfer_id}/receive", ID<StockTransfer>.self, tag: .stock,
        summary: "Say that the goods have arrived", description: "What has not arrived is lost.",
        policy: .require(.stockAdjust, on: .variant), idempotency: .optional, body: StockReceiptInput.self,
        returns: .ok(StockTransferDetailsView.self), problems: [.stockTransferClosed]
    ) { request, work, services in
        StockTransferDetailsView(
            details: try await services.commerce.inventory.transfer.receive(
                request.path, request.body.received, by: request.principal, in: work))
    }

    static let cancel = Endpoint(
        .post, "/stock_transfers/{transfer_id}/cancel", ID<StockTransfer>.self, tag: .stock,
        summary: "Give a transfer up", description: "What had left is back where it was. Once more does nothing.",
        policy: .require(.stockAdjust, on: .variant), returns: .ok(StockTransferDetailsView.self),
        problems: [.stockTransferClosed]
    ) { request, work, services in
        StockTransferDetailsView(
            details: try await services.commerce.inventory.transfer.cancel(
                request.path, by: request.principal, in: work))
    }
}

struct StockTransfersQuery: APIInput {
    let state: StockTransferState?
    let page: PageRequest

    init(_ fields: inout Fields) {
        state = fields.optional("state", .oneOf(StockTransferState.self), "Only those that are so far")
        page = fields.page()
    }
}

struct StockTransferCreateInput: APIInput {
    let transfer: NewStockTransfer

    init(_ fields: inout Fields) {
        transfer = NewStockTransfer(
            from: fields.optional(
                "from_location_id", .id(PickupLocation.self), "Left out: the vendor’s usual place"),
            to: fields.optional(
                "to_location_id", .id(PickupLocation.self), "Left out: the vendor’s usual place", example: .example),
            lines: fields.required(
                "lines", .array(of: .object(StockTransferLineCreateInput.self), count: StockTransfer.lineCount),
                "What is moved"
            ).map(\.line),
            note: fields.optional("note", .text(StockTransfer.note), "For the record", default: ""))
    }
}

struct StockTransferLineCreateInput: APIInput {
    let line: StockTransfer.Line

    init(_ fields: inout Fields) {
        line = StockTransfer.Line(
            variant: fields.required("variant_id", .id(Variant.self), "A physical variant", example: .example),
            batch: fields.optional("batch_id", .id(StockBatch.self), "Of which batch; left out: of none"),
            quantity: fields.required("quantity", .integer(StockTransfer.quantity), "Units", example: 10))
    }
}

struct StockReceiptInput: APIInput {
    let received: [Int64]?

    init(_ fields: inout Fields) {
        received = fields.optional(
            "received",
            .array(of: .integer(0...StockTransfer.quantity.upperBound), count: StockTransfer.lineCount),
            "What has arrived of each line, in their order; left out: all of it")
    }
}

struct StockTransferView: APIOutput {
    let transfer: StockTransfer

    static let example = StockTransferView(
        transfer: StockTransfer(
            id: .example, vendor: .example, origin: nil, destination: .example, state: .inTransit,
            createdBy: .system, createdAt: .example, sentAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", transfer.id)
        out.field("vendor_id", transfer.vendor)
        out.field("from_location_id", transfer.origin, "Null: the vendor’s usual place")
        out.field("to_location_id", transfer.destination, "Null: the vendor’s usual place")
        out.field("state", transfer.state)
        out.field("note", transfer.note)
        out.field("created_by", transfer.createdBy.rawValue, "As the audit record names them")
        out.field("created_at", transfer.createdAt)
        out.field("sent_at", transfer.sentAt)
        out.field("closed_at", transfer.closedAt, "When it arrived or was given up")
    }
}

struct StockTransferDetailsView: APIOutput {
    let details: StockTransferDetails

    static let example = StockTransferDetailsView(
        details: StockTransferDetails(
            transfer: StockTransferView.example.transfer, lines: [StockTransferLineView.example.line]))

    func write(to out: inout ObjectWriter) {
        StockTransferView(transfer: details.transfer).write(to: &out)
        out.field("lines", details.lines.map(StockTransferLineView.init))
    }
}

struct StockTransferLineView: APIOutput {
    let line: StockTransfer.Line

    static let example = StockTransferLineView(line: StockTransfer.Line(variant: .example, quantity: 10))

    func write(to out: inout ObjectWriter) {
        out.field("variant_id", line.variant)
        out.field("batch_id", line.batch)
        out.field("quantity", line.quantity)
        out.field("received", line.received, "What has arrived; the rest was lost on the way")
    }
}
