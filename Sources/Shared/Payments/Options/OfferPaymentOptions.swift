package import Core
import Foundation
package import Identity
package import Orders
package import Postgres
package import Shipping
import Synchronization

/// Finds out through whom an order can be paid.
package final class OfferPaymentOptions: Sendable {
    /// How old rules may be by which a checkout is opened or refused: a staff's edit counts everywhere after that.
    private static let maximumAge: TimeInterval = 5

    private let gateways: [OfferedGateway]
    private let destinations: OrderDestinations
    private let clock: any WallClock
    private let known = Mutex<(rules: PaymentOptionRules, readAt: Date)?>(nil)

    /// - Parameters:
    ///   - titles: what providers are called, by the names of gateways; the name itself where there is none.
    ///   - destinations: finds out where an address lies.
    package init(
        gateways: GatewayRegistry, titles: [GatewayName: String] = [:], destinations: OrderDestinations,
        clock: any WallClock
    ) {
        self.gateways = gateways.all.map { gateway in
            OfferedGateway(name: gateway.name, title: titles[gateway.name] ?? gateway.name.rawValue) { amount in
                gateway.objection(to: amount)
            }
        }
        self.destinations = destinations
        self.clock = clock
    }

    /// What is offered for what an order has to pay next.
    package struct Offer: Sendable, Hashable {
        /// nil where nothing has to be paid.
        package let demand: PaymentDemand?
        package let options: [PaymentOption]

        package init(demand: PaymentDemand?, options: [PaymentOption]) {
            self.demand = demand
            self.options = options
        }
    }

    /// - Throws: a 404 ``Problem`` where there is no such order within reach; `PostgresError`.
    package func callAsFunction(
        for id: ID<Order>, visibleTo visibility: Visibility, in executor: some PostgresExecutor
    ) async throws -> Offer {
        guard let order = try await OrderStore().order(id, visibleTo: visibility, in: executor) else {
            throw Problem.notFound("order")
        }
        let demands = try await PaymentDemandStore().demands(of: id, in: executor)
        guard order.state == .open, let demand = demands.first(where: \.isOpen) else {
            return Offer(demand: nil, options: [])
        }
        let rules = try await read(in: executor)
        let occasion = try await occasion(for: demand, of: order, in: executor)
        return Offer(demand: demand, options: rules.options(for: occasion, of: gateways))
    }

    /// What would be offered for an order of this amount.
    package func callAsFunction(
        for amount: Money, to destination: ShippingDestination?, in executor: some PostgresExecutor
    ) async throws -> [PaymentOption] {
        let occasion = PaymentOccasion(amount: amount, destination: destination, time: clock.now)
        return try await recent(in: executor).options(for: occasion, of: gateways)
    }

    /// - Throws: a 409 ``Problem`` that names the gateways which are offered, where this one is not.
    func require(
        _ gateway: GatewayName, for demand: PaymentDemand, of order: Order, in executor: some PostgresExecutor
    ) async throws {
        let rules = try await recent(in: executor)
        guard rules.areMade else { return }
        let occasion = try await occasion(for: demand, of: order, in: executor)
        let options = rules.options(for: occasion, of: gateways)
        guard !options.contains(where: { $0.gateway == gateway }) else { return }
        throw Problem(
            type: "gateway-not-offered", title: "The gateway is not offered for this order", status: 409,
            detail: "\(gateway) is not offered for what has to be paid now; choose another one",
            extensions: ["gateways": .array(options.map { .string($0.gateway.rawValue) })])
    }

    private func occasion(
        for demand: PaymentDemand, of order: Order, in executor: some PostgresExecutor
    ) async throws -> PaymentOccasion {
        var destination: ShippingDestination?
        if let address = order.shippingAddress {
            destination = try await destinations.destination(of: address, in: executor)
        }
        return PaymentOccasion(
            amount: demand.amount, destination: destination, time: clock.now,
            // An advance is what is paid before anybody collects the rest.
            isOnDelivery: order.paymentMethod == .cashOnDelivery && demand.kind != .advance)
    }

    private func recent(in executor: some PostgresExecutor) async throws(PostgresError) -> PaymentOptionRules {
        let now = clock.now
        if let known = known.withLock({ $0 }), (0..<Self.maximumAge).contains(now.timeIntervalSince(known.readAt)) {
            return known.rules
        }
        return try await read(in: executor)
    }

    private func read(in executor: some PostgresExecutor) async throws(PostgresError) -> PaymentOptionRules {
        let now = clock.now
        let rules = try await PaymentOptionStore().rules(at: now, in: executor)
        known.withLock { $0 = (rules, now) }
        return rules
    }
}
