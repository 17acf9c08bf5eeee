package import Core
package import Foundation

/// What some couriers can do and others can't; each is a protocol that a courier has or has not.
package enum CourierCapability: String, Sendable, CaseIterable, Codable {
    case rates
    case assignAWB = "assign_awb"
    case schedulePickup = "schedule_pickup"
    case label
    case manifest
    case invoice
    case cancel
    case returnPickup = "return_pickup"
    case requestReturn = "request_return"
    case listUndelivered = "list_undelivered"
    case answerUndelivered = "answer_undelivered"
    case balance
    case listRemittances = "list_remittances"
}

/// Offers several services for a shipment, each at its price. None where it does not go there.
package protocol RatingCourier: Courier {
    /// By what one of them is chosen, as the account's settings say.
    var rateRule: CourierRateRule { get }
    func rates(for request: ShipmentRequest) async throws(CourierError) -> [CourierRate]
}

/// Takes a shipment on in two steps: it is created, then it gets its AWB. Here the money moves.
package protocol AWBAssigningCourier: Courier {
    /// Safe to repeat: one that has its AWB keeps it, and is told with it.
    /// - Parameter service: one of ``RatingCourier/rates(for:)``; nil for the courier's own choice.
    func assignAWB(to shipment: BookedShipment, service: String?) async throws(CourierError) -> CourierBooking
}

/// Has to be told to fetch a shipment that has its AWB.
package protocol PickupSchedulingCourier: Courier {
    /// Safe to repeat.
    /// - Returns: what the courier says of it, at least that it is scheduled.
    func schedulePickup(of shipment: BookedShipment) async throws(CourierError) -> CourierReport
}

/// Has a label of its own. Without one ours is used.
package protocol LabellingCourier: Courier {
    func label(of shipments: [BookedShipment]) async throws(CourierError) -> CourierFile
}

/// Has a paper for whoever hands over and fetches.
package protocol ManifestingCourier: Courier {
    func manifest(of shipments: [BookedShipment]) async throws(CourierError) -> CourierFile
}

/// Has an invoice of its own for what it carries. The one that counts is the vendor's, which lies in the parcel.
package protocol InvoicingCourier: Courier {
    func invoice(of shipments: [BookedShipment]) async throws(CourierError) -> CourierFile
}

/// Can be told not to carry a shipment that has not left.
package protocol CancellingCourier: Courier {
    /// Safe to repeat, and where the courier has nothing to cancel.
    func cancel(_ shipment: BookedShipment) async throws(CourierError)
}

/// Fetches what a customer sends back.
package protocol ReturnFetchingCourier: Courier {
    /// As ``Courier/create(_:)``, with the customer as who sends; `find` knows it, too.
    func createReturn(_ request: ShipmentRequest) async throws(CourierError) -> CourierBooking
}

/// Can be told to bring back a shipment that is on its way.
package protocol ReturnRequestingCourier: Courier {
    /// Safe to repeat.
    func requestReturn(of shipment: BookedShipment, reason: String) async throws(CourierError)
}

/// Tells of shipments that it could not hand over.
package protocol UndeliveredListingCourier: Courier {
    func undelivered(after cursor: String?) async throws(CourierError) -> (reports: [CourierReport], next: String?)
}

/// Takes an answer to a delivery that failed.
package protocol UndeliveredAnsweringCourier: Courier {
    func answer(_ answer: UndeliveredAnswer, for shipment: BookedShipment) async throws(CourierError)
}

/// Keeps an account that its charges are taken from.
package protocol BalanceCourier: Courier {
    /// May be negative.
    func balance() async throws(CourierError) -> Money
}

/// Pays out what it has collected.
package protocol RemittanceListingCourier: Courier {
    /// A page of what it has paid out, newest first.
    func remittances(after cursor: String?) async throws(CourierError) -> CourierRemittancePage
}

