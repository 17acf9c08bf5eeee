package import Core
package import Vault

extension KeyScope {
    /// A vendor's own secrets.
    package static func vendor(_ id: ID<Vendor>) -> KeyScope { KeyScope(id.description) }

    /// Nil for another kind of scope.
    package var vendor: ID<Vendor>? { ID(name) }
}
