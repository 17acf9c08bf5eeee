import Catalog
package import Core
package import Documents
import Foundation
package import Identity
package import Jobs
package import Orders
import Postgres
import Registrations
import Shipping
import Values
package import Vendors

/// What is to be carried, by whom.
package struct NewShipment: Hashable, Sendable {
    package enum Goods: Hashable, Sendable {
        /// Each line once, to be packed now; nil for all that is left.
        case lines([ChosenLine]?)
        /// What was packed before.
        case document(ID<IssuedDocument>)
    }

    package let goods: Goods
    /// Where the goods leave from; nil for the vendor's usual place.
    package let location: ID<PickupLocation>?
    /// nil for the only courier there is.
    package let courier: CourierName?
    /// nil for one that weighs what its goods weigh.
    package let parcels: [Parcel]?

    package init(
        goods: Goods = .lines(nil), location: ID<PickupLocation>? = nil, courier: CourierName? = nil,
        parcels: [Parcel]? = nil
    ) {
        self.goods = goods
        self.location = location
        self.courier = courier
        self.parcels = parcels
    }
}

/// Packs goods of a vendor order and has them carried. The courier is asked by a job: that it can't be reached holds nothing up.
package struct CreateShipment: Sendable {
    private let couriers: CourierRegistry
    private let book: ShipmentBook
    private let pack: PackVendorOrder
    private let contents = ShipmentContents()

    package init(couriers: CourierRegistry, book: ShipmentBook) {
        self.couriers = couriers
        self.book = book
        pack = PackVendorOrder(audit: book.audit, ids: book.ids, clock: book.clock)
    }

    /// - Throws: `Problem`: 404; 409 where the order is not to be packed (yet), nothing is left to be shipped or it is shipped already; 422
    ///   for what is not there, and for what the courier can't carry; `PostgresError`.
    package func callAsFunction(
        _ new: NewShipment, of id: ID<VendorOrder>, by principal: Principal, in work: UnitOfWork
    ) async throws -> ShipmentDetails {
        let found = try await VendorOrderStore().details(id, visibleTo: principal.visibility, in: work)
        guard let found else { throw Problem.notFound("vendor order") }
        let courier = try couriers.chosen(new.courier)
        let document = try await document(new, of: id, by: principal, in: work)
        guard let order = try await OrderLocks().lockWithLines(found.listed.order, in: work) else {
            throw Problem.notFound("vendor order")
        }
        try order.order.checkMayLeave()
        let lines = document.shipmentLines(of: order)
        guard !lines.isEmpty, let recipient = order.order.recipient else { throw Problem.nothingToShip }
        let parcels = try await parcels(new, lines, of: order, in: work)
        let part = found.listed.part
        let sequence = try await book.store.nextSequence(of: id, in: work)
        let number = Shipment.number(vendorOrder: part.number, sequence: sequence)
        let location = try await contents.location(
            new.location ?? part.delivery.pickupLocation, of: part.vendor, in: work)
        let now = book.now
        var shipment = Shipment(
            id: ID(uuid: book.ids.next()), order: order.order.id, vendorOrder: id, vendor: part.vendor,
            document: document.document.id, number: number, courier: courier?.name ?? .ownDelivery,
            location: location?.id, state: .pending, stateSince: now, booking: 1, reference: number,
            names: CourierNames(), declared: document.document.total,
            cod: try await cod(of: document, lines, order, in: work),
            promise: Shipment.Promise(part.delivery.promise, from: now, to: recipient.country), attempts: 0,
            heardAt: now, createdAt: now)
        if let courier {
            let request = try await contents.request(
                for: shipment, of: order, document, lines, parcels, from: location, in: work)
            try courier.check(request)
        }
        try await book.store.insert(
            shipment, sequence: sequence, lines: lines, parcels: parcels, by: principal.actor, in: work)
        try await tell(shipment, by: principal.actor, in: work)
        if courier != nil {
            try await book.bookings.open(shipment, at: now, in: work)
            try work.enqueue(AdvanceShipment.Job(shipmentID: shipment.id))
        } else {
            let before = shipment
            shipment.state = .created
            try await book.keep(shipment, insteadOf: before, of: order, by: principal.actor, in: work)
        }
        return ShipmentDetails(shipment: shipment, lines: lines, parcels: parcels, events: [])
    }

    private func document(
        _ new: NewShipment, of id: ID<VendorOrder>, by principal: Principal, in work: UnitOfWork
    ) async throws -> DocumentDetails {
        switch new.goods {
        case .lines(let lines):
            return try await pack(NewPacking(lines: lines, location: new.location), of: id, by: principal, in: work)
        case .document(let document):
            let found = try await IssuedDocumentStore().details(document, visibleTo: principal.visibility, in: work)
            guard let found, found.document.vendorOrder == id, found.document.type != .creditNote,
                found.document.cancelledAt == nil
            else {
                throw Problem.invalidInput([
                    FieldProblem(
                        pointer: "/document_id", code: "unknown", message: "must be what was packed of the vendor order"
                    )
                ])
            }
            // Whoever else ships it waits for the order.
            _ = try await OrderLocks().lockWithLines(found.document.order, in: work)
            guard try await contents.isFree(document, in: work) else { throw Problem.alreadyShipped }
            return found
        }
    }

    private func parcels(
        _ new: NewShipment, _ lines: [ShipmentLine], of order: OrderWithLines, in work: UnitOfWork
    ) async throws -> [Parcel] {
        if let parcels = new.parcels {
            try Parcel.check(parcels)
            return parcels
        }
        guard let weight = try await contents.weight(of: lines, in: order, in: work) else {
            throw Problem.invalidInput([
                FieldProblem(pointer: "/parcels", code: "required", message: "the goods' weight is not known")
            ])
        }
        let parcel = Parcel(weightGrams: weight)
        try Parcel.check([parcel])
        return [parcel]
    }

    /// What of an order's open money this shipment brings: its share, and the last one the rest.
    private func cod(
        of document: DocumentDetails, _ lines: [ShipmentLine], _ order: OrderWithLines, in work: UnitOfWork
    ) async throws -> Money {
        let none = Money.zero(document.document.total.currency)
        guard order.order.paymentMethod == .cashOnDelivery,
            let open = try await PaymentDemandStore().demands(of: order.order.id, in: work).first(where: \.isOpen)
        else { return none }
        let others = try await contents.standing(of: order.order.id, in: work)
        let rest = max(0, open.amount.minorUnits - others.cod)
        let isLast = order.lines.allSatisfy { line in
            guard line.kind == .physical else { return true }
            let own = lines.first { $0.line == line.id }?.units.count ?? 0
            return (others.units[line.id] ?? 0) + own >= line.quantity - line.cancelled
        }
        guard !isLast else { return Money(minorUnits: rest, currency: none.currency) }
        let total = Int128(max(1, order.order.total.minorUnits))
        let share = Int128(open.amount.minorUnits) * Int128(document.document.total.minorUnits) / total
        return Money(minorUnits: min(rest, Int64(clamping: share)), currency: none.currency)
    }

    private func tell(_ shipment: Shipment, by actor: AuditActor, in work: UnitOfWork) async throws {
        try await book.audit.append(
            AuditEntry(
                actor: actor, action: "shipment.created", subject: shipment.id,
                payload: [
                    "order_id": .string("\(shipment.order)"), "vendor_order_id": .string("\(shipment.vendorOrder)"),
                    "document_id": .string("\(shipment.document)"), "courier": .string(shipment.courier.rawValue),
                    "cod_minor": .integer(shipment.cod.minorUnits),
                    "currency": .string(shipment.cod.currency.code),
                ]), in: work)
        try work.publish(
            ShipmentCreated(
                shipmentID: shipment.id, orderID: shipment.order, vendorOrderID: shipment.vendorOrder,
                vendorID: shipment.vendor, courier: shipment.courier.rawValue))
    }
}

