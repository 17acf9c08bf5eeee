import Core
import Foundation
import Identity
import Platform

/// The use cases of people who sign in. Passwords are hashed a few at once in the whole process, so it has one of these.
struct AccountServices: Sendable {
    let accounts = AccountStore()
    let sessions = SessionStore()

    let sessionLifetime: Duration
    let passwords: PasswordHasher
    let requestVerification: RequestVerification
    let checkCode: CheckCode
    let checkPassword: CheckPassword
    let startSession: StartSession
    let signInByCode: SignInByCode
    let resumeSession: ResumeSession
    let endSessions: EndSessions
    let changePassword: ChangePassword
    let changeContact: ChangeContact
    let updateAccount: UpdateAccount
    let checkAuthenticatorCode: CheckAuthenticatorCode
    let enrolAuthenticator: EnrolAuthenticator
    let showSecondFactor: ShowSecondFactor
    let confirmOwner: ConfirmOwner

    init(on platform: Platform) {
        let (audit, ids, clock) = (platform.audit, platform.ids, platform.clock)
        let settings = platform.configuration.accounts
        let passwords = PasswordHasher(cost: settings.passwordCost)
        let startSession = StartSession(settings: settings, audit: audit, ids: ids, clock: clock)
        self.passwords = passwords
        self.startSession = startSession
        sessionLifetime = .seconds(settings.sessionLifetime)
        requestVerification = RequestVerification(
            channels: platform.configuration.sms == nil ? [.email] : [.email, .phone], ids: ids, clock: clock)
        checkCode = CheckCode(codes: VerificationCodes(keys: platform.configuration.encryptionKeys), clock: clock)
        checkPassword = CheckPassword(hasher: passwords, clock: clock)
        signInByCode = SignInByCode(startSession: startSession, audit: audit, ids: ids, clock: clock)
        resumeSession = ResumeSession(settings: settings, clock: clock)
        endSessions = EndSessions(audit: audit, clock: clock)
        changePassword = ChangePassword(hasher: passwords, audit: audit, clock: clock)
        changeContact = ChangeContact(audit: audit, clock: clock)
        updateAccount = UpdateAccount(audit: audit, clock: clock)
        checkAuthenticatorCode = CheckAuthenticatorCode(vault: platform.vault, clock: clock)
        enrolAuthenticator = EnrolAuthenticator(
            vault: platform.vault, issuer: platform.configuration.publicHost, audit: audit, ids: ids,
            clock: clock)
        showSecondFactor = ShowSecondFactor(audit: audit, clock: clock)
        confirmOwner = ConfirmOwner(password: changePassword, settings: settings, clock: clock)
    }
}
