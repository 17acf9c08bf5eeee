import Core
import Documents
import Endpoints
import HTTPTypes
import Identity
import Media
import Orders
import Postgres
import Shipments

extension EndpointTag {
    static let documents = EndpointTag(
        "Documents", "Invoices, bills and credit notes, numbered without gaps, and the slips that lie in parcels.")
}

extension ProblemType {
    static let orderNotReady = ProblemType(
        "order-not-ready", 409, "The order is not to be packed",
        "Goods leave once the order is paid, and not after it was cancelled or refunded. `status` says where it is.")
    static let nothingToPack = ProblemType(
        "nothing-to-pack", 409, "There is nothing left to pack", "Every unit stands on a document already.")
    static let vendorAddressMissing = ProblemType(
        "vendor-address-missing", 409, "The vendor has no address",
        "Documents name it: add a pickup location or the registered address.")
    static let buyerAddressRequired = ProblemType(
        "buyer-address-required", 409, "The buyer’s address is required",
        "From a total that the law names, a buyer without a registration has to be named with an address.")
    static let documentRuleMissing = ProblemType(
        "document-rule-missing", 409, "Nothing says how such a document is made",
        "The table of rules has none for this country, type and day.")
    static let documentSeriesFull = ProblemType(
        "document-series-full", 409, "There are no numbers left", "The next number would be longer than may be.")
    static let documentNotDrawn = ProblemType(
        "document-not-drawn", 409, "The file is still being made", "Ask again in some seconds.")
    static let documentNotCreditable = ProblemType(
        "document-not-creditable", 409, "The document can’t be credited",
        "It is a credit note itself, or was cancelled.")
    static let nothingToCredit = ProblemType(
        "nothing-to-credit", 409, "There is nothing left to credit", "All of it was taken back already.")
    static let documentNotCancellable = ProblemType(
        "document-not-cancellable", 409, "The document can’t be cancelled",
        "Once goods have left or a credit note refers to it, a credit note takes it back.")
}

/// What is issued for what is sold.
enum DocumentEndpoints {
    static let all: [Endpoint] = [pack, list, read, link, credit, cancel, listOfOrder, linkOfOrder]

    static let pack = Endpoint(
        .post, "/vendor_orders/{vendor_order_id}/pack", ID<VendorOrder>.self, tag: .documents,
        summary: "Pack a vendor’s part of an order, or some units of it",
        description: """
            Takes the units from where they stand and issues the document that goes with them: which one follows from what the vendor \
            sells under. Its number is the next one of its series; it is drawn right afterwards.
            """,
        policy: .require(.vendorOrdersPack, on: .vendorOrder), idempotency: .required, body: PackingCreateInput.self,
        returns: .created(DocumentDetailsView.self, location: { "/documents/\($0.details.document.id)" }),
        problems: [
            .orderNotReady, .nothingToPack, .stockLacking, .vendorUnidentified, .vendorAddressMissing,
            .buyerAddressRequired, .documentRuleMissing, .documentSeriesFull,
        ]
    ) { request, work, services in
        DocumentDetailsView(
            details: try await services.documents.pack(
                request.body.packing, of: request.path, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/documents", tag: .documents, summary: "List documents, newest first",
        policy: .require(.documentsRead, on: .document), query: DocumentsQuery.self,
        returns: .page(of: DocumentView.self)
    ) { request, services in
        let page = try await services.documents.store.documents(
            request.query.filter, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(DocumentView.init))
    }

    static let read = Endpoint(
        .get, "/documents/{document_id}", ID<IssuedDocument>.self, tag: .documents,
        summary: "Read a document with all that it says", policy: .require(.documentsRead, on: .document),
        returns: .ok(DocumentDetailsView.self)
    ) { request, services in
        let details = try await services.documents.store.details(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let details else { throw Problem.notFound("document") }
        return DocumentDetailsView(details: details)
    }

    static let link = Endpoint(
        .post, "/documents/{document_id}/links", ID<IssuedDocument>.self, tag: .documents,
        summary: "Make a link to a document’s PDF",
        description: "Whoever holds the link can fetch the file until it expires.",
        policy: .require(.documentsRead, on: .document), body: DocumentLinkCreateInput.self,
        returns: .ok(MediaLinkView.self), problems: [.documentNotDrawn]
    ) { request, work, services in
        MediaLinkView(
            link: try await services.documents.issueLink(
                request.path, request.body.rendition, lasting: request.body.lifetime, by: request.principal, in: work))
    }

    static let credit = Endpoint(
        .post, "/documents/{document_id}/credit_notes", ID<IssuedDocument>.self, tag: .documents,
        summary: "Take back a document, or some units of it, by a credit note",
        description: """
            At the rates and in the place of supply of the document, whatever holds today. It sends no money back.
            """,
        policy: .require(.documentsCredit), idempotency: .required, body: CreditNoteCreateInput.self,
        returns: .created(DocumentDetailsView.self, location: { "/documents/\($0.details.document.id)" }),
        problems: [.documentNotCreditable, .nothingToCredit, .documentRuleMissing, .documentSeriesFull]
    ) { request, work, services in
        DocumentDetailsView(
            details: try await services.documents.credit(
                request.body.credit, of: request.path, by: request.principal, in: work))
    }

    static let cancel = Endpoint(
        .post, "/documents/{document_id}/cancel", ID<IssuedDocument>.self, tag: .documents,
        summary: "Cancel a document before its goods leave",
        description: "Its number stays taken, and its units can be packed again. Again it changes nothing.",
        policy: .require(.documentsCancel), body: DocumentCancelInput.self, returns: .ok(DocumentDetailsView.self),
        problems: [.documentNotCancellable]
    ) { request, work, services in
        let details = try await services.documents.cancel(
            request.path, because: request.body.reason, by: request.principal, in: work)
        // What is with a courier is called off there first. The document's order is held.
        try await services.shipments.checkNotShipped(request.path, in: work)
        return DocumentDetailsView(details: details)
    }

    static let listOfOrder = Endpoint(
        .get, "/orders/{order_id}/documents", ID<Order>.self, tag: .documents,
        summary: "List an order’s documents, newest first", policy: .require(.ordersRead, on: .order),
        query: PageQuery.self, returns: .page(of: DocumentView.self)
    ) { request, services in
        let reach = request.principal.visibility
        guard try await services.commerce.orders.order(request.path, visibleTo: reach, in: services.postgres) != nil
        else { throw Problem.notFound("order") }
        let page = try await services.documents.store.documents(
            DocumentFilter(order: request.path), page: request.query.page, visibleTo: reach, in: services.postgres)
        return PageOutput(page.map(DocumentView.init))
    }

    static let linkOfOrder = Endpoint(
        .post, "/orders/{order_id}/documents/{document_id}/links", ID<Order>.self, ID<IssuedDocument>.self,
        tag: .documents, summary: "Make a link to the PDF of an order’s document",
        description: "Whoever holds the link can fetch the file until it expires.",
        policy: .require(.ordersRead, on: .order), body: OrderDocumentLinkCreateInput.self,
        returns: .ok(MediaLinkView.self), problems: [.documentNotDrawn]
    ) { request, work, services in
        let reach = request.principal.visibility
        let document = try await services.documents.store.document(request.path.1, visibleTo: reach, in: work)
        guard document?.order == request.path.0,
            try await services.commerce.orders.order(request.path.0, visibleTo: reach, in: work) != nil
        else { throw Problem.notFound("document") }
        return MediaLinkView(
            link: try await services.documents.issueLink(
                request.path.1, .document, lasting: request.body.lifetime, by: request.principal, in: work))
    }
}
