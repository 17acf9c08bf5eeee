import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Synchronization
import Testing

@testable import Identity

@Suite("Sessions")
struct SessionTests {
    private let karim = People.email("karim")

    private func list(_ people: People, _ started: StartedSession) async throws -> [ID<Session>] {
        try await SessionStore().sessions(
            of: started.session.account, at: people.market.clock.now, page: PageRequest(), in: people.market.client
        ).items.map(\.id)
    }

    @Test("A session lasts as long as it is used, and half a year at most")
    func expiry() async throws {
        try await People.open { people in
            let settings = people.settings
            let idle = try await people.signUp(karim)
            people.market.clock.advance(by: settings.sessionIdleTime - 1)
            #expect(try await people.principal(idle) != nil)
            people.market.clock.advance(by: settings.sessionIdleTime)
            #expect(try await people.principal(idle) == nil)

            let busy = try await people.signIn(karim)
            var age: TimeInterval = 0
            let step = settings.sessionIdleTime / 2
            while age + step < settings.sessionLifetime {
                people.market.clock.advance(by: step)
                age += step
                #expect(try await people.principal(busy) != nil, "after \(age) s")
            }
            people.market.clock.advance(by: settings.sessionLifetime - age)
            #expect(try await people.principal(busy) == nil)
        }
    }

    @Test("Its last use is written down once a minute, however often it is used")
    func touched() async throws {
        try await People.open { people in
            let started = try await people.signUp(karim)
            let lastUse = { @Sendable in
                try await people.market.client.queryValue(
                    "SELECT last_used_at FROM sessions WHERE id = \(started.session.id)", as: Date.self)
            }
            let begin = try await lastUse()
            people.market.clock.advance(by: 59)
            _ = try await people.principal(started)
            #expect(try await lastUse() == begin)
            people.market.clock.advance(by: 2)
            let time = people.market.clock.now
            for _ in 0..<3 { _ = try await people.principal(started) }
            #expect(try await lastUse() == time)
            people.market.clock.advance(by: 30)
            _ = try await people.principal(started)
            #expect(try await lastUse() == time)
        }
    }

    @Test("A request's session is found by one statement, and once a minute one more says that it is in use")
    func statements() async throws {
        try await People.open { people in
            let started = try await people.signUp(karim)
            let token = UTF8Text(started.token.text.reveal())
            let counted = CountedStatements(client: people.market.client)
            for expected in [1, 2] {
                _ = try await people.resume(token, in: counted)
                #expect(counted.count.withLock { $0 } == expected)
            }
            people.market.clock.advance(by: 61)
            for expected in [4, 5] {
                _ = try await people.resume(token, in: counted)
                #expect(counted.count.withLock { $0 } == expected)
            }
        }
    }

    @Test("Its owner sees every session and ends a stolen one, which opens nothing from then on")
    func stolen() async throws {
        try await People.open { people in
            let home = try await people.signUp(karim)
            let stolen = try await people.signIn(karim)
            #expect(try await list(people, home) == [stolen.session.id, home.session.id])
            let owner = try #require(try await people.principal(home))
            for _ in 0..<2 {
                try await people.market.work { try await people.endSessions.end(stolen.session.id, by: owner, in: $0) }
            }
            #expect(try await people.principal(stolen) == nil)
            #expect(try await people.principal(home) != nil)
            #expect(try await list(people, home) == [home.session.id])
            let other = try await people.signUp(People.email("rahim"))
            let refusal = try await people.refusal {
                try await people.market.work { try await people.endSessions.end(other.session.id, by: owner, in: $0) }
            }
            #expect(refusal == .notFound("session"))
            #expect(try await people.principal(other) != nil)
        }
    }

    @Test("Signing out ends one session, signing out everywhere all, and forgets the devices")
    func signOut() async throws {
        try await People.open { people in
            let (first, second, third) = (
                try await people.signUp(karim), try await people.signIn(karim), try await people.signIn(karim)
            )
            let principal = try #require(try await people.principal(first))
            try await people.market.work { try await people.endSessions.signOut(principal, in: $0) }
            #expect(try await people.principal(first) == nil)
            let other = try #require(try await people.principal(second))
            try await people.market.work { try await people.endSessions.signOutEverywhere(other, in: $0) }
            #expect(try await people.principal(second) == nil)
            #expect(try await people.principal(third) == nil)
            #expect(try await people.market.client.queryValue("SELECT count(*) FROM devices", as: Int.self) == 0)
        }
    }

    @Test("An account has so many sessions and devices at most; the oldest make room")
    func bounded() async throws {
        try await People.open { people in
            let first = try await people.signUp(karim)
            for _ in 0..<StartSession.mostSessions {
                people.market.clock.advance(by: 1)
                _ = try await people.signIn(karim)
            }
            #expect(try await people.principal(first) == nil)
            let live = try await people.market.client.queryValue(
                "SELECT count(*) FROM sessions WHERE revoked_at IS NULL", as: Int.self)
            #expect(live == StartSession.mostSessions)
            let devices = try await people.market.client.queryValue("SELECT count(*) FROM devices", as: Int.self)
            #expect(devices == StartSession.mostDevices)
        }
    }

