import Core
import Endpoints
import Foundation
import Orders
import Shipments
import Values

struct ShipmentView: APIOutput {
    let shipment: Shipment

    static let example = ShipmentView(shipment: .example)

    func write(to out: inout ObjectWriter) { shipment.write(to: &out) }
}

struct ShipmentDetailsView: APIOutput {
    let details: ShipmentDetails

    static let example = ShipmentDetailsView(
        details: ShipmentDetails(
            shipment: .example, lines: [ShipmentLine(line: .example, units: UnitRanges([0..<1]))],
            parcels: [Parcel(weightGrams: 500)], events: [ShipmentEventView.example.event]))

    func write(to out: inout ObjectWriter) {
        details.shipment.write(to: &out)
        out.field("lines", details.lines.map(ShipmentLineView.init), "What lies in it")
        out.field("parcels", details.parcels.map(ParcelView.init))
        out.field("events", details.events.map(ShipmentEventView.init), "What was said of it, the earliest first")
    }
}

struct ShipmentLineView: APIOutput {
    let line: ShipmentLine

    static let example = ShipmentLineView(line: ShipmentLine(line: .example, units: UnitRanges([0..<1])))

    func write(to out: inout ObjectWriter) {
        out.field("line_id", line.line)
        out.field("quantity", line.units.count)
    }
}

struct ParcelView: APIOutput {
    let parcel: Parcel

    static let example = ParcelView(parcel: Parcel(weightGrams: 500))

    func write(to out: inout ObjectWriter) {
        out.field("weight_grams", Int64(parcel.weightGrams))
        out.field("length_mm", parcel.size.map { Int64($0.lengthMillimetres) })
        out.field("width_mm", parcel.size.map { Int64($0.widthMillimetres) })
        out.field("height_mm", parcel.size.map { Int64($0.heightMillimetres) })
        out.field(
            "volumetric_grams", parcel.volumetricGrams().map { Int64($0) },
            "What couriers charge for where that is more than it weighs, at 5,000 cubic centimetres for a kilogram")
    }
}

struct ShipmentEventView: APIOutput {
    let event: ShipmentEvent

    static let example = ShipmentEventView(
        event: ShipmentEvent(
            source: .push, state: .inTransit, moved: true, rawStatus: "pending",
            message: "Consignment has been accepted.",
            occurredAt: .example, recordedAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("source", event.source)
        out.field("state", event.state, "null for news without one, and for words of the courier’s that are not known")
        out.field("moved", event.moved, "Whether that moved the shipment")
        out.field("raw_status", event.rawStatus, "The courier’s own word")
        out.field("message", event.message)
        out.field("place", event.place)
        out.field("occurred_at", event.occurredAt)
        out.field("recorded_at", event.recordedAt)
    }
}

struct ShipmentLabelView: APIOutput {
    let pdf: [UInt8]

    static let example = ShipmentLabelView(pdf: Array("%PDF-1.5".utf8))

    func write(to out: inout ObjectWriter) {
        out.field("content_type", "application/pdf")
        out.field("content", Data(pdf).base64EncodedString(), "The file, in Base64")
    }
}

struct ShipmentTroubleView: APIOutput {
    let trouble: Shipment.Trouble

    static let example = ShipmentTroubleView(
        trouble: Shipment.Trouble(kind: .unavailable, detail: "unavailable: status 502"))

    func write(to out: inout ObjectWriter) {
        out.field("kind", trouble.kind)
        out.field("detail", trouble.detail)
    }
}

struct TrackedShipmentView: APIOutput {
    let tracked: TrackedShipment
    let language: TrackingLanguage

    static let example = TrackedShipmentView(
        tracked: TrackedShipment(shipment: .example, steps: [ShipmentEventView.example.event]), language: .english)

    func write(to out: inout ObjectWriter) {
        let shipment = tracked.shipment
        out.field("number", shipment.number)
        out.field("vendor_order_id", shipment.vendorOrder)
        out.field("courier", shipment.courier.rawValue)
        out.field("tracking_code", shipment.names.trackingCode)
        out.field("state", shipment.state)
        out.field("words", shipment.state.words(in: language), "The state in plain words")
        out.field("promised_from", shipment.promise?.from.iso8601)
        out.field("promised_until", shipment.promise?.until.iso8601)
        out.field("expected_at", shipment.expectedAt, "When it is to arrive, by what the courier says")
        out.field("delivered_at", shipment.deliveredAt)
        out.field("steps", tracked.steps.map { TrackingStepView(step: $0, language: language) }, "The earliest first")
    }
}

struct TrackingStepView: APIOutput {
    let step: ShipmentEvent
    let language: TrackingLanguage

