import Catalog
import Core
import Endpoints
import HTTPTypes
import Identity

/// Edits of many products at once.
enum ProductBulkEndpoints {
    static let all: [Endpoint] = [edit]

    static let edit = Endpoint(
        .post, "/products/bulk_edit", tag: .catalogue, summary: "Edit many products, each for itself",
        description: """
            The answer has one outcome for each product, in their order: what is wrong with one leaves the others as they are wanted. \
            Whatever version a product has is edited.
            """,
        policy: .require(.productsUpdate, on: .product), idempotency: .optional, body: ProductBulkEditInput.self,
        returns: .ok(ProductBulkOutcomeView.self), bodyLimit: 8 * TextBody.limit
    ) { request, work, services in
        ProductBulkOutcomeView(
            outcomes: try await services.commerce.catalogue.bulkEdit(
                request.body.edits, by: request.principal, in: work))
    }
}

struct ProductBulkEditInput: APIInput {
    let edits: [(product: ID<Product>, edit: BulkEditProducts.Edit)]

    init(_ fields: inout Fields) {
        edits = fields.required(
            "edits", .array(of: .object(ProductEditInput.self), count: BulkEditProducts.count),
            "Each product at most once"
        ).map { ($0.product, $0.edit) }
    }
}

struct ProductEditInput: APIInput {
    /// What is done to a product.
    enum Action: String, CaseIterable {
        case update, submit, withdraw, archive, approve, reject, delete, restore
    }

    let product: ID<Product>
    let edit: BulkEditProducts.Edit

    init(_ fields: inout Fields) {
        product = fields.required("product_id", .id(Product.self), "What is edited", example: .example)
        let action = fields.optional("action", .oneOf(Action.self), "What is done", default: .update)
        let reason = fields.optional("reason", .text(ChangeProductStatus.reason), "Why it is rejected")
        let changes = ProductChanges(&fields)
        fields.check(
            action == .update || changes == ProductChanges(), "action", code: "exclusive", "goes with no other fields")
        fields.check((action == .reject) == (reason != nil), "reason", code: "required", "goes with reject, and has to")
        edit =
            switch action {
            case .update: .update(changes)
            case .submit: .submit
            case .withdraw: .withdraw
            case .archive: .archive
            case .approve: .approve
            case .reject: .reject(reason: reason ?? "")
            case .delete: .delete
            case .restore: .restore
            }
    }
}

struct ProductBulkOutcomeView: APIOutput {
    let outcomes: [BulkEditProducts.Outcome]

    static let example = ProductBulkOutcomeView(outcomes: [ProductOutcomeView.example.outcome])

    func write(to out: inout ObjectWriter) {
        out.field("data", outcomes.map(ProductOutcomeView.init), "In the order of the edits")
    }
}

struct ProductOutcomeView: APIOutput {
    let outcome: BulkEditProducts.Outcome

    static let example = ProductOutcomeView(
        outcome: BulkEditProducts.Outcome(
            product: .example, version: nil, problem: ProblemType.wrongStatus.problem("The product is active")))

    func write(to out: inout ObjectWriter) {
        out.field("product_id", outcome.product)
        out.field("version", outcome.version, "After the edit")
        out.field("problem", outcome.problem.map(OutcomeProblemView.init), "Why it was left as it is")
    }
}

struct OutcomeProblemView: APIOutput {
    let problem: Problem

    static let example = OutcomeProblemView(problem: ProblemType.wrongStatus.problem("The product is active"))

    func write(to out: inout ObjectWriter) {
        out.field("type", "urn:haat:problem:\(problem.type)")
        out.field("title", problem.title)
        out.field("status", problem.status)
        out.field("detail", problem.detail)
        out.field("errors", problem.fields.map(OutcomeFieldView.init))
    }
}

struct OutcomeFieldView: APIOutput {
    let field: FieldProblem

    static let example = OutcomeFieldView(
        field: FieldProblem(pointer: "/title", code: "too_long", message: "must have at most 200 characters"))

    func write(to out: inout ObjectWriter) {
        out.field("pointer", field.pointer)
        out.field("code", field.code)
        out.field("message", field.message)
    }
}
