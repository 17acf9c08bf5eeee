import Core
import Documents
import Endpoints
import Foundation
import Orders
import Shipments
import Vendors

struct ShipmentCreateInput: APIInput {
    let shipment: NewShipment

    init(_ fields: inout Fields) {
        let document = fields.optional(
            "document_id", .id(IssuedDocument.self), "What was packed before; left out: it is packed now")
        let lines = fields.optional(
            "lines", .array(of: .object(ChosenLineInput.self), count: NewOrder.lineCount),
            "What is packed; left out: all that is left")?.map(\.line)
        shipment = NewShipment(
            goods: document.map(NewShipment.Goods.document) ?? .lines(lines),
            location: fields.optional(
                "location_id", .id(PickupLocation.self), "Where the goods leave from; left out: the usual place"),
            courier: fields.optional(
                "courier", .text(TextRule(1...41, .line)),
                "As `GET /couriers` names it, or `own_delivery`; left out: the only one there is",
                example: "own_delivery"
            ).map { CourierName(rawValue: $0) },
            parcels: fields.optional(
                "parcels", .array(of: .object(ParcelCreateInput.self), count: 1...Parcel.mostPerShipment),
                "Left out: one that weighs what its goods weigh")?.map(\.parcel))
    }
}

struct ParcelCreateInput: APIInput {
    let parcel: Parcel

    init(_ fields: inout Fields) {
        parcel = Parcel(
            weightGrams: fields.required(
                "weight_grams", .integer(Parcel.weightGrams), "With its packaging", example: 500),
            size: fields.optional("size", .object(ParcelSizeCreateInput.self), "Left out: it was not measured")?.size)
    }
}

struct ParcelSizeCreateInput: APIInput {
    let size: Parcel.Size

    init(_ fields: inout Fields) {
        size = Parcel.Size(
            lengthMillimetres: fields.required(
                "length_mm", .integer(Parcel.sideMillimetres), "The longest side", example: 300),
            widthMillimetres: fields.required(
                "width_mm", .integer(Parcel.sideMillimetres), "The next one", example: 200),
            heightMillimetres: fields.required(
                "height_mm", .integer(Parcel.sideMillimetres), "The shortest one", example: 100))
    }
}

struct ShipmentEventCreateInput: APIInput {
    let event: NewShipmentEvent

    init(_ fields: inout Fields) {
        event = NewShipmentEvent(
            state: fields.required(
                "state", .oneOf(ShipmentState.self), "Where it is; not every one can be told", example: .pickedUp),
            occurredAt: fields.optional("occurred_at", .date, "When that happened; left out: now"),
            note: fields.optional("note", .text(NewShipmentEvent.note), "For the customer", default: ""),
            collected: fields.optional(
                "collected_minor", .integer(0...1_000_000_000_000),
                "What was taken in cash; left out: what was to be collected"))
    }
}

struct ShipmentsQuery: APIInput {
    let filter: ShipmentFilter
    let page: PageRequest

    init(_ fields: inout Fields) {
        filter = ShipmentFilter(
            order: fields.optional("order_id", .id(Order.self), "Only those of an order"),
            vendorOrder: fields.optional("vendor_order_id", .id(VendorOrder.self), "Only those of a vendor’s part"),
            state: fields.optional("state", .oneOf(ShipmentState.self), "Only those that are there"),
            courier: fields.optional("courier", .text(TextRule(1...41, .line)), "Only those that it carries").map {
                CourierName(rawValue: $0)
            },
            code: fields.optional("code", .text(TextRule(1...100, .line)), "An AWB or a number"),
            isInTrouble: fields.optional(
                "in_trouble", .boolean, "Only those that their courier has not taken on or further", default: false))
        page = fields.page()
    }
}

struct LabelQuery: APIInput {
    let parcel: Int

    init(_ fields: inout Fields) {
        parcel = fields.optional(
            "parcel", .integer(1...Parcel.mostPerShipment), "Which of its parcels, from 1", default: 1)
    }
}

struct TrackingQuery: APIInput {
    let language: TrackingLanguage

    init(_ fields: inout Fields) {
        language = fields.optional(
            "language", .oneOf(TrackingLanguage.self), "Of the words for where a parcel is", default: .english)
    }
}
