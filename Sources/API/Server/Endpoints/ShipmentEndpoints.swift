import Core
import Endpoints
import HTTPTypes
import Identity
import Orders
import Postgres
import Shipments

extension EndpointTag {
    static let shipments = EndpointTag(
        "Shipments", "Parcels on their way: who carries them, where they are, and what keeps them.")
}

extension ProblemType {
    static let nothingToShip = ProblemType(
        "nothing-to-ship", 409, "There is nothing to ship", "None of it is goods, or the order has no address.")
    static let alreadyShipped = ProblemType(
        "already-shipped", 409, "It is shipped already",
        "What was packed travels once at a time: again after its shipment was cancelled or has come back.")
    static let shipmentState = ProblemType(
        "shipment-state", 409, "The shipment’s state does not allow this", "`state` says where it is.")
    static let shipmentInDoubt = ProblemType(
        "shipment-in-doubt", 409, "The courier may have it",
        "It is being asked, or was and did not say what came of it. Try again when that is known.")
    static let notOwnDelivery = ProblemType(
        "not-own-delivery", 409, "A courier carries it", "Where it is, the courier tells.")
    static let courierSwitchedOff = ProblemType(
        "courier-switched-off", 409, "The courier is switched off", "It can’t be asked any more.")
    static let courierCapabilityLacking = ProblemType(
        "courier-capability-lacking", 409, "The courier can’t do this", "`GET /couriers` says what each can do.")
    static let courierRefused = ProblemType(
        "courier-refused", 409, "The courier has refused", "What it has said stands in the detail.")
    static let courierUnavailable = ProblemType(
        "courier-unavailable", 503, "The courier gave no usable answer", "Nothing is lost; repeat the request later.")
}

/// Parcels on their way.
enum ShipmentEndpoints {
    static let all: [Endpoint] = [create, list, read, callOff, retry, report, label, trackOrder, listCouriers]

    static let create = Endpoint(
        .post, "/vendor_orders/{vendor_order_id}/shipments", ID<VendorOrder>.self, tag: .shipments,
        summary: "Have goods of a vendor’s part of an order carried",
        description: """
            Packs them, which issues the document that goes with them, unless that was done before. The courier is told by a job: one \
            that can’t be reached holds nothing up, and is asked again.
            """,
        policy: .require(.shipmentsManage, on: .vendorOrder), idempotency: .required, body: ShipmentCreateInput.self,
        returns: .created(ShipmentDetailsView.self, location: { "/shipments/\($0.details.shipment.id)" }),
        problems: [
            .orderNotReady, .nothingToPack, .nothingToShip, .alreadyShipped, .stockLacking, .vendorUnidentified,
            .vendorAddressMissing, .buyerAddressRequired, .documentRuleMissing, .documentSeriesFull,
        ]
    ) { request, work, services in
        ShipmentDetailsView(
            details: try await services.shipments.createShipment(
                request.body.shipment, of: request.path, by: request.principal, in: work))
    }

    static let list = Endpoint(
        .get, "/shipments", tag: .shipments, summary: "List shipments, newest first",
        description: "With `code`, those with this AWB or number.",
        policy: .require(.shipmentsRead, on: .shipment), query: ShipmentsQuery.self,
        returns: .page(of: ShipmentView.self)
    ) { request, services in
        let page = try await services.shipments.store.shipments(
            request.query.filter, page: request.query.page, visibleTo: request.principal.visibility,
            in: services.postgres)
        return PageOutput(page.map(ShipmentView.init))
    }

    static let read = Endpoint(
        .get, "/shipments/{shipment_id}", ID<Shipment>.self, tag: .shipments,
        summary: "Read a shipment with its units, its parcels and what was said of it",
        policy: .require(.shipmentsRead, on: .shipment), returns: .ok(ShipmentDetailsView.self)
    ) { request, services in
        let details = try await services.shipments.store.details(
            request.path, visibleTo: request.principal.visibility, in: services.postgres)
        guard let details else { throw Problem.notFound("shipment") }
        return ShipmentDetailsView(details: details)
    }

