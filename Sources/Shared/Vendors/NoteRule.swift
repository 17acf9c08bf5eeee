import Core
import Registrations

extension InputCheck {
    /// Requires what a reason must be like; an Aadhaar number has no business in one.
    mutating func reason(_ pointer: String, _ text: String) {
        self.text(pointer, text, VendorDecision.reason)
        if Aadhaar.isContained(in: text) { fail(pointer, IdentifierFault.aadhaar.violation) }
    }
}
