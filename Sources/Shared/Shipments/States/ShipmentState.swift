import Core
import Postgres

/// Where a shipment is.
package enum ShipmentState: String, Hashable, Sendable, Codable, CaseIterable, PostgresCodable {
    /// The courier has not taken it on yet.
    case pending
    /// The courier knows it.
    case created
    /// It has a number that it is tracked by.
    case awbAssigned = "awb_assigned"
    case pickupScheduled = "pickup_scheduled"
    case pickedUp = "picked_up"
    case inTransit = "in_transit"
    case outForDelivery = "out_for_delivery"
    case delivered
    /// The customer took some of it, and the rest goes back.
    case partiallyDelivered = "partially_delivered"
    /// Nobody took it; it is tried again, or goes back.
    case undelivered
    case held
    /// It goes back to where it came from without having been delivered: no return of the customer's.
    case rtoInitiated = "rto_initiated"
    case rtoDelivered = "rto_delivered"
    /// The customer sends back what was delivered.
    case returnInitiated = "return_initiated"
    case returned
    case damaged
    case lost
    case cancelled
}

extension ShipmentState {
    /// The states in which it is not under way yet, in their order.
    package static let preparing: [ShipmentState] = [.pending, .created, .awbAssigned, .pickupScheduled]

    /// The states between which it goes to and fro on its way.
    package static let travelling: Set<ShipmentState> = [.pickedUp, .inTransit, .outForDelivery, .undelivered, .held]

    /// Those that last, unless one of the few words comes that follow upon them.
    package static let finished: Set<ShipmentState> = [
        .delivered, .partiallyDelivered, .rtoDelivered, .returned, .damaged, .lost, .cancelled,
    ]

    package var isFinished: Bool { Self.finished.contains(self) }

    /// Whether it has reached the customer, be it in part.
    package var isDelivery: Bool { self == .delivered || self == .partiallyDelivered }

    /// Whether whoever says so says that the goods have left the vendor.
    var tellsOfLeaving: Bool {
        switch self {
        case .pending, .created, .awbAssigned, .pickupScheduled, .held, .cancelled: false
        case .pickedUp, .inTransit, .outForDelivery, .delivered, .partiallyDelivered, .undelivered, .rtoInitiated,
            .rtoDelivered, .returnInitiated, .returned, .damaged, .lost:
            true
        }
    }

    /// The goods are with the vendor again.
    var isBack: Bool { self == .rtoDelivered || self == .cancelled }

    /// The states that a report can bring about, whenever it comes.
    /// - Parameter hasLeft: whether the goods have left the vendor.
    package func successors(hasLeft: Bool) -> Set<ShipmentState> {
        switch self {
        case .pending, .created, .awbAssigned, .pickupScheduled:
            let later = Self.preparing.drop { $0 != self }.dropFirst()
            return Self.travelling.union(later).union(Self.endings).union([.rtoInitiated, .cancelled])
        case .held where !hasLeft:
            return Self.travelling.union(Self.preparing.dropFirst()).union(Self.endings)
                .union([.rtoInitiated, .cancelled]).subtracting([.held])
        case .pickedUp, .inTransit, .outForDelivery, .undelivered, .held:
            return Self.travelling.union(Self.endings).union([.rtoInitiated]).subtracting([self])
        case .rtoInitiated: return [.rtoDelivered, .delivered, .partiallyDelivered, .damaged, .lost]
        case .delivered, .partiallyDelivered: return [.returnInitiated]
        case .returnInitiated: return [.returned, .damaged, .lost]
        case .lost: return [.delivered, .rtoInitiated, .rtoDelivered, .damaged]
        case .damaged: return [.rtoInitiated, .rtoDelivered, .lost]
        case .rtoDelivered, .returned, .cancelled: return []
        }
    }

    private static let endings: Set<ShipmentState> = [.delivered, .partiallyDelivered, .rtoDelivered, .damaged, .lost]

    /// The state after somebody has told another one; nil where that changes nothing.
    ///
    /// What has left can't be cancelled any more: it comes back. News that are older than what is known do not move what goes to and fro,
    /// but an end stays an end, however late it is told.
    /// - Parameters:
    ///   - hasLeft: whether the goods have left the vendor.
    ///   - isStale: whether it happened before what gave it its present state.
    package func after(_ told: ShipmentState, hasLeft: Bool, isStale: Bool) -> ShipmentState? {
        let next = told == .cancelled && hasLeft ? .rtoInitiated : told
        guard next != self, successors(hasLeft: hasLeft).contains(next) else { return nil }
        guard isStale else { return next }
        switch self {
        case .pickedUp, .inTransit, .outForDelivery, .undelivered, .held:
            return Self.travelling.contains(next) || next == .rtoInitiated || Self.preparing.contains(next) ? nil : next
        case .rtoInitiated, .lost, .damaged: return next == .rtoDelivered ? next : nil
        default: return next
        }
    }
}

extension ShipmentState {
    /// The states in which somebody of ours may still call it off.
    package var mayBeCancelled: Bool { Self.preparing.contains(self) || self == .held }

    /// The states that a vendor who brings the goods may tell of.
    package static let ofOwnDelivery: [ShipmentState] = [
        .pickedUp, .inTransit, .outForDelivery, .delivered, .undelivered, .held, .rtoInitiated, .rtoDelivered, .damaged,
        .lost,
    ]
}
