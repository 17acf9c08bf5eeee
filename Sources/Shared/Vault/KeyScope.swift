/// Whose secrets, or which kind of them, data keys seal: each scope has data keys of its own.
package struct KeyScope: Hashable, Sendable, CustomStringConvertible {
    /// In the table, such as "ven_01j…".
    package let name: String

    package init(_ name: String) { self.name = name }

    package var description: String { name }
}

/// What a data key is for.
enum KeyPurpose: String, Hashable, Sendable, CaseIterable {
    /// Encrypts secrets.
    case seal
    /// Makes the digests by which equal secrets are found.
    case index
}
