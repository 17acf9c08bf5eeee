package import Catalog
package import Core
package import Foundation

/// Something that a customer would like to have: a product, or one variant of it.
package struct WishListItem: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "wsh"

    package let id: ID<WishListItem>
    package let product: ID<Product>
    /// nil where the customer has not chosen one.
    package let variant: ID<Variant>?
    /// What the product was called when it was added.
    package let title: String
    package let addedAt: Date

    package init(
        id: ID<WishListItem>, product: ID<Product>, variant: ID<Variant>?, title: String, addedAt: Date
    ) {
        self.id = id
        self.product = product
        self.variant = variant
        self.title = title
        self.addedAt = addedAt
    }
}

/// An item as it is found today.
package struct WishListEntry: Hashable, Sendable {
    package let item: WishListItem
    package let presence: ProductPresence

    package init(item: WishListItem, presence: ProductPresence) {
        self.item = item
        self.presence = presence
    }

    /// What it is called today, or was when it was added, if it is gone.
    package var title: String { presence.title ?? item.title }
}

/// What a customer points at.
package enum WishedThing: Hashable, Sendable {
    case product(ID<Product>)
    case variant(ID<Variant>)
}
