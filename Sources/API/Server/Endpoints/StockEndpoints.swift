import Catalog
import Core
import Endpoints
import HTTPTypes
import Identity
import Inventory
import Postgres

extension EndpointTag {
    static let stock = EndpointTag("Stock", "Units and licence keys of variants.")
}

extension ProblemType {
    static let stockReserved = ProblemType(.stockReserved)
    static let stockLacking = ProblemType(
        "stock-lacking", 409, "Fewer units stand there", "`on_hand` says how many stand at that place.")
    static let stockCountStale = ProblemType(
        "stock-count-stale", 409, "The stock has changed", "`on_hand` says what is on record there now.")
}

/// What operators and vendors do to stock.
enum StockEndpoints {
    static let all: [Endpoint] =
        [list, read, setPolicy, adjust, movements] + StockBatchEndpoints.all + StockTransferEndpoints.all
        + StockTakeEndpoints.all + LicenceKeyEndpoints.all + KeyBatchEndpoints.all + KeyImportEndpoints.all
    static let uploads: [UploadEndpoint] = StockTakeEndpoints.uploads + KeyImportEndpoints.uploads

    static let list = Endpoint(
        .get, "/stock", tag: .stock, summary: "List the stock of variants, newest variants first",
        policy: .require(.stockRead, on: .variant), query: StockQuery.self, returns: .page(of: ListedStockView.self)
    ) { request, services in
        let page = try await services.commerce.stock.stock(
            request.query.filter, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(ListedStockView.init))
    }

    static let read = Endpoint(
        .get, "/variants/{variant_id}/stock", ID<Variant>.self, tag: .stock,
        summary: "Read a variant’s stock and where it stands",
        policy: .require(.stockRead, on: .variant), returns: .ok(StockDetailsView.self)
    ) { request, services in
        try await services.require(request.path, visibleTo: request.principal.visibility)
        let stock = services.commerce.stock
        let level = try await stock.levels(of: [request.path], in: services.postgres)[0]
        return StockDetailsView(
            level: level, places: try await stock.places(of: request.path, in: services.postgres),
            inTransit: try await services.commerce.inventory.transfers.inTransit(
                of: request.path, in: services.postgres))
    }

    static let setPolicy = Endpoint(
        .patch, "/variants/{variant_id}/stock", ID<Variant>.self, tag: .stock,
        summary: "Say how far a variant is sold, and when it counts as low",
        description: "What is left out stays as it is. What is owed already stays owed when the limit is lowered.",
        policy: .require(.stockAdjust, on: .variant), body: StockUpdateInput.self, returns: .ok(StockView.self)
    ) { request, work, services in
        StockView(
            level: try await services.commerce.inventory.setPolicy(
                request.path, request.body.changes, by: request.principal, in: work))
    }

    static let adjust = Endpoint(
        .post, "/variants/{variant_id}/stock_adjustments", ID<Variant>.self, tag: .stock,
        summary: "Count physical units in or out",
        description: """
            Either `delta`, or `count` with the `expected_count` that it replaces: where another number is on record by then, nothing is \
            changed. Both are about the units at the location and of the batch.
            """, policy: .require(.stockAdjust, on: .variant), idempotency: .required,
        body: StockAdjustmentInput.self, returns: .created(StockView.self),
        problems: [.stockReserved, .stockLacking, .stockCountStale]
    ) { request, work, services in
        StockView(
            level: try await services.commerce.inventory.adjust(
                request.path, request.body.adjustment, by: request.principal, in: work))
    }

    static let movements = Endpoint(
        .get, "/variants/{variant_id}/stock_movements", ID<Variant>.self, tag: .stock,
        summary: "List what has changed of a variant’s stock, latest first",
        description: "The sum of all changes is what there is.", policy: .require(.stockRead, on: .variant),
        query: PageQuery.self, returns: .page(of: StockMovementView.self)
    ) { request, services in
        try await services.require(request.path, visibleTo: request.principal.visibility)
        let page = try await services.commerce.stock.movements(
            of: request.path, page: request.query.page, in: services.postgres)
        return PageOutput(page.map(StockMovementView.init))
    }
}

extension Services {
    /// For what lists a variant's things: an empty list would tell that there is such a variant.
    /// - Throws: a 404 `Problem` where it is out of reach; `PostgresError`.
    func require(_ variant: ID<Variant>, visibleTo visibility: Visibility) async throws {
        guard try await commerce.products.variant(variant, visibleTo: visibility, in: postgres) != nil else {
            throw Problem.notFound("variant")
        }
    }
}
