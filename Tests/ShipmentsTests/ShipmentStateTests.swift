import Core
import Foundation
import Testing

@testable import Shipments

@Suite("Shipment states")
struct ShipmentStateTests {
    /// Where each state leads, whenever it is told; what stands nowhere changes nothing.
    private static let table: [(ShipmentState, hasLeft: Bool, Set<ShipmentState>)] = [
        (
            .pending, false,
            [
                .created, .awbAssigned, .pickupScheduled, .pickedUp, .inTransit, .outForDelivery, .undelivered, .held,
                .delivered, .partiallyDelivered, .rtoInitiated, .rtoDelivered, .damaged, .lost, .cancelled,
            ]
        ),
        (
            .created, false,
            [
                .awbAssigned, .pickupScheduled, .pickedUp, .inTransit, .outForDelivery, .undelivered, .held, .delivered,
                .partiallyDelivered, .rtoInitiated, .rtoDelivered, .damaged, .lost, .cancelled,
            ]
        ),
        (
            .awbAssigned, false,
            [
                .pickupScheduled, .pickedUp, .inTransit, .outForDelivery, .undelivered, .held, .delivered,
                .partiallyDelivered, .rtoInitiated, .rtoDelivered, .damaged, .lost, .cancelled,
            ]
        ),
        (
            .pickupScheduled, false,
            [
                .pickedUp, .inTransit, .outForDelivery, .undelivered, .held, .delivered, .partiallyDelivered,
                .rtoInitiated, .rtoDelivered, .damaged, .lost, .cancelled,
            ]
        ),
        (
            .held, false,
            [
                .created, .awbAssigned, .pickupScheduled, .pickedUp, .inTransit, .outForDelivery, .undelivered,
                .delivered, .partiallyDelivered, .rtoInitiated, .rtoDelivered, .damaged, .lost, .cancelled,
            ]
        ),
        (.pickedUp, true, onTheWay.subtracting([.pickedUp])),
        (.inTransit, true, onTheWay.subtracting([.inTransit])),
        (.outForDelivery, true, onTheWay.subtracting([.outForDelivery])),
        (.undelivered, true, onTheWay.subtracting([.undelivered])),
        (.held, true, onTheWay.subtracting([.held])),
        (.rtoInitiated, true, [.rtoDelivered, .delivered, .partiallyDelivered, .damaged, .lost]),
        (.delivered, true, [.returnInitiated]),
        (.partiallyDelivered, true, [.returnInitiated]),
        (.returnInitiated, true, [.returned, .damaged, .lost]),
        (.lost, true, [.delivered, .rtoInitiated, .rtoDelivered, .damaged]),
        (.damaged, true, [.rtoInitiated, .rtoDelivered, .lost]),
        (.rtoDelivered, true, []), (.returned, true, []), (.cancelled, false, []),
    ]

    private static let onTheWay: Set<ShipmentState> = [
        .pickedUp, .inTransit, .outForDelivery, .undelivered, .held, .delivered, .partiallyDelivered, .rtoInitiated,
        .rtoDelivered, .damaged, .lost,
    ]

    @Test("Every state leads where the table says, and nowhere else")
    func table() {
        for (state, hasLeft, successors) in Self.table {
            for told in ShipmentState.allCases where !(told == .cancelled && hasLeft) {
                let after = state.after(told, hasLeft: hasLeft, isStale: false)
                #expect(after == (successors.contains(told) ? told : nil), "\(state) → \(told)")
            }
        }
        #expect(Set(Self.table.map(\.0)) == Set(ShipmentState.allCases))
    }

    @Test("What has left is not cancelled any more: it comes back")
    func cancelledOnTheWay() {
        for state in ShipmentState.travelling {
            #expect(state.after(.cancelled, hasLeft: true, isStale: false) == .rtoInitiated)
        }
        #expect(ShipmentState.rtoInitiated.after(.cancelled, hasLeft: true, isStale: false) == nil)
        #expect(ShipmentState.delivered.after(.cancelled, hasLeft: true, isStale: false) == nil)
        #expect(ShipmentState.inTransit.after(.cancelled, hasLeft: true, isStale: true) == nil)
    }

    @Test("Late scans move nothing that goes to and fro, and never a finished parcel; an end stays an end")
    func lateScans() {
        for state in ShipmentState.travelling {
            for told in ShipmentState.travelling {
                #expect(state.after(told, hasLeft: true, isStale: true) == nil)
            }
            #expect(state.after(.delivered, hasLeft: true, isStale: true) == .delivered)
            #expect(state.after(.rtoDelivered, hasLeft: true, isStale: true) == .rtoDelivered)
        }
        for state in ShipmentState.finished where state != .lost && state != .damaged {
            for told in ShipmentState.travelling {
                #expect(state.after(told, hasLeft: true, isStale: false) == nil)
            }
        }
        #expect(ShipmentState.rtoInitiated.after(.delivered, hasLeft: true, isStale: true) == nil)
        #expect(ShipmentState.lost.after(.inTransit, hasLeft: true, isStale: false) == nil)
    }

    @Test("Every state has words in every language, and no two languages the same")
    func words() {
        for state in ShipmentState.allCases {
            let words = TrackingLanguage.allCases.map(state.words)
            #expect(Set(words).count == 3 && words.allSatisfy { !$0.isEmpty })
        }
    }

    @Test("Among rates the rule chooses, and what is alike is decided by price and then by name")
    func rates() {
        func rate(_ service: String, _ price: Int64, _ days: Int?, _ rating: Int?) -> CourierRate {
            CourierRate(
                service: service, name: service, price: .init(minorUnits: price, currency: .inr), days: days,
                rating: rating)
        }
        let rates = [
            rate("slow", 4_000, 7, 410), rate("fast", 9_000, 1, 390), rate("good", 6_000, 3, 480),
            rate("also fast", 8_000, 1, nil), rate("twin", 4_000, 7, nil),
        ]
        #expect(CourierRateRule.cheapest.choice(among: rates)?.service == "slow")
        #expect(CourierRateRule.fastest.choice(among: rates)?.service == "also fast")
        #expect(CourierRateRule.rated.choice(among: rates)?.service == "good")
        #expect(CourierRateRule.rated.choice(among: []) == nil)
    }

    @Test("Couriers charge for volume by the centimetres that count as a kilogram")
    func volume() {
        let size = Parcel.Size(lengthMillimetres: 300, widthMillimetres: 200, heightMillimetres: 100)
        #expect(Parcel(weightGrams: 500, size: size).volumetricGrams() == 1_200)
        #expect(Parcel(weightGrams: 500, size: size).volumetricGrams(divisor: 4_000) == 1_500)
        #expect(Parcel(weightGrams: 500).volumetricGrams() == nil)
    }
}
