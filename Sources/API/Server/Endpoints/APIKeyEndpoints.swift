import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Postgres
import Vendors

extension EndpointTag {
    static let access = EndpointTag("Access", "Who may do what: API keys and permissions.")
}

/// What programs show to act on their own.
enum APIKeyEndpoints {
    static let all: [Endpoint] = [create, list, revoke]

    static let create = Endpoint(
        .post, "/api_keys", tag: .access, summary: "Create an API key",
        description: "The token is shown here alone. A vendor’s role reaches that vendor, the others reach everything.",
        policy: .require(.apiKeysManage).freshSecondFactor, idempotency: .required, body: APIKeyCreateInput.self,
        returns: .created(CreatedAPIKeyView.self), problems: [.beyondOwnPermissions]
    ) { request, work, services in
        CreatedAPIKeyView(
            try await services.commerce.createAPIKey(request.body.key, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/api_keys", tag: .access, summary: "List API keys, newest first", policy: .require(.apiKeysManage),
        query: PageQuery.self, returns: .page(of: APIKeyView.self)
    ) { request, services in
        let page = try await services.commerce.apiKeys.keys(page: request.query.page, in: services.postgres)
        return PageOutput(page.map(APIKeyView.init))
    }

    static let revoke = Endpoint(
        .post, "/api_keys/{api_key_id}/revoke", ID<APIKey>.self, tag: .access, summary: "Revoke an API key",
        description: "At once and for good. Revoking it again changes nothing.", policy: .require(.apiKeysManage),
        returns: .ok(APIKeyView.self)
    ) { request, work, services in
        APIKeyView(key: try await services.commerce.revokeAPIKey(request.path, by: request.principal, in: work))
    }
}

/// The roles that a key can have.
enum APIKeyRole: String, CaseIterable, Sendable {
    case vendorOwner = "vendor_owner"
    case vendorManager = "vendor_manager"
    case vendorFulfilment = "vendor_fulfilment"
    case vendorFinance = "vendor_finance"
    case support, operations, finance, admin

    var role: Role {
        switch self {
        case .vendorOwner: .vendorOwner
        case .vendorManager: .vendorManager
        case .vendorFulfilment: .vendorFulfilment
        case .vendorFinance: .vendorFinance
        case .support: .support
        case .operations: .operations
        case .finance: .finance
        case .admin: .admin
        }
    }
}

struct APIKeyCreateInput: APIInput {
    let key: NewAPIKey

    init(_ fields: inout Fields) {
        key = NewAPIKey(
            name: fields.required("name", .text(NewAPIKey.nameRule), "For people", example: "Warehouse scanner"),
            role: fields.required("role", .oneOf(APIKeyRole.self), "What it may do", example: .vendorFulfilment).role,
            vendor: fields.optional(
                "vendor_id", .id(Vendor.self), "The vendor it acts for, with a vendor’s role", example: .example)?.uuid,
            expiresAt: fields.optional("expires_at", .date, "From when it is not accepted any more"))
    }
}

struct APIKeyView: APIOutput {
    let key: APIKey

    static let example = APIKeyView(
        key: APIKey(
            id: .example, name: "Warehouse scanner", prefix: "hk_Zx81kQpT", role: .vendorFulfilment,
            vendor: ID<Vendor>.example.uuid, createdAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("id", key.id)
        out.field("name", key.name)
        out.field("prefix", key.prefix, "How its token begins")
        out.field("role", key.role.rawValue)
        out.field("vendor_id", key.vendor.map { ID<Vendor>(uuid: $0) }, "The vendor it acts for")
        out.field("created_at", key.createdAt)
        out.field("expires_at", key.expiresAt, "From when it is not accepted any more")
        out.field("revoked_at", key.revokedAt)
    }
}

struct CreatedAPIKeyView: APIOutput {
    let key: APIKeyView
    let token: String

    init(_ created: CreatedAPIKey) {
        key = APIKeyView(key: created.key)
        token = created.token.text.reveal()
    }

    private init() {
        key = .example
        token = "hk_Zx81kQpTjP3nq0XhE5lVbW2mT8sYcR4uKd6oA1gZf7i"
    }

    static let example = CreatedAPIKeyView()

    func write(to out: inout ObjectWriter) {
        out.field("api_key", key)
        out.field("token", token, "Its bearer token; shown here alone")
    }
}
