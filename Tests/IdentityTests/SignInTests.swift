import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Testing

@testable import Identity

@Suite("Signing in")
struct SignInTests {
    private let karim = People.email("karim")

    @Test("A code makes an account with a session; neither a token nor a password is stored")
    func signUp() async throws {
        try await People.open { people in
            let started = try await people.signUp(karim)
            #expect(started.isNewAccount && !started.awaitsSecondFactor)
            let principal = try #require(try await people.principal(started))
            #expect(principal.kind == .customer(started.session.account.uuid))
            #expect(principal.permissions == Role.customer.permissions)
            #expect(principal.visibility == .customer(started.session.account.uuid))
            let secrets = [
                started.token.text.reveal(), try #require(started.deviceToken).text.reveal(), People.password,
            ]
            for secret in secrets { #expect(try await people.rows(holding: secret) == 0) }
            try await people.market.linkAuditTrail()
            let subject = started.session.account.description
            #expect(try await people.market.audit.verify(subject, in: people.market.client).events == 2)
            let names = try await people.market.client.queryValues(
                "SELECT DISTINCT name FROM events ORDER BY 1", as: String.self)
            #expect(names == ["account.created", "session.started", "verification.requested"])
            for table in ["events", "audit_events", "jobs"] {
                let told = try await people.market.owner.queryValue(
                    "SELECT count(*) FROM \(unescaped: table) AS held WHERE held::text LIKE '%karim@%'", as: Int.self)
                #expect(told == 0, "\(table)")
            }
        }
    }

    @Test("An address is the same however it is cased, and signs in to the account that it has")
    func again() async throws {
        try await People.open { people in
            let first = try await people.signUp(karim)
            let again = try await people.signUp(.email(EmailAddress(rawValue: "KARIM@Example.com")!), password: nil)
            #expect(!again.isNewAccount && again.session.account == first.session.account)
            #expect(try await people.signIn(karim).session.account == first.session.account)
            #expect(try await people.signInByCode(karim).session.account == first.session.account)
            let phone = Contact.phone(PhoneNumber(typed: "০১৭১২৩৪৫৬৭৮", in: .bangladesh)!)
            let other = try await people.signUp(phone, password: nil)
            #expect(other.isNewAccount && other.session.account != first.session.account)
        }
    }

    @Test("Two codes of one contact that are used at once make one account")
    func atOnce() async throws {
        try await People.open { people in
            var proven: [ProvenContact] = []
            for _ in 0..<4 { proven.append(try await people.prove(try await people.ask(.signUp, karim))) }
            let accounts = try await withThrowingTaskGroup(of: ID<Account>.self) { group in
                for contact in proven {
                    group.addTask {
                        try await people.market.work {
                            try await people.signInByCode(contact, over: .bearer, from: People.home, in: $0)
                        }.session.account
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(accounts.count == 1)
            #expect(try await people.market.client.queryValue("SELECT count(*) FROM accounts", as: Int.self) == 1)
        }
    }

    @Test("A code counts once, for ten minutes, for what it was asked for, and five of them are looked at")
    func codes() async throws {
        try await People.open { people in
            let used = try await people.ask(.signUp, karim)
            let proven = try await people.prove(used)
            let signIn = { @Sendable in
                _ = try await people.market.work {
                    try await people.signInByCode(proven, over: .bearer, from: People.home, in: $0)
                }
            }
            try await signIn()
            #expect(try await people.refusal(signIn) == .verificationEnded)
            #expect(try await people.refusal { _ = try await people.prove(used) } == .verificationEnded)

            let guessed = try await people.ask(.signUp, karim)
            let right = people.codes.code(of: guessed.id).reveal()
            let wrong = right == "000000" ? "000001" : "000000"
            for _ in 0..<5 {
                let refusal = try await people.refusal {
                    _ = try await people.checkCode(wrong, of: guessed.id, for: [.signUp], in: people.market.client)
                }
                #expect(refusal == .wrongCode)
            }
            #expect(try await people.refusal { _ = try await people.prove(guessed) } == .verificationEnded)

            let reset = try await people.ask(.passwordReset, karim)
            let otherwise = try await people.refusal {
                _ = try await people.checkCode(
                    people.codes.code(of: reset.id).reveal(), of: reset.id, for: [.signUp, .signIn],
                    in: people.market.client)
            }
            #expect(otherwise == .notFound("verification"))

            let old = try await people.ask(.signUp, karim)
            people.market.clock.advance(by: 10 * 60)
            #expect(try await people.refusal { _ = try await people.prove(old) } == .verificationEnded)
        }
    }

    @Test("However many codes are tried at once, five of them are looked at")
    func codesAtOnce() async throws {
        try await People.open { people in
            let verification = try await people.ask(.signUp, karim)
            let right = people.codes.code(of: verification.id).reveal()
            let wrong = right == "000000" ? "000001" : "000000"
            let refusals = await withTaskGroup(of: Problem?.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        try? await people.refusal {
                            _ = try await people.checkCode(
                                wrong, of: verification.id, for: [.signUp], in: people.market.client)
                        }
                    }
                }
                return await group.reduce(into: [Problem?]()) { $0.append($1) }
            }
            #expect(refusals.count { $0 == .wrongCode } == 5)
            #expect(refusals.count { $0 == .verificationEnded } == 35)
        }
    }

    @Test("Nothing is sent to a contact without an account but what makes one, and a guessed code opens nothing there")
    func messages() async throws {
        try await People.open { people in
            let read = ReadVerificationMessage(codes: people.codes, clock: people.market.clock)
            let message = { @Sendable (verification: Verification) in
                try await read.message(for: verification.id, in: people.market.client)
            }
            let stranger = try await people.ask(.signIn, karim)
            #expect(try await message(stranger) == nil)
            #expect(try await message(try await people.ask(.passwordReset, karim)) == nil)
            let guessed = try await people.prove(stranger)
            let refusal = try await people.refusal {
                _ = try await people.market.work {
                    try await people.signInByCode(guessed, over: .bearer, from: People.home, in: $0)
                }
            }
            #expect(refusal == .wrongCode)
            let new = try #require(try await message(try await people.ask(.signUp, karim)))
            #expect(new.contact == karim && !new.hasAccount)
            try await people.signUp(karim)
            let known = try await people.ask(.signIn, karim)
            let again = try #require(try await message(known))
            #expect(again.hasAccount && again.code == people.codes.code(of: known.id))
            people.market.clock.advance(by: 10 * 60)
            #expect(try await message(known) == nil)
        }
    }

    @Test("A code over a channel that sends nothing is refused where it is asked for")
    func unavailableChannel() async throws {
        try await People.open { people in
            var people = people
            people.channels = [.email]
            let (asked, phone) = (people, Contact.phone(PhoneNumber(rawValue: "+8801712345678")!))
            let refusal = try await people.refusal { _ = try await asked.ask(.signUp, phone) }
            #expect(refusal?.fields.map(\.pointer) == ["/phone"])
            _ = try await asked.ask(.signUp, karim)
        }
    }

    @Test("A known and an unknown account get the same answer for the same work: one hash, and as many statements")
    func enumeration() async throws {
        try await People.open { people in
            try await people.signUp(karim)
            try await people.signUp(People.email("nopassword"), password: nil)
            for name in ["karim", "nopassword", "nobody"] {
                let before = people.hasher.runs
                let refusal = try await people.refusal {
                    _ = try await people.signIn(People.email(name), "not the password")
                }
                #expect(refusal == .wrongCredentials, "\(name)")
                #expect(people.hasher.runs == before + 1, "\(name)")
            }
        }
    }

    @Test("Ten thousand wrong passwords from everywhere neither open an account nor keep its owner out")
    func siege() async throws {
        try await People.open { people in
            let home = try await people.signUp(karim)
            let before = people.hasher.runs
            let wrong = 10_000
            let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        var codeRequired = 0
                        for guess in 0..<(wrong / 8) {
                            let refusal = try await people.refusal {
                                _ = try await people.signIn(karim, "guess \(lane) \(guess)")
                            }
                            if refusal == .codeRequired { codeRequired += 1 }
                            if refusal == nil { return "opened" }
                        }
                        return "\(codeRequired)"
                    }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(!outcomes.contains("opened"))
            #expect(outcomes.compactMap { Int($0) }.reduce(0, +) == wrong - GuessLimit.password.count)
            #expect(people.hasher.runs == before + GuessLimit.password.count)
            // The right one opens nothing from elsewhere, so a guesser does not learn that it is right.
            #expect(try await people.refusal { _ = try await people.signIn(karim) } == .codeRequired)
            // The owner does not notice where they have signed in before, and elsewhere a code opens.
            #expect(try await people.signIn(karim, on: home.deviceText).session.account == home.session.account)
            #expect(try await people.signInByCode(karim).session.account == home.session.account)
            #expect(try await people.principal(home) != nil)
            people.market.clock.advance(by: 3600)
            #expect(try await people.signIn(karim).session.account == home.session.account)
        }
    }

    @Test("An unknown address is asked for a code as a known one is")
    func siegeOfNobody() async throws {
        try await People.open { people in
            for guess in 0..<GuessLimit.password.count {
                let refusal = try await people.refusal { _ = try await people.signIn(karim, "guess \(guess)") }
                #expect(refusal == .wrongCredentials)
            }
            let refusal = try await people.refusal { _ = try await people.signIn(karim, "guess") }
            #expect(refusal == .codeRequired)
        }
    }

    @Test("A stolen device has few guesses of its own, and a right password is not counted")
    func devices() async throws {
        try await People.open { people in
            let home = try await people.signUp(karim)
            for _ in 0..<(GuessLimit.passwordOnDevice.count * 2) {
                _ = try await people.signIn(karim, on: home.deviceText)
            }
            for _ in 0..<GuessLimit.passwordOnDevice.count {
                _ = try await people.refusal { _ = try await people.signIn(karim, "guess", on: home.deviceText) }
            }
            let refusal = try await people.refusal { _ = try await people.signIn(karim, on: home.deviceText) }
            #expect(refusal == .codeRequired)
            #expect(try await people.signIn(karim).session.account == home.session.account)
            let foreign = try await people.signUp(People.email("rahim"))
            for _ in 0..<GuessLimit.password.count {
                _ = try await people.refusal { _ = try await people.signIn(karim, "guess", on: foreign.deviceText) }
            }
            #expect(
                try await people.refusal { _ = try await people.signIn(karim, on: foreign.deviceText) } == .codeRequired
            )
        }
    }

