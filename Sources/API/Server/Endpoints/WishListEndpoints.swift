import Catalog
import Core
import Customers
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres

extension ProblemType {
    static let tooManyWishes = ProblemType(.tooManyWishes)
}

/// What customers would like to have.
enum WishListEndpoints {
    static let all: [Endpoint] = [add, list, remove]

    static let add = Endpoint(
        .post, "/me/wish_list", tag: .customers, summary: "Put something on one’s wish list",
        description: "What is on it already stays as it is.", policy: .account(), idempotency: .required,
        body: WishListItemCreateInput.self, returns: .created(WishListItemView.self), problems: [.tooManyWishes]
    ) { request, work, services in
        WishListItemView(
            entry: try await services.customers.keepWishList.add(request.body.thing, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/me/wish_list", tag: .customers, summary: "List what one wishes for, last added first",
        description: "What is not sold any more stays on it, and says so.", policy: .account(), query: PageQuery.self,
        returns: .page(of: WishListItemView.self)
    ) { request, services in
        let customers = services.customers
        let page = try await customers.wishList.entries(
            of: try request.principal.requireSignedIn().account, at: customers.clock.now, page: request.query.page,
            in: services.postgres)
        return PageOutput(page.map(WishListItemView.init))
    }

    static let remove = Endpoint(
        .delete, "/me/wish_list/{wish_list_item_id}", ID<WishListItem>.self, tag: .customers,
        summary: "Take something off one’s wish list", policy: .account(), returns: .noContent
    ) { request, work, services in
        try await services.customers.keepWishList.remove(request.path, by: request.principal, in: work)
        return NoContent()
    }
}

struct WishListItemCreateInput: APIInput {
    let thing: WishedThing

    init(_ fields: inout Fields) {
        let product = fields.optional(
            "product_id", .id(Product.self), "A product; or else give variant_id", example: .example)
        let variant = fields.optional("variant_id", .id(Variant.self), "One variant of a product")
        fields.check(
            (product == nil) != (variant == nil), "product_id", code: "one_of",
            "must be given where variant_id is not, and only there")
        thing = variant.map(WishedThing.variant) ?? .product(product ?? .example)
    }
}

struct WishListItemView: APIOutput {
    let entry: WishListEntry

    static let example = WishListItemView(
        entry: WishListEntry(
            item: WishListItem(
                id: .example, product: .example, variant: .example, title: "Lekha Antivirus", addedAt: .example),
            presence: ProductPresence(
                status: .onSale, title: "Lekha Antivirus", variantTitle: "1 year", slug: "lekha-antivirus")))

    func write(to out: inout ObjectWriter) {
        out.field("id", entry.item.id)
        out.field("product_id", entry.item.product)
        out.field("variant_id", entry.item.variant, "null where none was chosen")
        out.field("status", entry.presence.status, "Whether it can be bought, only looked at, or is gone")
        out.field("title", entry.title, "What it is called; of what is gone, what it was called when it was added")
        out.field("variant_title", entry.presence.variantTitle)
        out.field("slug", entry.presence.slug, "Its name in links; null for what is gone")
        out.field("added_at", entry.item.addedAt)
    }
}
