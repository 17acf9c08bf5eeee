import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Orders
import Payments
import Vendors

extension ProblemType {
    static let nothingToCollect = ProblemType(
        "nothing-to-collect", 409, "No cash is to be collected",
        "The order is paid otherwise, is not to be shipped (yet), or was paid before.")
}

/// What came of deliveries that were to bring cash.
enum CashCollectionEndpoints {
    static let all: [Endpoint] = [collect, refuse]

    static let collect = Endpoint(
        .post, "/orders/{order_id}/cash_collections", ID<Order>.self, tag: .payments,
        summary: "Say that cash was collected for an order",
        description: """
            All that was to be collected captures the payment and pays the order. Any other amount is `conflicted`, for a person \
            to settle: by the right report, once all of it is there.
            """,
        policy: .require(.cashReport), idempotency: .required, body: CashCollectionInput.self,
        returns: .ok(PaymentView.self), problems: [.nothingToCollect]
    ) { request, work, services in
        PaymentView(
            try await services.commerce.reportCash.collected(
                request.body.collection(for: request.path), by: request.principal.actor, in: work))
    }

    static let refuse = Endpoint(
        .post, "/orders/{order_id}/delivery_refusal", ID<Order>.self, tag: .payments,
        summary: "Say that a delivery was refused, and nothing collected",
        description: "Ends the payment and, unless something was paid before, the order: its units are in stock again.",
        policy: .require(.cashReport), returns: .ok(PaymentView.self), problems: [.nothingToCollect, .orderState]
    ) { request, work, services in
        PaymentView(
            try await services.commerce.reportCash.refused(request.path, by: request.principal, in: work))
    }
}

enum CashCollectorKind: String, CaseIterable, Sendable {
    case courier, vendor
}

struct CashCollectionInput: APIInput {
    private let amount: Money
    private let reference: String
    private let collectedBy: CashCollectorKind
    private let vendor: ID<Vendor>?
    private let collectedAt: Date

    init(_ fields: inout Fields) {
        amount = fields.required("amount", .money(1...1_000_000_000_000), "What was collected", example: .example)
        reference = fields.required(
            "reference", .text(NewCashCollection.reference),
            "How whoever collects calls it, such as the parcel’s number",
            example: "SF-77")
        collectedBy = fields.required(
            "collected_by", .oneOf(CashCollectorKind.self), "Who owes it now", example: .courier)
        vendor = fields.optional("vendor_id", .id(Vendor.self), "Which vendor has collected")
        collectedAt = fields.required("collected_at", .date, "When it was collected", example: .example)
    }

    /// - Throws: a 422 `Problem` where a vendor has collected and is not named.
    func collection(for order: ID<Order>) throws(Problem) -> NewCashCollection {
        let collector: CashCollector
        switch (collectedBy, vendor) {
        case (.courier, nil): collector = .courier
        case (.vendor, let vendor?): collector = .vendor("\(vendor)")
        case (.vendor, nil), (.courier, _?):
            throw .invalidInput([
                FieldProblem(pointer: "/vendor_id", code: "required", message: "must name the vendor who has collected")
            ])
        }
        return NewCashCollection(
            order: order, amount: amount, reference: reference, collector: collector, collectedAt: collectedAt)
    }
}
