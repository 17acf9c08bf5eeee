package import Core

/// What somebody has typed as a password: in NFC, without characters that nobody sees, so that it is the same from every keyboard.
package struct Password: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// What is asked of a new one. There is no rule about what it consists of: such rules make passwords worse (NIST SP 800-63B).
    package static let newRule = TextRule(10...256, .line)
    /// What is looked at when somebody signs in.
    package static let rule = TextRule(1...256, .line)

    let bytes: [UInt8]

    package init(_ text: String) { bytes = Array(Self.rule.normalized(text).utf8) }

    package var description: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension InputCheck {
    /// Requires a password that can be a new one.
    package mutating func newPassword(_ pointer: String, _ text: String) {
        let violations = Password.newRule.violations(of: text)
        for violation in violations { fail(pointer, violation) }
        if violations.isEmpty, CommonPasswords.contain(text) {
            fail(pointer, "too_common", "is one of the passwords that are tried first")
        }
    }
}
