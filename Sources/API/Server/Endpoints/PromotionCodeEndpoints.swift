import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Pricing

/// Codes by which promotions are asked for.
enum PromotionCodeEndpoints {
    static let all: [Endpoint] = [list, create, revoke, listBatches, generate, readBatch]

    static let list = Endpoint(
        .get, "/promotions/{promotion_id}/codes", ID<Promotion>.self, tag: .pricing,
        summary: "List the codes of a promotion that belong to no batch, newest first",
        policy: .require(.promotionsRead, on: .vendor), query: PageQuery.self,
        returns: .page(of: PromotionCodeView.self)
    ) { request, services in
        let pricing = services.commerce.pricing
        try await pricing.require(request.path, visibleTo: request.principal.visibility, in: services.postgres)
        let page = try await pricing.codes.codes(
            of: request.path, batch: nil, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(PromotionCodeView.init))
    }

    static let create = Endpoint(
        .post, "/promotions/{promotion_id}/codes", ID<Promotion>.self, tag: .pricing,
        summary: "Give a promotion a code",
        description:
            "However a customer types it: blanks, hyphens and case don’t count, nor in which script its digits are.",
        policy: .require(.promotionsManage, on: .vendor), idempotency: .required, body: PromotionCodeCreateInput.self,
        returns: .created(PromotionCodeView.self), problems: [.promotionCodeTaken, .promotionWithoutCodes]
    ) { request, work, services in
        PromotionCodeView(
            code: try await services.commerce.pricing.manageCodes.create(
                request.body.code, usageLimit: request.body.usageLimit, of: request.path, by: request.principal,
                in: work))
    }

    static let revoke = Endpoint(
        .post, "/promotions/{promotion_id}/codes/{promotion_code_id}/revoke", ID<Promotion>.self,
        ID<PromotionCode>.self, tag: .pricing, summary: "Let a code count for nothing from now on",
        policy: .require(.promotionsManage, on: .vendor), returns: .ok(PromotionCodeView.self)
    ) { request, work, services in
        let (promotion, code) = request.path
        return PromotionCodeView(
            code: try await services.commerce.pricing.manageCodes.revoke(
                code, of: promotion, by: request.principal, in: work))
    }

    static let listBatches = Endpoint(
        .get, "/promotions/{promotion_id}/code_batches", ID<Promotion>.self, tag: .pricing,
        summary: "List a promotion’s batches of single-use codes, newest first",
        policy: .require(.promotionsRead, on: .vendor), query: PageQuery.self,
        returns: .page(of: PromotionCodeBatchView.self)
    ) { request, services in
        let pricing = services.commerce.pricing
        try await pricing.require(request.path, visibleTo: request.principal.visibility, in: services.postgres)
        let page = try await pricing.codes.batches(
            of: request.path, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(PromotionCodeBatchView.init))
    }

    static let generate = Endpoint(
        .post, "/promotions/{promotion_id}/code_batches", ID<Promotion>.self, tag: .pricing,
        summary: "Make codes for one use each",
        policy: .require(.promotionsManage, on: .vendor), idempotency: .required,
        body: PromotionCodeBatchCreateInput.self,
        returns: .created(
            PromotionCodeBatchView.self,
            location: { "/promotions/\($0.batch.promotion)/code_batches/\($0.batch.id)" }),
        problems: [.promotionCodeTaken, .promotionWithoutCodes]
    ) { request, work, services in
        PromotionCodeBatchView(
            batch: try await services.commerce.pricing.manageCodes.generate(
                request.body.size, prefix: request.body.prefix, of: request.path, by: request.principal, in: work))
    }

    static let readBatch = Endpoint(
        .get, "/promotions/{promotion_id}/code_batches/{promotion_code_batch_id}", ID<Promotion>.self,
        ID<CodeBatch>.self, tag: .pricing, summary: "Export the codes of a batch",
        description: "All of them, in the order in which they were made.",
        policy: .require(.promotionsManage, on: .vendor), returns: .ok(PromotionCodeExportView.self)
    ) { request, services in
        let (promotion, batch) = request.path
        let pricing = services.commerce.pricing
        try await pricing.require(promotion, visibleTo: request.principal.visibility, in: services.postgres)
        let codes = try await pricing.codes.codes(of: batch, promotion: promotion, in: services.postgres)
        guard !codes.isEmpty else { throw Problem.notFound("batch of codes") }
        return PromotionCodeExportView(batch: batch, codes: codes)
    }
}

extension PricingServices {
    /// For what lists a promotion's things: an empty list would tell that there is such a promotion.
    /// - Throws: a 404 `Problem` where it is out of reach; `PostgresError`.
    func require(
        _ promotion: ID<Promotion>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws {
        guard try await promotions.promotion(promotion, visibleTo: visibility, in: executor) != nil else {
            throw Problem.notFound("promotion")
        }
    }
}

extension ProblemType {
    static let promotionCodeTaken = ProblemType(
        "promotion-code-taken", 409, "The code is taken",
        "Another promotion has it, or had it: no code is given out twice.")
    static let promotionWithoutCodes = ProblemType(
        "promotion-without-codes", 409, "The promotion takes no codes", "It applies by itself, or it has ended.")
}

struct PromotionCodeCreateInput: APIInput {
    let code: String
    let usageLimit: Int64?

    init(_ fields: inout Fields) {
        code = fields.required(
            "code", .text(ManagePromotionCodes.typed), "3 to 40 letters of any script and digits", example: "EID-2027")
        usageLimit = fields.optional(
            "usage_limit", .integer(PromotionTerms.uses),
            "How many orders may use it; null for as many as the promotion")
    }
}

struct PromotionCodeBatchCreateInput: APIInput {
    let size: Int
    let prefix: String

    init(_ fields: inout Fields) {
        size = fields.required("size", .integer(CodeBatch.sizes), "How many codes", example: 500)
        prefix = fields.optional(
            "prefix", .text(TextRule(0...28, .line)), "What they begin with: letters and digits", default: "")
    }
}

struct PromotionCodeView: APIOutput {
    let code: ListedCode

    static let example = PromotionCodeView(
        code: ListedCode(
            id: .example, promotion: .example, batch: nil, code: "EID2027", usageLimit: nil, uses: 12,
            createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", code.id)
        out.field("promotion_id", code.promotion)
        out.field("code", code.code, "In the one form that all ways of typing it come to")
        out.field("usage_limit", code.usageLimit, "How many orders may use it; null for as many as the promotion")
        out.field("uses", code.uses, "How many orders use it that were not given up")
        out.field("revoked_at", code.revokedAt, "Since when it counts for nothing")
        out.field("created_at", code.createdAt)
    }
}

struct PromotionCodeBatchView: APIOutput {
    let batch: CodeBatch

    static let example = PromotionCodeBatchView(
        batch: CodeBatch(id: .example, promotion: .example, prefix: "EID", size: 500, createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", batch.id)
        out.field("promotion_id", batch.promotion)
        out.field("prefix", batch.prefix, "What the codes begin with")
        out.field("size", batch.size, "How many codes it has")
        out.field("created_at", batch.createdAt)
    }
}

struct PromotionCodeExportView: APIOutput {
    let batch: ID<CodeBatch>
    let codes: [ListedCode]

    static let example = PromotionCodeExportView(batch: .example, codes: [PromotionCodeView.example.code])

    func write(to out: inout ObjectWriter) {
        out.field("id", batch)
        out.field("codes", codes.map(PromotionCodeView.init), "In the order in which they were made")
    }
}
