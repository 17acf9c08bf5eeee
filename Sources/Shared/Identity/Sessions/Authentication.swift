package import Core
import Foundation

/// That somebody is an account's owner, as far as one factor proves it. A right password or a right code makes one.
package struct Authentication: Sendable {
    package let account: ID<Account>
    let method: Session.Method
    /// Where it was shown, if the owner has signed in there before.
    let device: ID<Device>?
    /// What was counted as a guess and was none.
    let counted: GuessTarget?
    /// The password's hash with what takes its place, where it was made at another cost.
    let renewed: (old: PasswordHash, new: PasswordHash)?
    let isNewAccount: Bool

    init(
        account: ID<Account>, method: Session.Method, device: ID<Device>? = nil, counted: GuessTarget? = nil,
        renewed: (old: PasswordHash, new: PasswordHash)? = nil, isNewAccount: Bool = false
    ) {
        self.account = account
        self.method = method
        self.device = device
        self.counted = counted
        self.renewed = renewed
        self.isNewAccount = isNewAccount
    }
}