    @Test("Messages to a contact are bounded, and those who ask for many keep its owner's devices from none")
    func flood() async throws {
        try await People.open { people in
            let home = try await people.signUp(karim)
            var sent = 1
            while try await people.refusal({ _ = try await people.ask(.signIn, karim) }) == nil { sent += 1 }
            #expect(sent == GuessLimit.verification.count)
            let refusal = try await people.refusal { _ = try await people.ask(.signIn, karim) }
            #expect(refusal?.status == 429 && refusal?.retryAfter != nil)
            _ = try await people.ask(.signIn, karim, device: home.deviceText)
            _ = try await people.ask(.signIn, People.email("rahim"))
            people.market.clock.advance(by: 3600)
            _ = try await people.ask(.signIn, karim)
        }
    }

    @Test("A password that was stored at another cost is hashed anew when it is right")
    func rehashed() async throws {
        try await People.open { people in
            try await people.signUp(karim)
            let stronger = PasswordHasher(cost: PasswordCost(memoryKiB: 16, iterations: 1))
            let check = CheckPassword(hasher: stronger, clock: people.market.clock)
            let sign = { @Sendable in
                let authentication = try await check(
                    Password(People.password), of: karim, on: nil, in: people.market.client)
                _ = try await people.market.work {
                    try await people.startSession(authentication, over: .bearer, from: People.home, in: $0)
                }
            }
            try await sign()
            #expect(stronger.runs == 2)
            try await sign()
            #expect(stronger.runs == 3)
            let stored = try await people.market.client.queryValue(
                "SELECT password_hash FROM accounts", as: String.self)
            #expect(stored?.hasPrefix("$argon2id$v=19$m=16,t=1,p=1$") == true)
        }
    }
}
