import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Testing
import Vendors

@testable import Identity

@Suite("Invitations")
struct InvitationTests {
    @Test("Whoever is invited becomes a member by the link and the address together, once")
    func accepted() async throws {
        try await People.open { people in
            let vendor = try await people.market.vendor()
            let invitation = try await people.invited("salma", as: .builtIn(.vendorManager), of: vendor.id.uuid)
            let stranger = try await people.signUp(People.email("eve"))
            let foreign = try await people.refusal { _ = try await people.accept(invitation, in: stranger) }
            #expect(foreign?.type == "invitation-for-another")
            let salma = try await people.signUp(People.email("SALMA"))
            let membership = try await people.accept(invitation, in: salma)
            #expect(membership.vendor == vendor.id.uuid && membership.role == .builtIn(.vendorManager))
            let again = try await people.refusal { _ = try await people.accept(invitation, in: salma) }
            #expect(again?.type == "invitation-ended")
            let account = "customer:\(salma.session.account)"
            #expect(
                try await people.record(of: "invitation")
                    == ["system invitation.created", "\(account) invitation.accepted"])
            #expect(try await people.record(of: "membership") == ["\(account) membership.added"])
        }
    }

    @Test("Of many who accept at once one becomes a member, once")
    func race() async throws {
        try await People.open { people in
            let invitation = try await people.invited("salma", as: .builtIn(.admin))
            let salma = try await people.signUp(People.email("salma"))
            let accepted = await withTaskGroup { tasks in
                for _ in 0..<6 {
                    tasks.addTask { (try? await people.accept(invitation, in: salma)) != nil }
                }
                return await tasks.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(accepted == 1)
            #expect(try await people.market.client.queryValue("SELECT count(*) FROM memberships", as: Int.self) == 1)
        }
    }

    @Test("An invitation ends by its time, by being taken back, by a newer one, and with its inviter's role")
    func ended() async throws {
        try await People.open { people in
            let admin = try await people.member("admin", as: .builtIn(.admin))
            _ = try await people.member("other", as: .builtIn(.admin))
            let salma = try await people.signUp(People.email("salma"))
            func outcome(_ invitation: Invitation) async throws -> String? {
                try await people.refusal { _ = try await people.accept(invitation, in: salma) }?.type
            }
            let late = try await people.invited("salma", as: .builtIn(.support))
            people.market.clock.advance(by: 7 * 86_400)
            #expect(try await outcome(late) == "invitation-ended")
            let replaced = try await people.invited("salma", as: .builtIn(.support))
            let revoked = try await people.invited("salma", as: .builtIn(.support))
            #expect(try await outcome(replaced) == "invitation-ended")
            for _ in 0..<2 {
                let state = try await people.market.work {
                    try await people.invite.revoke(revoked.id, by: admin.principal, in: $0)
                }.state(at: people.market.clock.now)
                #expect(state == .revoked)
            }
            #expect(try await outcome(revoked) == "invitation-ended")
            let orphaned = try await people.invited("salma", as: .builtIn(.support), by: admin.principal)
            try await people.market.work {
                try await people.change(
                    admin.membership, to: .builtIn(.finance), expecting: nil, by: .system, in: $0)
            }
            #expect(try await outcome(orphaned) == "invitation-ended")
        }
    }

    @Test("Nobody invites to more than they may, nor to a team that is out of their reach")
    func reach() async throws {
        try await People.open { people in
            let (own, foreign) = (try await people.market.vendor(), try await people.market.vendor(named: "Other"))
            let owner = try await people.member("owner", as: .builtIn(.vendorOwner), of: own.id.uuid)
            func outcome(_ role: MemberRole, _ vendor: UUID?, _ principal: Principal) async throws -> String? {
                let problem = try await people.refusal {
                    _ = try await people.invited("salma", as: role, of: vendor, by: principal)
                }
                return problem?.fields.first.map { "\($0.pointer) \($0.code)" } ?? problem?.type
            }
            #expect(try await outcome(.builtIn(.vendorOwner), own.id.uuid, owner.principal) == nil)
            #expect(
                try await outcome(.builtIn(.vendorOwner), foreign.id.uuid, owner.principal) == "/vendor_id unknown")
            #expect(try await outcome(.builtIn(.admin), nil, owner.principal) == "/vendor_id required")
            #expect(try await outcome(.builtIn(.admin), own.id.uuid, owner.principal) == "/role out_of_scope")
            #expect(try await outcome(.builtIn(.vendorApplicant), own.id.uuid, .system) == "/role out_of_scope")
            #expect(try await outcome(.builtIn(.customer), nil, .system) == "/role out_of_scope")
            #expect(try await outcome(.builtIn(.vendorOwner), UUID(), .system) == "/vendor_id unknown")
            #expect(try await outcome(.set(ID(uuid: UUID())), nil, .system) == "/permission_set_id unknown")
            let limited = Principal(
                .vendorMember(UUID()), permissions: [.membersManage], visibility: .vendor(own.id.uuid))
            #expect(try await outcome(.builtIn(.vendorFulfilment), own.id.uuid, limited) == "beyond-own-permissions")
        }
    }

    @Test("Whoever loses their role while they invite leaves no invitation open")
    func losing() async throws {
        try await People.open { people in
            _ = try await people.member("admin", as: .builtIn(.admin))
            for number in 0..<6 {
                let inviter = try await people.member("inviter\(number)", as: .builtIn(.admin))
                async let invited = people.refusal {
                    _ = try await people.invited("salma", as: .builtIn(.admin), by: inviter.principal)
                }
                async let removed: Void = people.market.work {
                    try await people.change.remove(inviter.membership, by: .system, in: $0)
                }
                try await removed
                let refusal = try await invited
                #expect(refusal == nil || refusal?.type == "beyond-own-permissions")
                let open = try await people.market.client.queryValue(
                    "SELECT count(*) FROM invitations WHERE accepted_at IS NULL AND revoked_at IS NULL", as: Int.self)
                #expect(open == 0)
            }
        }
    }

    @Test("The token stands in no table, and can be sent after the key of the installation was changed")
    func secrecy() async throws {
        try await People.open { people in
            let invitation = try await people.invited("salma", as: .builtIn(.support))
            let token = try #require(people.tokens.token(of: invitation.id)).text.reveal()
            #expect(try await people.rows(holding: token) == 0)
            let newer = RootKeys(try EncryptionKey(bytes: Array(64..<96)), retired: [people.market.encryptionKey])
            let read = ReadInvitationMessage(tokens: InvitationTokens(keys: newer), clock: people.market.clock)
            let message = try #require(try await read.message(for: invitation.id, in: people.market.client))
            #expect(message.token.reveal() == token && message.email.rawValue == "salma@example.com")
            let salma = try await people.signUp(People.email("salma"))
            _ = try await people.accept(invitation, in: salma)
            #expect(try await read.message(for: invitation.id, in: people.market.client) == nil)
        }
    }
}
