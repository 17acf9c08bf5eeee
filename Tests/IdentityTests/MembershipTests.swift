import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Testing
import Vendors

@testable import Identity

@Suite("Members")
struct MembershipTests {
    @Test("A session acts as its owner until a membership is chosen, and its former token opens nothing then")
    func switching() async throws {
        try await People.open { people in
            let vendor = try await people.market.vendor()
            let started = try await people.signUp(People.email("salma"))
            let membership = try await people.accept(
                try await people.invited("salma", as: .builtIn(.vendorManager), of: vendor.id.uuid), in: started)
            let before = try #require(try await people.principal(started))
            #expect(before.visibility == .customer(started.session.account.uuid) && before.membership == nil)
            let token = try await people.switched(started, to: membership.id)
            #expect(try await people.principal(started) == nil)
            let member = try #require(try await people.principal(bearing: token))
            #expect(
                member.visibility == .vendor(vendor.id.uuid) && member.permissions == Role.vendorManager.permissions)
            #expect(member.actor.rawValue == "vendor_member:\(membership.id)")
            let back = try await people.market.work { try await people.choose(nil, by: member, in: $0) }
            let again = try #require(try await people.principal(bearing: UTF8Text(back.token.text.reveal())))
            #expect(again.visibility == before.visibility && again.permissions == before.permissions)
            let other = try await people.member("other", as: .builtIn(.admin))
            let foreign = try await people.refusal {
                _ = try await people.market.work { try await people.choose(other.membership, by: again, in: $0) }
            }
            #expect(foreign?.fields.first?.pointer == "/membership_id")
        }
    }

    @Test("Another role, another content of a set and a removal count at the next request")
    func atOnce() async throws {
        try await People.open { people in
            let set = try await people.market.work {
                try await people.sets.create(
                    NewPermissionSet(name: "Night desk", scope: .staff, permissions: [.ordersRead, .jobsRead]),
                    by: .system, in: $0)
            }
            let member = try await people.member("salma", as: .set(set.id))
            #expect(member.principal.permissions == [.ordersRead, .jobsRead])
            #expect(member.principal.visibility == .everything)
            _ = try await people.market.work {
                try await people.sets.update(set.id, expecting: nil, by: .system, in: $0) {
                    NewPermissionSet(name: $0.name, scope: $0.scope, permissions: [.jobsRead])
                }
            }
            #expect(try await people.principal(bearing: member.token)?.permissions == [.jobsRead])
            try await people.market.work {
                try await people.change(
                    member.membership, to: .builtIn(.support), expecting: nil, by: .system, in: $0)
            }
            #expect(try await people.principal(bearing: member.token)?.permissions == Role.support.permissions)
            for _ in 0..<2 {
                try await people.market.work {
                    try await people.change.remove(member.membership, by: .system, in: $0)
                }
            }
            let after = try #require(try await people.principal(bearing: member.token))
            #expect(after.kind == .customer(member.account.uuid) && after.visibility == .customer(member.account.uuid))
            #expect(
                try await people.record(of: "membership").map { $0.split(separator: " ")[1] }
                    == ["membership.added", "membership.role_changed", "membership.removed"])
        }
    }

    @Test("Staff and vendors' owners without an authenticator have nothing open but the way to enrol one")
    func secondFactor() async throws {
        try await People.open { people in
            let vendor = try await people.market.vendor()
            let set = try await people.market.work {
                try await people.sets.create(
                    NewPermissionSet(name: "Hiring", scope: .vendor, permissions: [.membersManage, .membersRead]),
                    by: .system, in: $0)
            }
            let cases: [(String, MemberRole, UUID?, Bool)] = [
                ("support", .builtIn(.support), nil, true), ("owner", .builtIn(.vendorOwner), vendor.id.uuid, true),
                ("hiring", .set(set.id), vendor.id.uuid, true),
                ("manager", .builtIn(.vendorManager), vendor.id.uuid, false),
                ("finance", .builtIn(.vendorFinance), vendor.id.uuid, false),
            ]
            for (name, role, team, isNeeded) in cases {
                let member = try await people.member(name, as: role, of: team, withSecondFactor: false)
                #expect(member.principal.lacksSecondFactor == isNeeded, "\(name)")
                #expect(member.principal.permissions.isEmpty == isNeeded, "\(name)")
                #expect((member.principal.visibility == .nothing) == isNeeded, "\(name)")
                #expect(member.principal.signedIn?.account == member.account)
            }
            let shown = try await people.member("shown", as: .builtIn(.support))
            #expect(!shown.principal.lacksSecondFactor && shown.principal.permissions == Role.support.permissions)
        }
    }

    @Test("The last admin and a vendor's last owner stay, whoever tries")
    func last() async throws {
        try await People.open { people in
            let vendor = try await people.market.vendor()
            let admin = try await people.member("admin", as: .builtIn(.admin))
            let owner = try await people.member("owner", as: .builtIn(.vendorOwner), of: vendor.id.uuid)
            _ = try await people.member("manager", as: .builtIn(.vendorManager), of: vendor.id.uuid)
            for (member, lesser) in [(admin, Role.support), (owner, .vendorManager)] {
                let changed = try await people.refusal {
                    try await people.market.work {
                        try await people.change(
                            member.membership, to: .builtIn(lesser), expecting: nil, by: admin.principal, in: $0)
                    }
                }
                let removed = try await people.refusal {
                    try await people.market.work {
                        try await people.change.remove(member.membership, by: admin.principal, in: $0)
                    }
                }
                #expect(changed?.type == "last-owner" && removed?.type == "last-owner")
            }
            _ = try await people.member("second", as: .builtIn(.vendorOwner), of: vendor.id.uuid)
            try await people.market.work {
                try await people.change.remove(owner.membership, by: admin.principal, in: $0)
            }
        }
    }

    @Test(
        "Of all admins who remove one another at once, and of all owners, exactly one is left",
        arguments: [false, true])
    func lastOfMany(ofVendor: Bool) async throws {
        try await People.open { people in
            let vendor = ofVendor ? try await people.market.vendor().id.uuid : nil
            let role = MemberRole.builtIn(ofVendor ? .vendorOwner : .admin)
            var heads: [TeamMember] = []
            for number in 0..<5 { heads.append(try await people.member("head\(number)", as: role, of: vendor)) }
            let outcomes = await withTaskGroup { tasks in
                for (number, head) in heads.enumerated() {
                    let victim = heads[(number + 1) % heads.count]
                    tasks.addTask {
                        do {
                            try await people.market.work { work in
                                // Half of them take the role, half the membership.
                                if number.isMultiple(of: 2) {
                                    try await people.change.remove(victim.membership, by: head.principal, in: work)
                                } else {
                                    try await people.change(
                                        victim.membership, to: .builtIn(ofVendor ? .vendorManager : .support),
                                        expecting: nil, by: head.principal, in: work)
                                }
                            }
                            return "done"
                        } catch let problem as Problem {
                            return problem.type
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.sorted() == ["done", "done", "done", "done", "last-owner"])
            let left = try await people.market.client.queryValue(
                "SELECT count(*) FROM memberships WHERE removed_at IS NULL AND role = \(role.builtIn?.rawValue)",
                as: Int.self)
            #expect(left == 1)
            #expect(try await people.market.deadlocks() == 0)
        }
    }

    @Test("Nobody gives, changes or takes what goes beyond their own permissions, or out of their reach")
    func bounds() async throws {
        try await People.open { people in
            let (own, foreign) = (try await people.market.vendor(), try await people.market.vendor(named: "Other"))
            let owner = try await people.member("owner", as: .builtIn(.vendorOwner), of: own.id.uuid)
            let manager = try await people.member("manager", as: .builtIn(.vendorManager), of: own.id.uuid)
            let other = try await people.member("other", as: .builtIn(.vendorManager), of: foreign.id.uuid)
            let hiring = Principal(
                .vendorMember(UUID()), permissions: Role.vendorFulfilment.permissions.union([.membersManage]),
                visibility: .vendor(own.id.uuid))
            func outcome(
                _ member: TeamMember, to role: Role, expecting: Int64? = nil, by principal: Principal
            ) async throws -> String? {
                try await people.refusal {
                    try await people.market.work {
                        try await people.change(
                            member.membership, to: .builtIn(role), expecting: expecting, by: principal, in: $0)
                    }
                }?.type
            }
            #expect(try await outcome(other, to: .vendorFinance, by: owner.principal) == "not-found")
            #expect(try await outcome(manager, to: .vendorFulfilment, by: hiring) == "beyond-own-permissions")
            #expect(try await outcome(owner, to: .vendorFulfilment, by: hiring) == "beyond-own-permissions")
            #expect(try await outcome(manager, to: .admin, by: owner.principal) == "invalid-input")
            #expect(
                try await outcome(manager, to: .vendorFinance, expecting: 7, by: owner.principal) == "version-mismatch")
            #expect(try await outcome(manager, to: .vendorFinance, expecting: 1, by: owner.principal) == nil)
            let removed = try await people.refusal {
                try await people.market.work { try await people.change.remove(owner.membership, by: hiring, in: $0) }
            }
            #expect(removed?.type == "beyond-own-permissions")
        }
    }

    @Test("One person is a member of a team once, and comes back as somebody new")
    func again() async throws {
        try await People.open { people in
            _ = try await people.member("admin", as: .builtIn(.admin))
            let started = try await people.signUp(People.email("salma"))
            let first = try await people.accept(
                try await people.invited("salma", as: .builtIn(.support)), in: started)
            let twice = try await people.refusal {
                _ = try await people.accept(try await people.invited("salma", as: .builtIn(.finance)), in: started)
            }
            #expect(twice?.type == "member-already")
            try await people.market.work { try await people.change.remove(first.id, by: .system, in: $0) }
            let second = try await people.accept(
                try await people.invited("salma", as: .builtIn(.finance)), in: started)
            #expect(second.id != first.id)
            let own = try await MembershipStore().memberships(
                of: started.session.account, limit: 10, in: people.market.client)
            #expect(own.map(\.id) == [second.id])
        }
    }
}
