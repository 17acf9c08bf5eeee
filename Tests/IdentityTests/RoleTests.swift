import Foundation
import Testing

@testable import Identity

@Suite("Roles and reach")
struct RoleTests {
    @Test("Only an admin may manage keys, and money goes back by finance and admin alone")
    func dangerous() {
        func holders(of permission: Permission) -> [Role] {
            Role.allCases.filter { $0.permissions.contains(permission) }
        }
        #expect(holders(of: .apiKeysManage) == [.admin])
        #expect(holders(of: .refundsCreate) == [.finance, .admin])
        #expect(holders(of: .findingsResolve) == [.finance, .admin])
        #expect(holders(of: .refundsConfirm) == [.finance, .admin])
        #expect(holders(of: .cashReport) == [.operations, .finance, .admin])
        #expect(holders(of: .paymentsResolve) == [.finance, .admin])
        #expect(holders(of: .paymentOptionsManage) == [.operations, .admin])
        #expect(holders(of: .licenceKeysReveal) == [.customer, .admin])
        #expect(holders(of: .licenceKeysReplace) == [.support, .operations, .admin])
        #expect(holders(of: .membersManage) == [.vendorOwner, .admin])
        #expect(holders(of: .supportWrite) == [.operations, .admin])
    }

    @Test("Every permission is somebody's beside the admin's, but for keys, roles, the law and what people are told")
    func used() {
        let others = Role.allCases.filter { $0 != .admin }.reduce(into: Set<Permission>()) {
            $0.formUnion($1.permissions)
        }
        #expect(
            Set(Permission.allCases).subtracting(others) == [
                .apiKeysManage, .complaintClocksManage, .consentNoticesManage, .permissionSetsManage,
            ])
    }

    @Test("A condition without a comparison for a kind of reach lets nothing through")
    func conditions() {
        let id = UUID()
        #expect(Visibility.everything.condition("$1", vendor: "v = $1") == "$1::uuid IS NULL")
        #expect(Visibility.everything.subject == nil)
        #expect(Visibility.nothing.condition("$1", vendor: "v = $1") == "$1::uuid IS NOT NULL")
        #expect(Visibility.nothing.subject == nil)
        #expect(Visibility.vendor(id).condition("$1", vendor: "v = $1") == "v = $1")
        #expect(Visibility.customer(id).condition("$1", vendor: "v = $1") == "$1::uuid IS NULL")
        #expect(Visibility.customer(id).subject == id)
    }
}
