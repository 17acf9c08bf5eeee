/// The couriers of the product. A further one is a folder and a line here.
package enum CourierCatalog {
    package static let product: [any CourierProvider.Type] = [
        ShiprocketProvider.self,
        SteadfastProvider.self,
    ]
}
