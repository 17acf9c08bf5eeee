package import Core
import Crypto
package import Foundation

/// By what uses of promotions are counted for a customer: a digest, which leads nobody back to a person.
package struct CustomerKey: Hashable, Sendable {
    let digest: Int64

    package init(account: UUID) { self.init("account", account.uuidString) }

    /// However the address is written.
    package init(email: EmailAddress) { self.init("email", email.comparisonKey) }

    package init(phone: PhoneNumber) { self.init("phone", phone.rawValue) }

    private init(_ kind: String, _ text: String) {
        digest = SHA256.hash(data: Array("promotion:\(kind):\(text)".utf8)).prefix(8)
            .reduce(0) { $0 << 8 | Int64($1) }
    }
}
