package import Core
import Foundation
package import Jobs
import Postgres

/// Opens a session for somebody who has proven who they are.
package struct StartSession: Sendable {
    /// An account has so many at most; the one that was used longest ago makes room.
    static let mostSessions = 50
    /// Likewise.
    static let mostDevices = 20

    private let sessions = SessionStore()
    private let accounts = AccountStore()
    private let factors = SecondFactorStore()
    private let guesses = GuessStore()
    private let settings: AccountSettings
    private let audit: AuditStore
    private let ids: UUIDv7Generator
    private let clock: any WallClock
    private let randomness: @Sendable () -> any RandomNumberGenerator

    package init(
        settings: AccountSettings, audit: AuditStore, ids: UUIDv7Generator, clock: some WallClock,
        randomness: @escaping @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() }
    ) {
        self.settings = settings
        self.audit = audit
        self.ids = ids
        self.clock = clock
        self.randomness = randomness
    }

    /// The session with its token, and the token of the device where it was not known.
    package func callAsFunction(
        _ authentication: Authentication, over transport: Session.Transport, from client: Client, in work: UnitOfWork
    ) async throws -> StartedSession {
        let now = clock.now.roundedToMicroseconds
        let account = authentication.account
        if let target = authentication.counted { try await guesses.giveBack(target, in: work) }
        if let renewed = authentication.renewed {
            try await accounts.renewHash(of: account, from: renewed.old, to: renewed.new, in: work)
        }
        let (device, deviceToken) = try await device(of: authentication, at: now, in: work)
        let token = makeToken(.session)
        let session = Session(
            id: ID(uuid: ids.next()), account: account, transport: transport, method: authentication.method,
            device: device, client: client, createdAt: now, lastUsedAt: now, expiresAt: now + settings.sessionIdleTime)
        try await sessions.insert(
            session, tokenHash: token.hash, absoluteExpiresAt: now + settings.sessionLifetime, in: work)
        try await sessions.revokeOldest(of: account, beyond: Self.mostSessions, at: now, in: work)
        try await audit.append(
            AuditEntry(
                actor: .customer(account), action: "session.started", subject: account,
                payload: [
                    "session": .string(session.id.description), "method": .string(session.method.rawValue),
                ]), in: work)
        try work.publish(
            SessionStarted(sessionID: session.id, accountID: account, isKnownDevice: deviceToken == nil))
        return StartedSession(
            session: session, token: token, deviceToken: deviceToken, isNewAccount: authentication.isNewAccount,
            awaitsSecondFactor: try await factors.isEnrolled(account, in: work))
    }

    /// The device that is known, or a new one with its token.
    private func device(
        of authentication: Authentication, at now: Date, in work: UnitOfWork
    ) async throws -> (ID<Device>, OpaqueToken?) {
        if let known = authentication.device, try await sessions.touchDevice(known, at: now, in: work) {
            return (known, nil)
        }
        let (id, token) = (ID<Device>(uuid: ids.next()), makeToken(.device))
        try await sessions.insertDevice(id, of: authentication.account, tokenHash: token.hash, at: now, in: work)
        try await sessions.forgetOldestDevices(of: authentication.account, beyond: Self.mostDevices, in: work)
        return (id, token)
    }

    private func makeToken(_ kind: OpaqueToken.Kind) -> OpaqueToken {
        var generator = randomness()
        return OpaqueToken(kind, using: &generator)
    }
}

extension AuditActor {
    /// Somebody who acts as their own account's owner.
    static func customer(_ account: ID<Account>) -> AuditActor { AuditActor(rawValue: "customer:\(account)") }
}
