import Core
import Foundation
import Jobs
import Postgres

/// What may be given to whom.
struct RoleGiving: Sendable {
    private let sets = PermissionSetStore()

    /// What a role lets its holder do. A permission set stays as it is until the transaction is over.
    /// - Throws: a 422 `Problem` where members of the team can't have it; `PostgresError`.
    func permissions(
        of role: MemberRole, forTeamOf vendor: UUID?, in work: UnitOfWork
    ) async throws -> Set<Permission> {
        let scope = MemberScope(vendor: vendor)
        switch role {
        case .builtIn(let role):
            guard role.holder == scope.holder, role != .vendorApplicant else {
                throw Self.wrong("/role", "out_of_scope", "is no role of \(scope.people)")
            }
            return role.permissions
        case .set(let id):
            guard let set = try await sets.held(id, in: work) else {
                throw Self.wrong("/permission_set_id", "unknown", "there is no such permission set")
            }
            guard set.scope == scope else {
                throw Self.wrong("/permission_set_id", "out_of_scope", "is no role of \(scope.people)")
            }
            return set.permissions
        }
    }

    private static func wrong(_ pointer: String, _ code: String, _ message: String) -> Problem {
        .invalidInput([FieldProblem(pointer: pointer, code: code, message: message)])
    }
}

extension MemberScope {
    fileprivate var holder: Role.Holder {
        switch self {
        case .staff: .marketplace
        case .vendor: .vendor
        }
    }

    fileprivate var people: String {
        switch self {
        case .staff: "the staff"
        case .vendor: "a vendor’s members"
        }
    }
}

extension Principal {
    /// Nobody gives what they lack, nor takes from anybody what goes beyond that.
    /// - Throws: a 403 `Problem` that names what is lacking.
    func requireHolding(_ permissions: Set<Permission>) throws(Problem) {
        let lacking = permissions.subtracting(self.permissions).map(\.rawValue).sorted()
        guard !lacking.isEmpty else { return }
        throw .beyondOwnPermissions(lacking)
    }
}
