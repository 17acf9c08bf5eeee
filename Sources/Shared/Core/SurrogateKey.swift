/// What an answer is made of, by which caches drop it: `products` for all lists of them, `products/prd_…` for one. Small letters, digits and `_`
/// around the stroke.
package struct SurrogateKey: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Something of a kind, or all lists of that kind.
    package init(_ kind: String, _ id: (some CustomStringConvertible)? = String?.none) {
        description = id.map { "\(kind)/\($0)" } ?? kind
    }
}
