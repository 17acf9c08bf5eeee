package import Core
package import Documents
package import Foundation
package import Orders
import Postgres
package import Values
package import Vendors

/// Goods of one vendor order on their way to the customer: one or more parcels under one number.
package struct Shipment: Hashable, Sendable, IdentifiedByTypeID {
    package static let typePrefix = "shp"

    package let id: ID<Shipment>
    package let order: ID<Order>
    package let vendorOrder: ID<VendorOrder>
    package let vendor: ID<Vendor>
    package let document: ID<IssuedDocument>
    /// For people, such as "H100001-2-1".
    package let number: String
    package let courier: CourierName
    package let location: ID<PickupLocation>?
    package var state: ShipmentState
    /// When that happened which gave it its state, by the clock of who told.
    package var stateSince: Date
    /// Which of its references is the present one, from 1.
    package var booking: Int
    /// What the courier knows it by from us.
    package var reference: String
    package var names: CourierNames
    package var service: String?
    package var serviceName: String?
    package let declared: Money
    /// What is to be collected; zero where all is paid.
    package let cod: Money
    package var collected: Money?
    /// What the courier takes for the delivery, and for collecting.
    package var charge: Money?
    package var codFee: Money?
    /// Between which days it is to arrive, by what the customer was promised.
    package let promise: Promise?
    /// When it is to arrive, by what the courier says.
    package var expectedAt: Date?
    package var trouble: Trouble?
    /// How often the courier was asked without success since the last one.
    package var attempts: Int
    package var nextAttemptAt: Date?
    /// When the goods left the vendor.
    package var handedOverAt: Date?
    package var deliveredAt: Date?
    package var closedAt: Date?
    package var heardAt: Date
    package let createdAt: Date

    package init(
        id: ID<Shipment>, order: ID<Order>, vendorOrder: ID<VendorOrder>, vendor: ID<Vendor>,
        document: ID<IssuedDocument>, number: String, courier: CourierName, location: ID<PickupLocation>? = nil,
        state: ShipmentState = .pending, stateSince: Date, booking: Int = 1, reference: String,
        names: CourierNames = CourierNames(), service: String? = nil, serviceName: String? = nil, declared: Money,
        cod: Money, collected: Money? = nil, charge: Money? = nil, codFee: Money? = nil, promise: Promise? = nil,
        expectedAt: Date? = nil, trouble: Trouble? = nil, attempts: Int = 0, nextAttemptAt: Date? = nil,
        handedOverAt: Date? = nil, deliveredAt: Date? = nil, closedAt: Date? = nil, heardAt: Date, createdAt: Date
    ) {
        self.id = id
        self.order = order
        self.vendorOrder = vendorOrder
        self.vendor = vendor
        self.document = document
        self.number = number
        self.courier = courier
        self.location = location
        self.state = state
        self.stateSince = stateSince
        self.booking = booking
        self.reference = reference
        self.names = names
        self.service = service
        self.serviceName = serviceName
        self.declared = declared
        self.cod = cod
        self.collected = collected
        self.charge = charge
        self.codFee = codFee
        self.promise = promise
        self.expectedAt = expectedAt
        self.trouble = trouble
        self.attempts = attempts
        self.nextAttemptAt = nextAttemptAt
        self.handedOverAt = handedOverAt
        self.deliveredAt = deliveredAt
        self.closedAt = closedAt
        self.heardAt = heardAt
        self.createdAt = createdAt
    }

    package struct Promise: Hashable, Sendable {
        package let from: CivilDate
        package let until: CivilDate

        package init(from: CivilDate, until: CivilDate) {
            self.from = from
            self.until = until
        }
    }

    /// Why the courier has not taken it on, or the next step is not taken.
    package struct Trouble: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
            /// For good, until somebody changes what was refused.
            case refused
            case credentialsRefused = "credentials_refused"
            case unavailable
            /// It is looked up before it is asked for again.
            case unknown
            case fundsLacking = "funds_lacking"
            case notServiceable = "not_serviceable"
            case integrity
        }

        package let kind: Kind
        /// For operators.
        package let detail: String

        package init(kind: Kind, detail: String) {
            self.kind = kind
            self.detail = detail
        }
    }

    package var hasLeft: Bool { handedOverAt != nil }

    package var isOwnDelivery: Bool { courier == .ownDelivery }

    /// As its courier knows it.
    package var booked: BookedShipment {
        BookedShipment(
            id: id, reference: reference, names: names, currency: declared.currency, state: state, cod: cod)
    }

    /// What the courier knows a further booking by.
    /// - Parameter booking: from 1; the first one is the number itself.
    package static func reference(of number: String, booking: Int) -> String {
        booking <= 1 ? number : "\(number)-R\(booking - 1)"
    }

    /// - Parameter sequence: its place in the vendor order, from 1.
    static func number(vendorOrder: String, sequence: Int) -> String { "\(vendorOrder)-\(sequence)" }
}

/// Units of a line that lie in a shipment.
package struct ShipmentLine: Hashable, Sendable {
    package let line: ID<OrderLine>
    package let units: UnitRanges

    package init(line: ID<OrderLine>, units: UnitRanges) {
        self.line = line
        self.units = units
    }
}

/// What was said of a shipment.
package struct ShipmentEvent: Hashable, Sendable {
    package enum Source: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
        case push, answer, person, system
    }

    package let source: Source
    /// nil for news that say nothing of its state, or in a word that we don't know.
    package let state: ShipmentState?
    /// Whether that moved it.
    package let moved: Bool
    /// The courier's own word.
    package let rawStatus: String?
    package let message: String?
    package let place: String?
    package let occurredAt: Date
    package let recordedAt: Date

    package init(
        source: Source, state: ShipmentState?, moved: Bool, rawStatus: String? = nil, message: String? = nil,
        place: String? = nil, occurredAt: Date, recordedAt: Date
    ) {
        self.source = source
        self.state = state
        self.moved = moved
        self.rawStatus = rawStatus
        self.message = message
        self.place = place
        self.occurredAt = occurredAt
        self.recordedAt = recordedAt
    }
}

/// A shipment with all that belongs to it.
package struct ShipmentDetails: Hashable, Sendable {
    package let shipment: Shipment
    package let lines: [ShipmentLine]
    package let parcels: [Parcel]
    /// The earliest first.
    package let events: [ShipmentEvent]

    package init(shipment: Shipment, lines: [ShipmentLine], parcels: [Parcel], events: [ShipmentEvent]) {
        self.shipment = shipment
        self.lines = lines
        self.parcels = parcels
        self.events = events
    }
}