extension Courier {
    /// - Throws: a 422 ``Problem`` where it can't carry this.
    fileprivate func check(_ request: ShipmentRequest) throws(Problem) {
        guard let reason = objection(to: request) else { return }
        throw .invalidInput([FieldProblem(pointer: "/courier", code: "not_carried", message: reason)])
    }
}

extension Parcel {
    fileprivate static func check(_ parcels: [Parcel]) throws(Problem) {
        var check = InputCheck()
        check.number("/parcels", parcels.count, in: 1...mostPerShipment)
        for (index, parcel) in parcels.prefix(mostPerShipment).enumerated() {
            check.number("/parcels/\(index)/weight_grams", parcel.weightGrams, in: weightGrams)
            guard let size = parcel.size else { continue }
            check.number("/parcels/\(index)/length_mm", size.lengthMillimetres, in: sideMillimetres)
            check.number("/parcels/\(index)/width_mm", size.widthMillimetres, in: sideMillimetres)
            check.number("/parcels/\(index)/height_mm", size.heightMillimetres, in: sideMillimetres)
        }
        try check.finish()
    }
}

extension Order {
    /// - Throws: a 409 ``Problem`` where its goods are not to leave (any more).
    fileprivate func checkMayLeave() throws(Problem) {
        guard (isPaid || confirmedAt != nil) && (state == .open || state == .completed) else {
            var problem = Problem.conflict(
                "order-not-ready", title: "The order is not to be packed",
                detail: "Its goods leave once it is paid, and not after it was cancelled or refunded")
            problem.extensions["status"] = .string(status.rawValue)
            throw problem
        }
    }

