import Addresses
import CommerceTestSupport
import Configuration
import Core
import Foundation
import Orders
import Outbound
import Payments
import Postgres
import Registrations
import SandboxRuntime
import Testing
import Vendors

@testable import Shipments

/// Shiprocket, played by the sandbox, and processes of ours that ask it.
struct ShiprocketBench: Sendable {
    static let token = "parcels-Vq3xT9bLm2Rz8KdYc5Hn"

    let server: SandboxServer
    let market: Marketplace
    let courier: ShiprocketCourier

    /// - Parameter webhook: where the sandbox pushes to.
    static func open<R: Sendable>(
        webhook: String = "http://127.0.0.1:1/push", _ body: @Sendable (ShiprocketBench) async throws -> R
    ) async throws -> R {
        try await SandboxServer.open(
            "shiprocket",
            {
                $0.couriers.shiprocketEmail = "api@haat.example"
                $0.couriers.shiprocketPassword = "right-password"
                $0.couriers.shiprocketWebhookURL = webhook
                $0.couriers.shiprocketWebhookToken = token
            }
        ) { server in
            try await server.control("shiprocket", "settings", #"{"script":"by_hand"}"#)
            return try await Marketplace.open { market in
                try await body(
                    ShiprocketBench(
                        server: server, market: market, courier: try Self.process(server: server, market: market)))
            }
        }
    }

    static func settings(_ server: SandboxServer, password: String = "right-password") -> [String: String] {
        [
            "HAAT_SHIPROCKET_BASE_URL": server.base + "/shiprocket/v1/external",
            "HAAT_SHIPROCKET_EMAIL": "api@haat.example", "HAAT_SHIPROCKET_PASSWORD": password,
            "HAAT_SHIPROCKET_WEBHOOK_TOKEN": token, "HAAT_SHIPROCKET_CALLS_PER_MINUTE": "60000",
        ]
    }

    private static func process(
        server: SandboxServer, market: Marketplace, password: String = "right-password",
        _ more: [String: String] = [:], transport: (any OutboundTransport)? = nil,
        now: (@Sendable () -> Date)? = nil, sleep: @escaping @Sendable (Duration) async throws -> Void = { _ in }
    ) throws -> ShiprocketCourier {
        let clock = market.clock
        let registry = try read(settings(server, password: password).merging(more) { $1 }).registry(
            transport: transport ?? HTTPTransport(client: server.http),
            timing: OutboundTiming(
                elapsed: OutboundTiming.system.elapsed, now: now ?? { clock.now }, sleep: sleep, random: { 0 }),
            calls: GatewayCallLog(postgres: market.client, ids: market.ids, clock: market.clock, logger: silent),
            memory: GatewayMemory(postgres: market.client, vault: market.vault),
            turns: CourierTurns(postgres: market.client), logger: silent)
        return try #require(registry.all.first as? ShiprocketCourier)
    }

    /// - Throws: `ConfigurationError`
    static func read(_ variables: [String: String]) throws -> Shipments.CourierSettings {
        var reader = SettingsReader(
            ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables)))
        let read = Shipments.CourierSettings(&reader, of: [ShiprocketProvider.self])
        try reader.finish()
        return read
    }

    /// The courier as another process has it.
    func process(
        password: String = "right-password", _ more: [String: String] = [:],
        transport: (any OutboundTransport)? = nil, now: (@Sendable () -> Date)? = nil,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { _ in }
    ) throws -> ShiprocketCourier {
        try Self.process(
            server: server, market: market, password: password, more, transport: transport, now: now, sleep: sleep)
    }

    // MARK: The other side

    func control(_ command: String, _ json: String = "{}") async throws {
        try await server.control("shiprocket", command, json)
    }

    func disturb(_ request: String, _ fault: String, times: Int = 1) async throws {
        try await server.disturb("shiprocket", request, fault, times: times)
    }

    func pass(_ seconds: Int) async throws { try await control("advance", #"{"seconds":\#(seconds)}"#) }

    private func record(_ page: String) async throws -> JSONValue {
        try JSONValue(parsing: try await server.send("GET", "/_control/shiprocket/\(page)").body)
    }

    var orders: [JSONValue] {
        get async throws { try #require(try await record("ledger?only=orders")["orders"]?.arrayValue) }
    }

    /// What the wallet was charged with or given back, in the order of time.
    var statement: [JSONValue] {
        get async throws { try #require(try await record("ledger?only=statement")["statement"]?.arrayValue) }
    }

    /// How many AWBs the wallet was charged with.
    var charges: Int {
        get async throws { try await statement.count { $0["description"] == "Freight charged" } }
    }

    /// How often an address that begins so was asked.
    func count(_ method: String, _ path: String) async throws -> Int {
        let recent = try #require(try await record("requests")["recent"]?.arrayValue)
        return recent.count {
            $0["method"] == .string(method) && $0["path"]?.textValue?.string.hasPrefix(path) == true
        }
    }

    // MARK: Our side

    static func request(
        _ reference: String = "H100001-1-1", cod: Int64 = 0, location: PickupLocation? = nil,
        to recipient: ShippingAddress = mumbai, parcels: [Parcel] = [box], currency: Currency = .inr
    ) -> ShipmentRequest {
        ShipmentRequest(
            id: ID(uuid: UUID()), reference: reference, number: reference,
            orderedAt: Date(timeIntervalSince1970: TimeInterval(SandboxServer.start)),
            sender: ShipmentRequest.Sender(vendor: ID(uuid: UUID()), name: "Malabar Spices", location: location),
            recipient: recipient, email: .example,
            lines: [
                ShipmentRequest.Line(
                    title: "Pepper", sku: "PEP-1", hsn: "09041120", quantity: 2,
                    unitPrice: Money(minorUnits: 45_050, currency: currency))
            ], parcels: parcels, documentNumber: "INV-1",
            declared: Money(minorUnits: 90_100, currency: currency), cod: Money(minorUnits: cod, currency: currency),
            note: "Ring twice")
    }

    static let box = Parcel(
        weightGrams: 700, size: Parcel.Size(lengthMillimetres: 200, widthMillimetres: 150, heightMillimetres: 4))

    static let mumbai = ShippingAddress(
        name: "आशा राव", latinName: "Asha Rao", line1: "4 Hill Road", landmark: "Near the lake", city: "Mumbai",
        region: "Maharashtra", regionCode: "27", postalCode: "400050", country: "IN", phone: "+919811111111")

    static func place(_ version: Int64 = 1, phone: String = "+919800000001") throws -> PickupLocation {
        PickupLocation(
            id: ID(uuid: UUID()), vendor: ID(uuid: UUID()), name: "Godown",
            phone: try #require(PhoneNumber(rawValue: phone)),
            address: PostalAddress(
                line1: "1 Spice Market", place: .india(city: "Kochi", state: "32", pin: try PINCode("682001"))),
            version: version, createdAt: Date(timeIntervalSince1970: 1_700_000_000))
    }

    /// What is booked, as the product would have it on record.
    func shipment(
        _ request: ShipmentRequest, _ booking: CourierBooking, state: ShipmentState? = nil
    ) -> BookedShipment {
        BookedShipment(
            id: request.id, reference: request.reference, names: booking.names, currency: .inr,
            state: state ?? booking.state, cod: request.cod)
    }

    func created(_ reference: String = "H100001-1-1", cod: Int64 = 0) async throws -> BookedShipment {
        let request = Self.request(reference, cod: cod)
        return shipment(request, try await courier.create(request))
    }

    func assigned(_ reference: String = "H100001-1-1", cod: Int64 = 0) async throws -> BookedShipment {
        let created = try await created(reference, cod: cod)
        let booking = try await courier.assignAWB(to: created, service: nil)
        return BookedShipment(
            id: created.id, reference: reference, names: booking.names, currency: .inr, state: booking.state,
            cod: created.cod)
    }

    /// With a pickup.
    func scheduled(_ reference: String = "H100001-1-1") async throws -> BookedShipment {
        let assigned = try await assigned(reference)
        _ = try await courier.schedulePickup(of: assigned)
        return assigned
    }

    func move(_ shipment: BookedShipment, to status: Int, force: Bool = false) async throws {
        try await control("move", #"{"parcel":"\#(shipment.reference)","status":\#(status),"force":\#(force)}"#)
    }
}
