package import Core
package import Jobs
package import Vendors

/// Something of a product has changed: what is told of it, its variants, prices, status or place in the catalogue. Stock is told by
/// itself.
package struct ProductChanged: Event, Hashable {
    package static let name = "product.changed"

    package let productID: ID<Product>
    package let vendorID: ID<Vendor>
}

/// Many products of a vendor came in at once, or were brought in line with a file: of each of them what `ProductChanged` says.
package struct ProductsImported: Event, Hashable {
    package static let name = "product.imported"

    package let products: [ID<Product>]
    package let vendorID: ID<Vendor>
}

/// Something of an attribute has changed: what it or its choices are called, or whether buyers narrow a search by it.
package struct AttributeChanged: Event, Hashable {
    package static let name = "attribute.changed"

    package let attributeID: ID<Attribute>
}

/// Something of a category has changed: what is told of it, its attributes or its place in the tree.
package struct CategoryChanged: Event, Hashable {
    package static let name = "category.changed"

    package let categoryID: ID<Category>
}

/// Something of a collection has changed: what is told of it, whether everybody sees it, or what it shows.
package struct CollectionChanged: Event, Hashable {
    package static let name = "collection.changed"

    package let collectionID: ID<ProductCollection>
}
