package import Foundation

/// How far somebody reaches: what they can load and list. Everything else does not exist for them.
package enum Visibility: Hashable, Sendable {
    case everything
    case vendor(UUID)
    case customer(UUID)
    case order(UUID)
    case cart(UUID)
    /// Only what everybody may see.
    case nothing
}

extension Visibility {
    /// What `condition` compares with: the id of whom it reaches; nil where it reaches all or nothing.
    package var subject: UUID? {
        switch self {
        case .everything, .nothing: nil
        case .vendor(let id), .customer(let id), .order(let id), .cart(let id): id
        }
    }

    /// A condition in SQL that holds for what is within reach. The text depends on the kind of reach alone, so that each kind has
    /// a plan of its own.
    /// - Parameters:
    ///   - parameter: the one that is bound to `subject`, such as "$2".
    ///   - vendor: a comparison with it that holds for what a vendor sees; nil where vendors see nothing. Likewise the others.
    package func condition(
        _ parameter: String, vendor: String? = nil, customer: String? = nil, order: String? = nil, cart: String? = nil
    ) -> String {
        let isUnset = "\(parameter)::uuid IS NULL"
        return switch self {
        case .everything: isUnset
        case .nothing: "\(parameter)::uuid IS NOT NULL"
        case .vendor: vendor ?? isUnset
        case .customer: customer ?? isUnset
        case .order: order ?? isUnset
        case .cart: cart ?? isUnset
        }
    }

    /// Whether what belongs to one vendor is within reach.
    package func includes(vendor: UUID) -> Bool { self == .everything || self == .vendor(vendor) }
}
