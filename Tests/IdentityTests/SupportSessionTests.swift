import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Testing
import Vendors

@testable import Identity

@Suite("Acting in another's place")
struct SupportSessionTests {
    private static func start(
        _ place: SupportSession.Place, mayWrite: Bool = false, by principal: Principal, _ people: People
    ) async throws -> (session: SupportSession, token: UTF8Text) {
        let started = try await people.market.work {
            try await people.actAs.start(
                NewSupportSession(place: place, reason: "Asked where it is", mayWrite: mayWrite), by: principal,
                from: People.home, in: $0)
        }
        return (started.session, UTF8Text(started.token.text.reveal()))
    }

    @Test("Support sees what a customer sees, changes nothing, and is on record under both names")
    func customer() async throws {
        try await People.open { people in
            let karim = try await people.signUp(People.email("karim")).session.account
            let staff = try await people.member("support", as: .builtIn(.support))
            let (session, token) = try await Self.start(.customer(karim), by: staff.principal, people)
            let acting = try #require(try await people.principal(bearing: token))
            #expect(acting.visibility == .customer(karim.uuid) && acting.account == karim.uuid)
            #expect(acting.permissions == [.cartsRead, .complaintsRead, .documentsRead, .ordersRead])
            #expect(acting.isReadOnly)
            #expect(acting.actor.rawValue == "staff:\(staff.membership) as customer:\(karim)")
            #expect(acting.signedIn == nil, "neither account is theirs to change")
            #expect(
                try await people.record(of: "support_session")
                    == ["staff:\(staff.membership) support_session.started"])
            #expect(try await people.principal(bearing: staff.token)?.support == nil)
            #expect(session.reason == "Asked where it is")
        }
    }

    @Test("Who may write does what the other may, but for what is theirs alone")
    func writing() async throws {
        try await People.open { people in
            let vendor = try await people.market.vendor()
            let karim = try await people.signUp(People.email("karim")).session.account
            let operations = try await people.member("operations", as: .builtIn(.operations))
            let (_, ofCustomer) = try await Self.start(
                .customer(karim), mayWrite: true, by: operations.principal, people)
            let (_, ofVendor) = try await Self.start(
                .vendor(vendor.id.uuid), mayWrite: true, by: operations.principal, people)
            let customer = try #require(try await people.principal(bearing: ofCustomer))
            let ofCustomers: Set<Permission> = [
                .cartsEdit, .cartsRead, .complaintsFile, .complaintsRead, .documentsRead, .licenceKeysResend,
                .ordersCancel, .ordersPay, .ordersRead,
            ]
            #expect(customer.permissions == ofCustomers && !customer.isReadOnly)
            let acting = try #require(try await people.principal(bearing: ofVendor))
            #expect(acting.visibility == .vendor(vendor.id.uuid))
            #expect(
                acting.permissions
                    == Role.vendorOwner.permissions.subtracting([.payoutAccountsManage, .membersManage]))
            #expect(acting.actor.rawValue == "staff:\(operations.membership) as vendor:\(vendor.id)")
            let support = try await people.member("support", as: .builtIn(.support))
            let refused = try await people.refusal {
                _ = try await Self.start(.customer(karim), mayWrite: true, by: support.principal, people)
            }
            #expect(refused?.type == "beyond-own-permissions")
        }
    }

    @Test("It ends by its time, by being ended, and with what its beginner may")
    func ends() async throws {
        try await People.open { people in
            let karim = try await people.signUp(People.email("karim")).session.account
            let staff = try await people.member("support", as: .builtIn(.support))
            let (_, late) = try await Self.start(.customer(karim), by: staff.principal, people)
            people.market.clock.advance(by: 29 * 60)
            #expect(try await people.principal(bearing: late) != nil)
            people.market.clock.advance(by: 60)
            #expect(try await people.principal(bearing: late) == nil)
            let (session, ended) = try await Self.start(.customer(karim), by: staff.principal, people)
            for _ in 0..<2 {
                let end = try await people.market.work {
                    try await people.actAs.end(session.id, by: staff.principal, in: $0)
                }
                #expect(end.endedAt == people.market.clock.now.roundedToMicroseconds)
            }
            #expect(try await people.principal(bearing: ended) == nil)
            #expect(try await people.record(of: "support_session.ended").count == 1)
            let (_, demoted) = try await Self.start(.customer(karim), by: staff.principal, people)
            try await people.market.work {
                try await people.change(staff.membership, to: .builtIn(.finance), expecting: nil, by: .system, in: $0)
            }
            #expect(try await people.principal(bearing: demoted) == nil)
            #expect(try await people.principal(bearing: staff.token)?.permissions == Role.finance.permissions)
        }
    }

    @Test("Only staff who have signed in act in another's place, in somebody's, for a reason, an hour at most")
    func refusals() async throws {
        try await People.open { people in
            let karim = try await people.signUp(People.email("karim")).session.account
            let staff = try await people.member("support", as: .builtIn(.support))
            func outcome(_ new: NewSupportSession, _ principal: Principal) async throws -> String? {
                let problem = try await people.refusal {
                    _ = try await people.market.work {
                        try await people.actAs.start(new, by: principal, from: People.home, in: $0)
                    }
                }
                return problem?.fields.first?.pointer ?? problem?.type
            }
            let good = NewSupportSession(place: .customer(karim), reason: "so")
            #expect(try await outcome(good, staff.principal) == nil)
            #expect(try await outcome(good, .system) == "forbidden")
            let (_, token) = try await Self.start(.customer(karim), by: staff.principal, people)
            let acting = try #require(try await people.principal(bearing: token))
            #expect(try await outcome(good, acting) == "forbidden")
            #expect(
                try await outcome(NewSupportSession(place: .customer(karim), reason: ""), staff.principal) == "/reason")
            let long = NewSupportSession(place: .customer(karim), reason: "so", minutes: 61)
            #expect(try await outcome(long, staff.principal) == "/minutes")
            let nobody = NewSupportSession(place: .customer(ID(uuid: UUID())), reason: "so")
            #expect(try await outcome(nobody, staff.principal) == "/customer_id")
            let noVendor = NewSupportSession(place: .vendor(UUID()), reason: "so")
            #expect(try await outcome(noVendor, staff.principal) == "/vendor_id")
        }
    }
}
