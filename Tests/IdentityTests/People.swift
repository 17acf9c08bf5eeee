import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres

@testable import Identity

/// The use cases of people who sign in, over the marketplace of one test. Passwords are as cheap as the library allows.
struct People: Sendable {
    static let cheap = PasswordCost(memoryKiB: 8, iterations: 1, lanes: 1)
    static let password = "correct horse battery"
    static let home = Client(network: "203.0.113.7", userAgent: "Tests/1.0")

    let market: Marketplace
    let hasher: PasswordHasher
    let codes: VerificationCodes
    var settings = AccountSettings()
    var channels: Set<Contact.Channel> = [.email, .phone]

    static func open(_ body: @Sendable (People) async throws -> Void) async throws {
        try await Marketplace.open { market in
            try await body(
                People(
                    market: market, hasher: PasswordHasher(cost: cheap),
                    codes: VerificationCodes(keys: RootKeys(market.encryptionKey))))
        }
    }

    var requestVerification: RequestVerification {
        RequestVerification(channels: channels, ids: market.ids, clock: market.clock)
    }
    var checkCode: CheckCode { CheckCode(codes: codes, clock: market.clock) }
    var checkPassword: CheckPassword { CheckPassword(hasher: hasher, clock: market.clock) }
    var startSession: StartSession {
        StartSession(settings: settings, audit: market.audit, ids: market.ids, clock: market.clock)
    }
    var signInByCode: SignInByCode {
        SignInByCode(startSession: startSession, audit: market.audit, ids: market.ids, clock: market.clock)
    }
    var resume: ResumeSession { ResumeSession(settings: settings, clock: market.clock) }
    var endSessions: EndSessions { EndSessions(audit: market.audit, clock: market.clock) }
    var changePassword: ChangePassword { ChangePassword(hasher: hasher, audit: market.audit, clock: market.clock) }
    var changeContact: ChangeContact { ChangeContact(audit: market.audit, clock: market.clock) }
    var checkAuthenticator: CheckAuthenticatorCode { CheckAuthenticatorCode(vault: market.vault, clock: market.clock) }
    var enrol: EnrolAuthenticator {
        EnrolAuthenticator(
            vault: market.vault, issuer: "shop.example", audit: market.audit, ids: market.ids, clock: market.clock)
    }
    var showSecondFactor: ShowSecondFactor { ShowSecondFactor(audit: market.audit, clock: market.clock) }

    var tokens: InvitationTokens { InvitationTokens(keys: RootKeys(market.encryptionKey)) }
    var invite: Invite { Invite(tokens: tokens, audit: market.audit, ids: market.ids, clock: market.clock) }
    var accept: AcceptInvitation { AcceptInvitation(audit: market.audit, ids: market.ids, clock: market.clock) }
    var change: ChangeMembership { ChangeMembership(audit: market.audit, clock: market.clock) }
    var choose: ChooseMembership { ChooseMembership(audit: market.audit, clock: market.clock) }
    var sets: ManagePermissionSets {
        ManagePermissionSets(audit: market.audit, ids: market.ids, clock: market.clock)
    }
    var actAs: ActAs { ActAs(audit: market.audit, ids: market.ids, clock: market.clock) }

    static func email(_ name: String) -> Contact { .email(EmailAddress(rawValue: "\(name)@example.com")!) }

    func ask(
        _ purpose: Verification.Purpose, _ contact: Contact, device: UTF8Text? = nil,
        by principal: Principal = .nobody(network: "")
    ) async throws -> Verification {
        try await market.work {
            try await requestVerification(purpose, of: contact, locale: .english, device: device, by: principal, in: $0)
        }
    }

    func prove(_ verification: Verification, account: ID<Account>? = nil) async throws -> ProvenContact {
        try await checkCode(
            codes.code(of: verification.id).reveal(), of: verification.id, for: [verification.purpose],
            account: account,
            in: market.client)
    }

    @discardableResult
    func signUp(_ contact: Contact, password: String? = Self.password) async throws -> StartedSession {
        let proven = try await prove(try await ask(.signUp, contact))
        let hash: PasswordHash? = if let password { try await changePassword.hash(password) } else { nil }
        return try await market.work {
            try await signInByCode(proven, as: NewAccount(password: hash), over: .bearer, from: Self.home, in: $0)
        }
    }

    func signInByCode(_ contact: Contact) async throws -> StartedSession {
        let proven = try await prove(try await ask(.signIn, contact))
        return try await market.work { try await signInByCode(proven, over: .bearer, from: Self.home, in: $0) }
    }

    func signIn(
        _ contact: Contact, _ password: String = Self.password, on device: UTF8Text? = nil
    ) async throws -> StartedSession {
        let authentication = try await checkPassword(Password(password), of: contact, on: device, in: market.client)
        return try await market.work {
            try await startSession(authentication, over: .bearer, from: Self.home, in: $0)
        }
    }

    /// Whom the session's token makes of a request; nil where it is accepted no more.
    func principal(_ started: StartedSession) async throws -> Principal? {
        try await resume(UTF8Text(started.token.text.reveal()), in: market.client)
    }

    /// The refusal of what the body does.
    func refusal(_ body: () async throws -> Void) async throws -> Problem? {
        do {
            try await body()
            return nil
        } catch let problem as Problem {
            return problem
        }
    }

    /// How many rows of any table hold a text.
    func rows(holding text: String) async throws -> Int {
        let tables = try await market.owner.queryValues(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition",
            as: String.self)
        var count = 0
        for table in tables {
            count +=
                try await market.owner.queryValue(
                    "SELECT count(*) FROM \(unescaped: table) AS held WHERE position(\(text) IN held::text) > 0",
                    as: Int.self) ?? 0
        }
        return count
    }
}

extension StartedSession {
    var deviceText: UTF8Text? { deviceToken.map { UTF8Text($0.text.reveal()) } }
}