    @Test("A reset by code opens with the new password alone, and ends all sessions")
    func reset() async throws {
        try await People.open { people in
            let home = try await people.signUp(karim)
            let proven = try await people.prove(try await people.ask(.passwordReset, karim))
            let hash = try await people.changePassword.hash("another long password")
            try await people.market.work { try await people.changePassword.reset(hash, of: proven, in: $0) }
            #expect(try await people.principal(home) == nil)
            #expect(try await people.refusal { _ = try await people.signIn(karim) } == .wrongCredentials)
            #expect(try await people.signIn(karim, "another long password").session.account == home.session.account)
            let again = try await people.refusal {
                try await people.market.work { try await people.changePassword.reset(hash, of: proven, in: $0) }
            }
            #expect(again == .verificationEnded)
        }
    }

    @Test("A password is changed by who knows the present one, and ends the other sessions")
    func change() async throws {
        try await People.open { people in
            let (home, other) = (try await people.signUp(karim), try await people.signIn(karim))
            let owner = try #require(try await people.principal(home))
            for wrong in [nil, "not the present one"] {
                let refusal = try await people.refusal {
                    try await people.changePassword.checkPresent(wrong, of: owner, in: people.market.client)
                }
                #expect(refusal?.fields.map(\.pointer) == ["/present_password"])
            }
            try await people.changePassword.checkPresent(People.password, of: owner, in: people.market.client)
            let hash = try await people.changePassword.hash("another long password")
            try await people.market.work { try await people.changePassword.change(hash, by: owner, in: $0) }
            #expect(try await people.principal(home) != nil)
            #expect(try await people.principal(other) == nil)
            #expect(try await people.signIn(karim, "another long password", on: home.deviceText).deviceToken == nil)
            let common = try await people.refusal { _ = try await people.changePassword.hash("password123") }
            #expect(common?.fields.map(\.code) == ["too_common"])
            let codeOnly = try await people.signUp(People.email("rahim"), password: nil)
            let rahim = try #require(try await people.principal(codeOnly))
            try await people.changePassword.checkPresent(nil, of: rahim, in: people.market.client)
        }
    }

    @Test("A contact becomes an account's own with the code that was sent there, unless another account has it")
    func contacts() async throws {
        try await People.open { people in
            let home = try await people.signUp(karim)
            try await people.signUp(People.email("rahim"))
            let owner = try #require(try await people.principal(home))
            let account = home.session.account
            let new = People.email("karim.new")
            let verification = try await people.ask(.contactChange, new, by: owner)
            let proven = try await people.prove(verification, account: account)
            let changed = try await people.market.work { try await people.changeContact(proven, by: owner, in: $0) }
            #expect(changed.email == new.email && changed.version == 2)
            #expect(try await people.signIn(new).session.account == account)
            #expect(try await people.refusal { _ = try await people.signIn(karim) } == .wrongCredentials)
            let phone = try await people.ask(
                .contactChange, .phone(PhoneNumber(rawValue: "+8801712345678")!), by: owner)
            let provenPhone = try await people.prove(phone, account: account)
            let both = try await people.market.work { try await people.changeContact(provenPhone, by: owner, in: $0) }
            #expect(both.email == new.email && both.phone?.rawValue == "+8801712345678")
            let taken = try await people.ask(.contactChange, People.email("rahim"), by: owner)
            let provenTaken = try await people.prove(taken, account: account)
            let refusal = try await people.refusal {
                _ = try await people.market.work { try await people.changeContact(provenTaken, by: owner, in: $0) }
            }
            #expect(refusal == .contactTaken)
            let stranger = try await people.refusal {
                _ = try await people.prove(try await people.ask(.contactChange, karim, by: owner), account: nil)
            }
            #expect(stranger == .notFound("verification"))
            #expect(try await people.refusal { _ = try await people.ask(.contactChange, karim) }?.status == 403)
        }
    }
}

/// Counts what a use case asks of the database.
private final class CountedStatements: PostgresExecutor {
    let count = Mutex(0)
    private let client: PostgresClient

    init(client: PostgresClient) { self.client = client }

    func execute(_ statement: PostgresStatement) async throws(PostgresError) -> Int {
        count.withLock { $0 += 1 }
        return try await client.execute(statement)
    }

    func query<Row: PostgresRowDecodable & Sendable>(
        _ statement: PostgresStatement, as type: Row.Type
    ) async throws(PostgresError) -> [Row] {
        count.withLock { $0 += 1 }
        return try await client.query(statement, as: type)
    }
}