/// One of a courier's services for a shipment.
package struct CourierRate: Sendable, Hashable {
    /// By which the courier knows it.
    package let service: String
    package let name: String
    package let price: Money
    package let days: Int?
    /// As the courier itself rates it, in hundredths: 420 for 4.2.
    package let rating: Int?

    package init(service: String, name: String, price: Money, days: Int? = nil, rating: Int? = nil) {
        self.service = service
        self.name = name
        self.price = price
        self.days = days
        self.rating = rating
    }
}

/// By what a service is chosen among several.
package enum CourierRateRule: String, Sendable, Hashable, CaseIterable, Codable {
    case cheapest, fastest, rated

    /// The best one; where two are alike the cheaper, then the one whose name comes first. nil where there is none.
    package func choice(among rates: [CourierRate]) -> CourierRate? {
        rates.min { left, right in
            key(left).lexicographicallyPrecedes(key(right))
                || (key(left) == key(right) && left.service.utf8.lexicographicallyPrecedes(right.service.utf8))
        }
    }

    private func key(_ rate: CourierRate) -> [Int64] {
        switch self {
        case .cheapest: [rate.price.minorUnits, Int64(rate.days ?? .max)]
        case .fastest: [Int64(rate.days ?? .max), rate.price.minorUnits]
        case .rated: [-Int64(rate.rating ?? 0), rate.price.minorUnits]
        }
    }
}

/// What is to become of a delivery that failed.
package enum UndeliveredAnswer: Sendable, Hashable {
    case tryAgain(comment: String)
    case bringBack(comment: String)
}

/// A paper of the courier's.
package struct CourierFile: Sendable, Hashable {
    package let contentType: String
    package let bytes: [UInt8]

    package init(contentType: String, bytes: [UInt8]) {
        self.contentType = contentType
        self.bytes = bytes
    }
}

/// Money that a courier has paid out, and for which shipments.
package struct CourierRemittance: Sendable, Hashable {
    package struct Line: Sendable, Hashable {
        package let reference: String?
        package let names: CourierNames
        package let collected: Money

        package init(reference: String?, names: CourierNames, collected: Money) {
            self.reference = reference
            self.names = names
            self.collected = collected
        }
    }

    package let reference: String
    package let amount: Money
    package let paidAt: Date?
    package let lines: [Line]

    package init(reference: String, amount: Money, paidAt: Date?, lines: [Line]) {
        self.reference = reference
        self.amount = amount
        self.paidAt = paidAt
        self.lines = lines
    }
}

package struct CourierRemittancePage: Sendable, Hashable {
    package let remittances: [CourierRemittance]
    package let next: String?

    package init(remittances: [CourierRemittance], next: String?) {
        self.remittances = remittances
        self.next = next
    }
}

extension Courier {
    /// In the order of their declaration.
    package var capabilities: [CourierCapability] { CourierCapability.allCases.filter(can) }

    package func can(_ capability: CourierCapability) -> Bool {
        switch capability {
        case .rates: self is any RatingCourier
        case .assignAWB: self is any AWBAssigningCourier
        case .schedulePickup: self is any PickupSchedulingCourier
        case .label: self is any LabellingCourier
        case .manifest: self is any ManifestingCourier
        case .invoice: self is any InvoicingCourier
        case .cancel: self is any CancellingCourier
        case .returnPickup: self is any ReturnFetchingCourier
        case .requestReturn: self is any ReturnRequestingCourier
        case .listUndelivered: self is any UndeliveredListingCourier
        case .answerUndelivered: self is any UndeliveredAnsweringCourier
        case .balance: self is any BalanceCourier
        case .listRemittances: self is any RemittanceListingCourier
        }
    }

    /// What it can't do, each with the reason.
    package var reasons: [CourierCapability: String] {
        CourierCapability.allCases.reduce(into: [:]) { $0[$1] = can($1) ? nil : lacking[$1] }
    }
}