    /// Whom couriers bring it to, with a telephone number where any is known.
    var recipient: ShippingAddress? {
        guard let address = shippingAddress, address.phone == nil, let phone = customer.phone else {
            return shippingAddress
        }
        return ShippingAddress(
            name: address.name, latinName: address.latinName, line1: address.line1, line2: address.line2,
            landmark: address.landmark, city: address.city, region: address.region, regionCode: address.regionCode,
            postalCode: address.postalCode, country: address.country, phone: phone.rawValue,
            alternatePhone: address.alternatePhone)
    }
}

extension DocumentDetails {
    /// The goods that it is about.
    fileprivate func shipmentLines(of order: OrderWithLines) -> [ShipmentLine] {
        let physical = Set(order.lines.filter { $0.kind == .physical }.map(\.id))
        return content.lines.compactMap { line in
            guard let id = line.orderLine.flatMap({ ID<OrderLine>($0) }), physical.contains(id), !line.ranges.isEmpty
            else { return nil }
            return ShipmentLine(line: id, units: line.ranges)
        }
    }
}

extension Shipment.Promise {
    /// Business days from now on, in the calendar of where it goes; nil where nothing was promised.
    fileprivate init?(_ promise: DeliveryPromise?, from now: Date, to country: String) {
        guard let promise else { return nil }
        let market = Market(rawValue: country)
        let today = market.map { CivilDate(now, in: $0) } ?? CivilDate(utc: now)
        self.init(
            from: today.adding(businessDays: promise.earliest, in: market),
            until: today.adding(businessDays: promise.latest, in: market))
    }
}

extension CivilDate {
    /// UNCONFIRMED: couriers rest on Fridays in Bangladesh, elsewhere on Sundays; other holidays are not known.
    fileprivate func adding(businessDays: Int, in market: Market?) -> CivilDate {
        let rest = market == .bangladesh ? 5 : 0
        var day = self
        for _ in 0..<max(0, businessDays) {
            repeat { day = CivilDate(daysSinceEpoch: day.daysSinceEpoch + 1) } while day.weekday == rest
        }
        return day
    }
}

extension Problem {
    fileprivate static let nothingToShip = conflict(
        "nothing-to-ship", title: "There is nothing to ship",
        detail: "None of it is goods, or the order has no address")

    static let alreadyShipped = conflict(
        "already-shipped", title: "It is shipped already",
        detail: "What was packed travels once at a time: again after its shipment was cancelled or has come back")
}
