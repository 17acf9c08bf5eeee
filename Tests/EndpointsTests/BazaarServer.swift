import Core
import Endpoints
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
import Jobs
import Logging
import NIOCore

/// The bazaar behind HTTP.
struct BazaarServer {
    static let operatorToken = "operator-token-0123456789"
    static let orderToken = "order-token-0123456789"
    static let sessionToken = "session-token-0123456789"

    var settings = APISettings(publicURL: "http://localhost:8080")
    var store: any IdempotencyStore = InMemoryIdempotencyStore()
    var scope: any WorkScope = NoDatabase()
    var rateLimiter: any RateLimiter = InMemoryRateLimiter()
    var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    var bodies = BodyBudget()
    var uploads: [Endpoints.UploadEndpoint<Bazaar>] = []
    var raw: [Endpoints.RawEndpoint<Bazaar>] = []
    let bazaar = Bazaar()

    func api() throws -> API<Bazaar> {
        try API(endpoints: BazaarEndpoints.all, uploads: uploads, raw: raw, settings: settings)
    }

    func application() throws -> some ApplicationProtocol {
        let dependencies = APIDependencies(
            principals: BazaarPrincipals(), idempotency: store,
            scope: scope, rateLimiter: rateLimiter, bodies: bodies, logger: logger)
        return Application(
            router: try api().router(services: bazaar, dependencies: dependencies),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)), logger: logger)
    }

    /// Runs `body` against a live server, with a client that may be used concurrently.
    func live(_ body: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        try await application().test(.ahc(.http), body)
    }
}

/// For what commits nothing.
struct NoDatabase: WorkScope {
    func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result { throw Wreck() }

    func hold() {}
}

/// The operator, who may do everything, and the customer of one order.
struct BazaarPrincipals: PrincipalResolver {
    static let `operator` = Principal(
        .staff(ID<Order>.example.uuid), permissions: Set(Permission.allCases), visibility: .everything)

    func principal(bearing token: UTF8Text, order: UTF8Text?) async throws -> Principal? {
        if token == UTF8Text(BazaarServer.operatorToken) { return Self.operator }
        guard token == UTF8Text(BazaarServer.orderToken), order == "\(ID<Order>.example)" else { return nil }
        return .holder(ofTokenOf: ID<Order>.example.uuid)
    }

    func principal(ofSession token: UTF8Text) async throws -> Principal? {
        token == UTF8Text(BazaarServer.sessionToken) ? Self.operator : nil
    }
}

extension TestClientProtocol {
    func get(_ uri: String, _ headers: HTTPFields = [:]) async throws -> TestResponse {
        try await execute(uri: uri, method: .get, headers: headers) { $0 }
    }

    func post(
        _ uri: String, _ body: String, key: String? = UUID().uuidString, _ headers: HTTPFields = [:],
        contentType: String? = "application/json"
    ) async throws -> TestResponse {
        var headers = headers
        if let key { headers[.init("Idempotency-Key")!] = key }
        if let contentType { headers[.contentType] = contentType }
        return try await execute(uri: uri, method: .post, headers: headers, body: ByteBuffer(string: body)) { $0 }
    }

    func patch(_ uri: String, _ body: String, ifMatch: String?, _ headers: HTTPFields) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = "application/json"
        headers[.ifMatch] = ifMatch
        return try await execute(uri: uri, method: .patch, headers: headers, body: ByteBuffer(string: body)) { $0 }
    }
}

extension TestResponse {
    var json: JSONValue {
        get throws { try JSONValue(parsing: Array(body.readableBytesView)) }
    }

    /// The last part of the problem's type.
    var problem: String? {
        get throws { try json["type"]?.stringValue?.split(separator: ":").last.map(String.init) }
    }

    func header(_ name: String) -> String? { headers[HTTPField.Name(name)!] }
}

extension JSONValue {
    var stringValue: String? { textValue?.string }
}

let asOperator: HTTPFields = [.authorization: "Bearer \(BazaarServer.operatorToken)"]
let asCustomer: HTTPFields = [.authorization: "Bearer \(BazaarServer.orderToken)"]
let goodOrder = #"{"email":"ada@example.org","lines":[{"sku":"TEA-1","quantity":2}]}"#