    static let callOff = Endpoint(
        .post, "/shipments/{shipment_id}/cancel", ID<Shipment>.self, tag: .shipments,
        summary: "Call off a shipment before its goods leave",
        description:
            "With the courier, where it knows of it. What was packed can be shipped anew. Again it changes nothing.",
        policy: .require(.shipmentsManage, on: .shipment), lease: .required, returns: .ok(ShipmentView.self),
        problems: [
            .shipmentState, .shipmentInDoubt, .courierSwitchedOff, .courierCapabilityLacking, .courierRefused,
            .courierUnavailable,
        ]
    ) { request, claim, services in
        let callOff = services.shipments.callOff
        let clearance = try await callOff.clear(request.path, by: request.principal, in: claim)
        return try await claim.finish { work in
            ShipmentView(
                shipment: try await callOff(request.path, with: clearance, by: request.principal, in: work))
        }
    }

    static let retry = Endpoint(
        .post, "/shipments/{shipment_id}/retry", ID<Shipment>.self, tag: .shipments,
        summary: "Have the courier asked again at once",
        description: "It carries nothing twice by that: what may be there is looked up before.",
        policy: .require(.shipmentsManage, on: .shipment), returns: .ok(ShipmentView.self),
        problems: [.shipmentState, .courierSwitchedOff]
    ) { request, work, services in
        ShipmentView(
            shipment: try await services.shipments.retry(request.path, by: request.principal, in: work))
    }

    static let report = Endpoint(
        .post, "/shipments/{shipment_id}/events", ID<Shipment>.self, tag: .shipments,
        summary: "Say where a shipment is that its vendor brings",
        description: "The same state again changes nothing.",
        policy: .require(.shipmentsManage, on: .shipment), body: ShipmentEventCreateInput.self,
        returns: .ok(ShipmentView.self), problems: [.shipmentState, .notOwnDelivery]
    ) { request, work, services in
        ShipmentView(
            shipment: try await services.shipments.reportOwnDelivery(
                request.body.event, of: request.path, by: request.principal, in: work))
    }

    static let label = Endpoint(
        .get, "/shipments/{shipment_id}/label", ID<Shipment>.self, tag: .shipments,
        summary: "Draw the label of a shipment’s parcel",
        description: """
            A PDF of four inches by six with recipient, sender, what is to be collected, and the AWB to scan, or the shipment’s number \
            where it has none yet.
            """,
        policy: .require(.shipmentsRead, on: .shipment), query: LabelQuery.self, returns: .ok(ShipmentLabelView.self),
        problems: [.shipmentState]
    ) { request, services in
        ShipmentLabelView(
            pdf: try await services.shipments.drawLabel(
                request.path, parcel: request.query.parcel, by: request.principal))
    }

    static let trackOrder = Endpoint(
        .get, "/orders/{order_id}/tracking", ID<Order>.self, tag: .shipments,
        summary: "Where the parcels of an order are", description: "In plain words.",
        policy: .require(.ordersRead, on: .order, .storefront), query: TrackingQuery.self,
        returns: .page(of: TrackedShipmentView.self)
    ) { request, services in
        let reach = request.principal.visibility
        guard try await services.commerce.orders.order(request.path, visibleTo: reach, in: services.postgres) != nil
        else { throw Problem.notFound("order") }
        let tracked = try await services.shipments.store.tracking(of: request.path, in: services.postgres)
        let language = request.query.language
        return PageOutput(
            Page(items: tracked.map { TrackedShipmentView(tracked: $0, language: language) }, next: nil))
    }

    static let listCouriers = Endpoint(
        .get, "/couriers", tag: .shipments, summary: "List the couriers that are switched on",
        description: "With what each can do, and why not where it can’t; for the marketplace also how each does.",
        policy: .require(.shipmentsRead, on: .shipment), returns: .page(of: CourierView.self)
    ) { request, services in
        var views: [CourierView] = []
        for courier in services.couriers {
            let health =
                request.principal.visibility == .everything
                ? try await services.shipments.accounts.health(of: courier.name, in: services.postgres) : nil
            views.append(CourierView(courier: courier, health: health))
        }
        return PageOutput(Page(items: views, next: nil))
    }
}
