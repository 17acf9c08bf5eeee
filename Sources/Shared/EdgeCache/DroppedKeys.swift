import Catalog
package import Core
import Inventory
package import Jobs
import Vendors

extension SurrogateKey {
    /// All lists of products.
    package static let products = SurrogateKey("products")
    package static let categories = SurrogateKey("categories")
    package static let attributes = SurrogateKey("attributes")
    package static let collections = SurrogateKey("collections")

    package static func product(_ id: some CustomStringConvertible) -> SurrogateKey { SurrogateKey("products", id) }
    package static func vendor(_ id: some CustomStringConvertible) -> SurrogateKey { SurrogateKey("vendors", id) }
}

extension RecordedEvent {
    /// Of which answers it is to be seen. Stock is seen where a product is shown, and changes no list.
    package var droppedKeys: [SurrogateKey] {
        switch name {
        case ProductChanged.name: [.products] + (member("product_id").map { [.product($0)] } ?? [])
        case ProductsImported.name: [.products] + members("products").map { .product($0) }
        case CategoryChanged.name: [.categories, .products]
        case CollectionChanged.name: [.collections, .products]
        case AttributeChanged.name: [.attributes, .categories, .products]
        case VendorChanged.name: [.products] + (member("vendor_id").map { [.vendor($0)] } ?? [])
        case StockChanged.name: StockChanged.Item.all(of: self).map { .product($0.productID) }
        default: []
        }
    }

    private func member(_ name: UTF8Text) -> String? {
        JSONValue(recorded: payload)[name]?.textValue?.string
    }

    private func members(_ name: UTF8Text) -> [String] {
        (JSONValue(recorded: payload)[name]?.arrayValue ?? []).compactMap { $0.textValue?.string }
    }
}
