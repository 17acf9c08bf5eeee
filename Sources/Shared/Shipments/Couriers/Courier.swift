package import Core
package import Foundation
package import Payments

/// An account of ours at a courier: what each must be able to do. What only some can are the protocols of ``CourierCapability``. An
/// adapter translates and checks; it decides nothing and stores nothing.
package protocol Courier: Sendable {
    var name: CourierName { get }
    /// What it can't do, each with the reason, for operators.
    var lacking: [CourierCapability: String] { get }

    /// Why it can't carry this, in words; nil where it can. Told before anything is packed.
    func objection(to request: ShipmentRequest) -> String?

    /// Has it carry a shipment, under the request's reference. Whoever calls has looked the reference up before, unless it was never
    /// asked for, and looks it up again where the outcome is unknown: so this asks once, and never under another reference.
    /// - Throws: ``CourierError/referenceSpent(_:)`` where all that the courier has under the reference is cancelled.
    func create(_ request: ShipmentRequest) async throws(CourierError) -> CourierBooking

    /// What the courier has under a reference of ours; nil where it has nothing. It has the last word: what is told here to be absent
    /// may be asked for again.
    /// - Throws: ``CourierError/referenceSpent(_:)`` where all that the courier has under the reference is cancelled.
    func find(_ reference: String, of request: ShipmentRequest) async throws(CourierError) -> CourierBooking?

    /// Where a shipment is, by the courier's own account: its present state at least, all that happened where it tells so.
    func track(_ shipment: BookedShipment) async throws(CourierError) -> [CourierReport]

    /// Translates a stored push. What it says of statuses that are not known is kept in its own words.
    /// - Throws: `MalformedEvent`
    func interpret(_ push: GatewayPush) throws(MalformedEvent) -> [CourierReport]
}

/// A shipment that a courier has taken on, as it is known there.
package struct BookedShipment: Sendable, Hashable {
    package let id: ID<Shipment>
    /// Ours.
    package let reference: String
    package let names: CourierNames
    package let currency: Currency
    /// Where it is so far.
    package let state: ShipmentState
    package let cod: Money

    package init(
        id: ID<Shipment>, reference: String, names: CourierNames, currency: Currency, state: ShipmentState, cod: Money
    ) {
        self.id = id
        self.reference = reference
        self.names = names
        self.currency = currency
        self.state = state
        self.cod = cod
    }
}

/// What a courier calls a shipment; it may have several names for one.
package struct CourierNames: Sendable, Hashable {
    /// An order of its own, of which the shipment is a part.
    package var order: String?
    package var consignment: String?
    /// What people track it by: an AWB.
    package var trackingCode: String?

    package init(order: String? = nil, consignment: String? = nil, trackingCode: String? = nil) {
        self.order = order
        self.consignment = consignment
        self.trackingCode = trackingCode
    }

    /// With what the other one knows beside.
    package func merging(_ other: CourierNames) -> CourierNames {
        CourierNames(
            order: other.order ?? order, consignment: other.consignment ?? consignment,
            trackingCode: other.trackingCode ?? trackingCode)
    }
}

/// What a courier has under a reference of ours.
package struct CourierBooking: Sendable, Hashable {
    package let names: CourierNames
    /// How far it is there: `created` where an AWB is still to be had, `awb_assigned` where it has one.
    package let state: ShipmentState
    package let serviceName: String?

    package init(names: CourierNames, state: ShipmentState = .created, serviceName: String? = nil) {
        self.names = names
        self.state = state
        self.serviceName = serviceName
    }
}

/// What a courier says about a shipment.
package struct CourierReport: Sendable, Hashable {
    /// By which of its names it is known; at least one.
    package let reference: String?
    package let names: CourierNames
    package let status: Status
    /// The courier's own word for it.
    package let rawStatus: String?
    /// For people, in the courier's words.
    package let message: String?
    package let place: String?
    /// nil where the courier does not say.
    package let occurredAt: Date?
    package let money: CourierMoney
    /// When it is expected at the customer's.
    package let expectedAt: Date?
    /// What repetitions of the same report are recognised by; nil: by all that it says.
    package let key: String?

    package enum Status: Sendable, Hashable {
        case known(ShipmentState)
        /// News that move nothing.
        case news
        /// A word that is not in the courier's table: kept, and told to operators.
        case unknown
    }

    package init(
        reference: String? = nil, names: CourierNames = CourierNames(), status: Status, rawStatus: String? = nil,
        message: String? = nil, place: String? = nil, occurredAt: Date? = nil, money: CourierMoney = CourierMoney(),
        expectedAt: Date? = nil, key: String? = nil
    ) {
        self.reference = reference
        self.names = names
        self.status = status
        self.rawStatus = rawStatus
        self.message = message
        self.place = place
        self.occurredAt = occurredAt
        self.money = money
        self.expectedAt = expectedAt
        self.key = key
    }
}

/// What a courier says about a shipment's money, in minor units of its currency; nil for what it does not say.
package struct CourierMoney: Sendable, Hashable {
    /// What is, or was, collected from the customer: the final word of a delivery.
    package var collected: Int64?
    /// What the courier takes for the delivery.
    package var charge: Int64?
    /// What it takes for collecting.
    package var codFee: Int64?

    package init(collected: Int64? = nil, charge: Int64? = nil, codFee: Int64? = nil) {
        self.collected = collected
        self.charge = charge
        self.codFee = codFee
    }
}
