import Core
import HTTPTypes
import Identity

/// Who may do what, one row for each endpoint.
package struct PolicyTable: Sendable {
    package struct Row: Sendable {
        package let method: String
        package let path: String
        package let permission: String
        /// On what, within one's reach.
        package let resource: String
        package let roles: String
    }

    package static let columns = ["Call", "Permission", "On", "Built-in roles"]

    package let rows: [Row]

    package init(_ endpoints: [EndpointDescription]) {
        rows = endpoints.map { endpoint in
            let policy = endpoint.policy
            let roles = policy.roles.map(\.rawValue).joined(separator: ", ")
            let token: String? =
                switch policy.resource {
                case .order where policy.admitsOrderToken && endpoint.path.parameterNames.contains("order_id"):
                    "the order’s access token"
                case .cart: "the cart’s token"
                default: nil
                }
            return Row(
                method: endpoint.method.rawValue, path: endpoint.path.description,
                permission: policy.permission?.rawValue ?? "none", resource: policy.resource?.rawValue ?? "",
                roles: policy.permission == nil
                    ? policy.summary.lowercasedFirst : roles + (token.map { ", \($0)" } ?? ""))
        }
    }

    /// For a terminal: columns apart by tabs.
    package var text: String {
        ([Self.columns] + rows.map { ["\($0.method) \($0.path)", $0.permission, $0.resource, $0.roles] })
            .map { $0.joined(separator: "\t") }.joined(separator: "\n")
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
