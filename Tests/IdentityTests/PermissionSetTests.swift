import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Testing
import Vendors

@testable import Identity

@Suite("Permission sets")
struct PermissionSetTests {
    /// Says by names alone, with nothing of the product's code, what roles come with it.
    private static let vendorNames: Set<String> = [
        "vendors.read", "vendors.update", "vendor_orders.read", "products.create", "products.update", "stock.read",
        "stock.adjust", "licence_keys.read", "licence_keys.import", "licence_keys.quarantine", "media.read",
        "media.upload", "media.delete", "members.read",
        "members.manage", "payout_accounts.read", "payout_accounts.manage", "vendor_orders.pack", "documents.read",
        "promotions.read", "promotions.manage", "price_lists.manage", "shipping.read", "shipping.manage",
        "order_notes.read", "order_notes.write", "complaints.read", "complaints.answer", "vendor_orders.cancel",
        "orders.export", "shipments.read", "shipments.manage", "webhooks.read", "webhooks.manage",
    ]

    @Test("Over random roles: one is made if and only if its maker has all of it and its scope allows all of it")
    func makers() async throws {
        try await People.open { people in
            let all = Permission.allCases.map(\.rawValue)
            for number in 0..<300 {
                // Most of what there is, so that both outcomes are common.
                let makersNames = Set(all.filter { _ in Int.random(in: 0..<20) > 0 })
                let pool = number.isMultiple(of: 2) ? Array(Self.vendorNames) : all
                let names = Set(pool.shuffled().prefix(Int.random(in: 1...6)))
                let scope: MemberScope = Bool.random() ? .staff : .vendor
                let maker = Principal(
                    .staff(UUID()), permissions: Set(makersNames.compactMap(Permission.init(rawValue:))),
                    visibility: .everything)
                let new = NewPermissionSet(
                    name: "Set \(number)", scope: scope, permissions: Set(names.compactMap(Permission.init(rawValue:))))
                let problem = try await people.refusal {
                    try await people.market.work { work in
                        _ = try await people.sets.create(new, by: maker, in: work)
                        // Fewer than there may be.
                        if number % 40 == 39 {
                            try await work.execute("UPDATE permission_sets SET removed_at = now()")
                        }
                    }
                }
                let expected: String? =
                    if scope == .vendor, !names.isSubset(of: Self.vendorNames) {
                        "invalid-input"
                    } else if !names.isSubset(of: makersNames) {
                        "beyond-own-permissions"
                    } else {
                        nil
                    }
                #expect(
                    problem?.type == expected,
                    "\(names) as \(scope) by one without \(Set(all).subtracting(makersNames))")
            }
        }
    }

    @Test("A set in use is not removed; a removed one is given to nobody, and its name is free")
    func removal() async throws {
        try await People.open { people in
            let new = NewPermissionSet(name: "Night desk", scope: .staff, permissions: [.ordersRead])
            func made() async throws -> PermissionSet {
                try await people.market.work { try await people.sets.create(new, by: .system, in: $0) }
            }
            func removed(_ set: PermissionSet) async throws -> String? {
                try await people.refusal {
                    try await people.market.work { try await people.sets.remove(set.id, by: .system, in: $0) }
                }?.type
            }
            let set = try await made()
            let taken = try await people.refusal { _ = try await made() }
            #expect(taken?.type == "permission-set-name-taken")
            let invitation = try await people.invited("salma", as: .set(set.id))
            #expect(try await removed(set) == "permission-set-in-use")
            let salma = try await people.signUp(People.email("salma"))
            let membership = try await people.accept(invitation, in: salma)
            #expect(try await removed(set) == "permission-set-in-use")
            try await people.market.work { try await people.change.remove(membership.id, by: .system, in: $0) }
            #expect(try await removed(set) == nil)
            #expect(try await removed(set) == "not-found")
            let given = try await people.refusal { _ = try await people.invited("salma", as: .set(set.id)) }
            #expect(given?.fields.first?.code == "unknown")
            _ = try await made()
        }
    }

    @Test("A set that is given while it is removed is either given or removed, never both")
    func race() async throws {
        try await People.open { people in
            for number in 0..<8 {
                let set = try await people.market.work {
                    try await people.sets.create(
                        NewPermissionSet(name: "Set \(number)", scope: .staff, permissions: [.ordersRead]), by: .system,
                        in: $0)
                }
                async let invited = people.refusal { _ = try await people.invited("salma", as: .set(set.id)) }
                async let removed = people.refusal {
                    try await people.market.work { try await people.sets.remove(set.id, by: .system, in: $0) }
                }
                let outcomes = (try await invited, try await removed)
                #expect((outcomes.0 == nil) != (outcomes.1 == nil), "\(outcomes)")
            }
        }
    }

    @Test("Whoever edits a set must have all that it permits, before and after")
    func editing() async throws {
        try await People.open { people in
            let set = try await people.market.work {
                try await people.sets.create(
                    NewPermissionSet(name: "Money", scope: .staff, permissions: [.refundsCreate, .refundsRead]),
                    by: .system, in: $0)
            }
            func outcome(
                _ permissions: Set<Permission>, by: Set<Permission>, expecting: Int64? = nil
            ) async throws -> String? {
                let principal = Principal(.staff(UUID()), permissions: by, visibility: .everything)
                return try await people.refusal {
                    _ = try await people.market.work {
                        try await people.sets.update(set.id, expecting: expecting, by: principal, in: $0) {
                            NewPermissionSet(name: $0.name, scope: $0.scope, permissions: permissions)
                        }
                    }
                }?.type
            }
            #expect(try await outcome([.refundsRead], by: [.refundsRead]) == "beyond-own-permissions")
            #expect(
                try await outcome([.jobsManage], by: [.refundsRead, .refundsCreate]) == "beyond-own-permissions")
            #expect(try await outcome([], by: [.refundsRead, .refundsCreate]) == "invalid-input")
            #expect(
                try await outcome([.refundsRead], by: [.refundsRead, .refundsCreate], expecting: 2)
                    == "version-mismatch")
            #expect(try await outcome([.refundsRead], by: [.refundsRead, .refundsCreate], expecting: 1) == nil)
        }
    }
}
