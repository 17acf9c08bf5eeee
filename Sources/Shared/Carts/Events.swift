package import Core
package import Foundation
package import Jobs

/// Nobody has changed a cart with something in it for long.
package struct CartAbandoned: Event, Hashable {
    package static let name = "cart.abandoned"

    package let cartID: ID<Cart>
    /// The account of a customer who has signed in.
    package let customerID: UUID?
    /// Since when.
    package let changedAt: Date
}
