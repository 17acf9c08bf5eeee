import Core
import Endpoints
import HTTPTypes
import Identity
import Orders
import Postgres

/// The words with which the staff sort orders.
enum OrderTagEndpoints {
    static let all: [Endpoint] = [list, create, rename, remove, read, set]

    static let list = Endpoint(
        .get, "/order_tags", tag: .orders, summary: "List the tags of orders, by name",
        policy: .require(.orderTagsRead), returns: .ok(ListOutput<OrderTagView>.self)
    ) { _, services in
        ListOutput(try await services.commerce.orderService.tags.tags(in: services.postgres).map(OrderTagView.init))
    }

    static let create = Endpoint(
        .post, "/order_tags", tag: .orders, summary: "Create a tag", description: "There are at most 200.",
        policy: .require(.orderTagsManage), idempotency: .required, body: OrderTagCreateInput.self,
        returns: .created(OrderTagView.self)
    ) { request, work, services in
        OrderTagView(
            tag: try await services.commerce.orderService.manageTags.create(
                request.body.name, by: request.principal, in: work))
    }

    static let rename = Endpoint(
        .put, "/order_tags/{tag_id}", ID<OrderTag>.self, tag: .orders, summary: "Rename a tag",
        policy: .require(.orderTagsManage), body: OrderTagCreateInput.self, returns: .ok(OrderTagView.self)
    ) { request, work, services in
        OrderTagView(
            tag: try await services.commerce.orderService.manageTags.rename(
                request.path, to: request.body.name, by: request.principal, in: work))
    }

    static let remove = Endpoint(
        .delete, "/order_tags/{tag_id}", ID<OrderTag>.self, tag: .orders, summary: "Remove a tag",
        description: "From all orders as well.", policy: .require(.orderTagsManage), returns: .noContent
    ) { request, work, services in
        try await services.commerce.orderService.manageTags.remove(request.path, by: request.principal, in: work)
        return NoContent()
    }

    static let read = Endpoint(
        .get, "/orders/{order_id}/tags", ID<Order>.self, tag: .orders, summary: "List the tags of an order",
        policy: .require(.orderTagsRead, on: .order), returns: .ok(ListOutput<OrderTagView>.self)
    ) { request, services in
        let order = try await services.commerce.orders.order(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let order else { throw Problem.notFound("order") }
        let tags = try await services.commerce.orderService.tags.tags(of: order.id, in: services.postgres)
        return ListOutput(tags.map(OrderTagView.init))
    }

    static let set = Endpoint(
        .put, "/orders/{order_id}/tags", ID<Order>.self, tag: .orders, summary: "Say which tags an order carries",
        description: "Those that are not named it carries no more.", policy: .require(.orderTagsAssign, on: .order),
        body: OrderTagsInput.self, returns: .ok(ListOutput<OrderTagView>.self)
    ) { request, work, services in
        let tags = try await services.commerce.orderService.tag(
            request.path, as: request.body.tags, by: request.principal, in: work)
        return ListOutput(tags.map(OrderTagView.init))
    }
}

struct OrderTagCreateInput: APIInput {
    let name: String

    init(_ fields: inout Fields) {
        name = fields.required("name", .text(OrderTag.name), "Unlike all others, however cased", example: "gift")
    }
}

struct OrderTagsInput: APIInput {
    let tags: [ID<OrderTag>]

    init(_ fields: inout Fields) {
        tags = fields.required(
            "tag_ids", .array(of: .id(OrderTag.self), count: 0...OrderTag.mostPerOrder), "All that it is to carry",
            example: [.example])
    }
}

struct OrderTagView: APIOutput {
    let tag: OrderTag

    static let example = OrderTagView(tag: OrderTag(id: .example, name: "gift", createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", tag.id)
        out.field("name", tag.name)
        out.field("created_at", tag.createdAt)
    }
}