    static let example = TrackingStepView(step: ShipmentEventView.example.event, language: .english)

    func write(to out: inout ObjectWriter) {
        out.field("state", step.state)
        out.field("words", step.state?.words(in: language) ?? "")
        out.field("place", step.place)
        out.field("occurred_at", step.occurredAt)
    }
}

struct CourierView: APIOutput {
    let courier: CourierDescription
    /// nil for those who are not told.
    let health: CourierHealth?

    static let example = CourierView(
        courier: CourierDescription(
            name: CourierName(rawValue: "steadfast"), title: "Steadfast Courier", webhookPath: "/webhooks/steadfast",
            capabilities: [.balance], lacking: [.label: "Steadfast draws no labels by API"]),
        health: CourierHealth(answeredAt: .example, balance: .example, balanceAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("name", courier.name.rawValue, "What a shipment names it by")
        out.field("title", courier.title, "For people")
        out.field("webhook_path", courier.webhookPath, "Where its pushes come in, below the public address")
        out.field(
            "capabilities",
            CourierCapability.allCases.map { CourierCapabilityView(capability: $0, of: courier) })
        out.field("health", health.map(CourierHealthView.init))
    }
}

struct CourierCapabilityView: APIOutput {
    let capability: CourierCapability
    let isSupported: Bool
    let reason: String?

    init(capability: CourierCapability, of courier: CourierDescription) {
        self.capability = capability
        isSupported = courier.capabilities.contains(capability)
        reason = courier.lacking[capability]
    }

    static let example = CourierCapabilityView(capability: .label, of: CourierView.example.courier)

    func write(to out: inout ObjectWriter) {
        out.field("name", capability)
        out.field("is_supported", isSupported)
        out.field("reason", reason, "Why not")
    }
}

struct CourierHealthView: APIOutput {
    let health: CourierHealth

    static let example = CourierHealthView(
        health: CourierHealth(answeredAt: .example, balance: .example, balanceAt: .example))

    func write(to out: inout ObjectWriter) {
        out.field("held_until", health.heldUntil, "Until then nobody asks it")
        out.field("hold_reason", health.holdReason)
        out.field("answered_at", health.answeredAt)
        out.field("failed_at", health.failedAt)
        out.field("failure", health.failure)
        out.field("balance", health.balance, "Of our account there")
        out.field("balance_at", health.balanceAt)
    }
}

extension Shipment {
    fileprivate static let example = Shipment(
        id: .example, order: .example, vendorOrder: .example, vendor: .example, document: .example,
        number: "H100001-1-1", courier: CourierName(rawValue: "steadfast"), location: nil, state: .inTransit,
        stateSince: .example, booking: 1, reference: "H100001-1-1",
        names: CourierNames(consignment: "1424107", trackingCode: "15BAEB8A"), declared: .example, cod: .example,
        promise: nil, attempts: 0, handedOverAt: .example, heardAt: .example, createdAt: .example)

    fileprivate func write(to out: inout ObjectWriter) {
        out.field("id", id)
        out.field("number", number, "For people")
        out.field("order_id", order)
        out.field("vendor_order_id", vendorOrder)
        out.field("vendor_id", vendor)
        out.field("document_id", document, "What was issued for the goods")
        out.field("courier", courier.rawValue)
        out.field("location_id", location, "Where the goods leave from")
        out.field("state", state)
        out.field("state_since", stateSince)
        out.field("reference", reference, "What the courier knows it by from us")
        out.field("consignment_id", names.consignment, "What the courier calls it")
        out.field("courier_order_id", names.order)
        out.field("tracking_code", names.trackingCode, "What people track it by: the AWB")
        out.field("service", serviceName, "Which of the courier’s services carries it")
        out.field("declared", declared, "What the goods are worth")
        out.field("cod", cod, "What is to be collected")
        out.field("collected", collected, "What was")
        out.field("courier_charge", charge, "What the courier takes for the delivery")
        out.field("cod_fee", codFee, "What it takes for collecting")
        out.field("promised_from", promise?.from.iso8601, "By what the customer was promised")
        out.field("promised_until", promise?.until.iso8601)
        out.field("expected_at", expectedAt, "By what the courier says")
        out.field(
            "trouble", trouble.map(ShipmentTroubleView.init),
            "Why the courier has not taken it on, or the next step is not taken")
        out.field("attempts", Int64(attempts), "How often the courier was asked since it last went on")
        out.field("next_attempt_at", nextAttemptAt)
        out.field("handed_over_at", handedOverAt, "When the goods left the vendor")
        out.field("delivered_at", deliveredAt)
        out.field("closed_at", closedAt)
        out.field("created_at", createdAt)
    }
}
