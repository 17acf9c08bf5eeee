/// A text that must not appear in logs, errors or dumps.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    package init(_ value: String) { self.value = value }

    /// The text itself; call it only where it leaves for its purpose.
    package func reveal() -> String { value }

    /// Whether `candidate` is the secret; the time it takes does not tell how much of it is right.
    package func matches(_ candidate: String) -> Bool {
        ConstantTime.areEqual(Array(value.utf8), Array(candidate.utf8))
    }

    package var description: String { "[redacted]" }
    package var debugDescription: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
