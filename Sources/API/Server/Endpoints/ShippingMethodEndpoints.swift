import Core
import Endpoints
import Foundation
import HTTPTypes
import Identity
import Shipping
import Vendors

/// The methods of shipping zones.
enum ShippingMethodEndpoints {
    static let all: [Endpoint] = [add, update, remove]

    static let add = Endpoint(
        .post, "/shipping_zones/{zone_id}/methods", ID<ShippingZone>.self, tag: .shipping,
        summary: "Add a method of shipping",
        description: """
            A charge is `flat`, by `weight` (each band holds up to its bound in grams) or by `subtotal` (each band holds from its bound \
            in minor units on, so that shipping can be free from some sum on).
            """,
        policy: .require(.shippingManage, on: .vendor), idempotency: .required, body: ShippingMethodCreateInput.self,
        returns: .created(ShippingMethodView.self, version: \.method.version)
    ) { request, work, services in
        ShippingMethodView(
            method: try await services.shipping.keepMethods.add(
                request.body.terms, to: request.path, by: request.principal, in: work))
    }

    static let update = Endpoint(
        .patch, "/shipping_methods/{method_id}", ID<ShippingMethod>.self, tag: .shipping,
        summary: "Edit a method of shipping", description: "What is left out stays as it is.",
        policy: .require(.shippingManage, on: .vendor), edit: .ifMatch, body: ShippingMethodUpdateInput.self,
        returns: .ok(ShippingMethodView.self, version: \.method.version)
    ) { request, work, services in
        ShippingMethodView(
            method: try await services.shipping.keepMethods.update(
                request.path, version: request.expectedVersion, by: request.principal, in: work,
                request.body.apply(to:)))
    }

    static let remove = Endpoint(
        .delete, "/shipping_methods/{method_id}", ID<ShippingMethod>.self, tag: .shipping,
        summary: "Remove a method of shipping", description: "Orders keep what they were charged.",
        policy: .require(.shippingManage, on: .vendor), returns: .noContent
    ) { request, work, services in
        try await services.shipping.keepMethods.remove(request.path, by: request.principal, in: work)
        return NoContent()
    }
}

struct ShippingMethodCreateInput: APIInput {
    let terms: ShippingTerms

    init(_ fields: inout Fields) {
        terms = ShippingTerms(
            name: fields.required("name", .text(ShippingTerms.name), "As customers read it", example: "Standard"),
            way: fields.optional(
                "pickup_location_id", .id(PickupLocation.self),
                "Where the customer fetches the goods; left out: they are delivered"
            ).map(ShippingTerms.Way.pickup) ?? .delivery,
            unit: fields.optional(
                "charged_per", .oneOf(ShippingTerms.Unit.self),
                "Whether each vendor’s parcel is charged, or the order once", default: .vendor),
            charge: fields.required("charge", .object(ShippingChargeCreateInput.self), "What it costs").charge,
            largestGrams: fields.optional(
                "largest_grams", .integer(ShippingTerms.largestGrams), "Of one parcel; left out: any weight",
                example: 8_000),
            promise: fields.optional("promise", .object(DeliveryPromiseCreateInput.self), "When the goods are there")?
                .promise,
            cashOnDelivery: fields.optional(
                "cash_on_delivery", .object(CashOnDeliveryTermsCreateInput.self), "Left out: no cash is collected")?
                .terms,
            isActive: fields.optional("is_active", .boolean, "Whether it is offered", default: true),
            validFrom: fields.optional("valid_from", .date, "From when on it is offered"),
            validUntil: fields.optional("valid_until", .date, "From when on it is not any more"))
    }
}

struct ShippingMethodUpdateInput: APIInput {
    private let name: Change<String>
    private let location: Change<ID<PickupLocation>?>
    private let unit: Change<ShippingTerms.Unit>
    private let charge: Change<ShippingChargeCreateInput>
    private let largestGrams: Change<Int64?>
    private let promise: Change<DeliveryPromiseCreateInput?>
    private let cashOnDelivery: Change<CashOnDeliveryTermsCreateInput?>
    private let isActive: Change<Bool>
    private let validFrom: Change<Date?>
    private let validUntil: Change<Date?>

    init(_ fields: inout Fields) {
        name = fields.change("name", .text(ShippingTerms.name), "As customers read it", example: "Express")
        location = fields.change(
            "pickup_location_id", .nullable(.id(PickupLocation.self)), "Where the customer fetches the goods")
        unit = fields.change(
            "charged_per", .oneOf(ShippingTerms.Unit.self), "Whether each vendor’s parcel is charged, or the order once"
        )
        charge = fields.change("charge", .object(ShippingChargeCreateInput.self), "What it costs")
        largestGrams = fields.change(
            "largest_grams", .nullable(.integer(ShippingTerms.largestGrams)), "Of one parcel; null: any weight")
        promise = fields.change(
            "promise", .nullable(.object(DeliveryPromiseCreateInput.self)), "When the goods are there")
        cashOnDelivery = fields.change(
            "cash_on_delivery", .nullable(.object(CashOnDeliveryTermsCreateInput.self)), "Null: no cash is collected")
        isActive = fields.change("is_active", .boolean, "Whether it is offered")
        validFrom = fields.change("valid_from", .nullable(.date), "From when on it is offered")
        validUntil = fields.change("valid_until", .nullable(.date), "From when on it is not any more")
    }

    func apply(to terms: inout ShippingTerms) {
        terms.name = name.applied(to: terms.name)
        if let location = location.value { terms.way = location.map(ShippingTerms.Way.pickup) ?? .delivery }
        terms.unit = unit.applied(to: terms.unit)
        if let charge = charge.value { terms.charge = charge.charge }
        terms.largestGrams = largestGrams.applied(to: terms.largestGrams)
        if let promise = promise.value { terms.promise = promise?.promise }
        if let cash = cashOnDelivery.value { terms.cashOnDelivery = cash?.terms }
        terms.isActive = isActive.applied(to: terms.isActive)
        terms.validFrom = validFrom.applied(to: terms.validFrom)
        terms.validUntil = validUntil.applied(to: terms.validUntil)
    }
}

struct ShippingChargeCreateInput: APIInput {
    let charge: ShippingCharge

    init(_ fields: inout Fields) {
        let currency = fields.required("currency", .currency, "ISO 4217", example: .bdt)
        let basis = fields.required(
            "basis", .oneOf(ShippingCharge.Basis.self), "What it goes by", example: .subtotal)
        let bands = fields.required(
            "bands", .array(of: .object(ShippingBandCreateInput.self), count: ShippingCharge.bandCount),
            "In the order of their bounds; of a flat charge one, with the bound 0"
        ).map(\.band)
        charge = ShippingCharge(
            currency: currency, basis: basis, bands: bands,
            step: fields.optional(
                "step", .object(ShippingStepCreateInput.self),
                "For each further so many grams beyond the last band; left out: nothing heavier goes")?.step)
    }
}

struct ShippingBandCreateInput: APIInput {
    let band: ShippingCharge.Band

    init(_ fields: inout Fields) {
        band = ShippingCharge.Band(
            bound: fields.required(
                "bound", .integer(ShippingCharge.bound), "Grams, or minor units of the subtotal", example: 0),
            amount: fields.required(
                "amount_minor", .integer(ShippingCharge.amount), "What is charged, in minor units", example: 4_900))
    }
}

struct ShippingStepCreateInput: APIInput {
    let step: ShippingCharge.Step

    init(_ fields: inout Fields) {
        step = ShippingCharge.Step(
            grams: fields.required("grams", .integer(ShippingCharge.stepGrams), "Each begun so many", example: 1_000),
            amount: fields.required(
                "amount_minor", .integer(ShippingCharge.amount), "What is charged for them", example: 2_000))
    }
}

struct DeliveryPromiseCreateInput: APIInput {
    let promise: DeliveryPromise

    init(_ fields: inout Fields) {
        promise = DeliveryPromise(
            earliest: fields.required(
                "earliest_days", .integer(DeliveryPromise.days), "Business days at least", example: 2),
            latest: fields.required(
                "latest_days", .integer(DeliveryPromise.days), "Business days at most", example: 5))
    }
}

struct CashOnDeliveryTermsCreateInput: APIInput {
    let terms: CashOnDeliveryTerms

    init(_ fields: inout Fields) {
        terms = CashOnDeliveryTerms(
            fee: fields.required("fee", .money(), "What collecting costs at least; may be nothing"),
            feeRate: Rate(
                partsPerMillion: fields.optional(
                    "fee_ppm", .integer(0...Rate.whole.partsPerMillion),
                    "As a share of what is collected, where that is more", default: 0)),
            limit: fields.optional("limit", .money(), "What is collected at most"))
    }
}

struct ShippingMethodView: APIOutput {
    let method: ShippingMethod

    static let example = ShippingMethodView(
        method: ShippingMethod(
            id: .example, zone: .example,
            terms: ShippingTerms(
                name: "Standard",
                charge: ShippingCharge(
                    currency: .bdt, basis: .subtotal,
                    bands: [.init(bound: 0, amount: 4_900), .init(bound: 99_900, amount: 0)]),
                promise: DeliveryPromise(earliest: 2, latest: 5),
                cashOnDelivery: CashOnDeliveryTerms(fee: .example)), createdAt: .example))

    func write(to out: inout ObjectWriter) {
        let terms = method.terms
        out.field("id", method.id)
        out.field("zone_id", method.zone)
        out.field("name", terms.name, "As customers read it")
        out.field("pickup_location_id", terms.way.location, "Null: the goods are delivered")
        out.field("charged_per", terms.unit, "Whether each vendor’s parcel is charged, or the order once")
        out.field("charge", ShippingChargeView(charge: terms.charge))
        out.field("largest_grams", terms.largestGrams, "Of one parcel; null: any weight")
        out.field("promise", terms.promise.map(DeliveryPromiseView.init))
        out.field(
            "cash_on_delivery", terms.cashOnDelivery.map(CashOnDeliveryTermsView.init), "Null: no cash is collected")
        out.field("is_active", terms.isActive, "Whether it is offered")
        out.field("valid_from", terms.validFrom)
        out.field("valid_until", terms.validUntil)
        out.field("version", method.version, "Grows with every edit; also the ETag")
        out.field("created_at", method.createdAt)
    }
}

struct ShippingChargeView: APIOutput {
    let charge: ShippingCharge

    static let example = ShippingChargeView(charge: ShippingMethodView.example.method.terms.charge)

    func write(to out: inout ObjectWriter) {
        out.field("currency", charge.currency.code)
        out.field("basis", charge.basis)
        out.field("bands", charge.bands.map(ShippingBandView.init))
        out.field("step", charge.step.map(ShippingStepView.init))
    }
}

struct ShippingBandView: APIOutput {
    let band: ShippingCharge.Band

    static let example = ShippingBandView(band: ShippingCharge.Band(bound: 0, amount: 4_900))

    func write(to out: inout ObjectWriter) {
        out.field("bound", band.bound, "Grams, or minor units of the subtotal")
        out.field("amount_minor", band.amount)
    }
}

struct ShippingStepView: APIOutput {
    let step: ShippingCharge.Step

    static let example = ShippingStepView(step: ShippingCharge.Step(grams: 1_000, amount: 2_000))

    func write(to out: inout ObjectWriter) {
        out.field("grams", step.grams)
        out.field("amount_minor", step.amount)
    }
}

struct DeliveryPromiseView: APIOutput {
    let promise: DeliveryPromise

    static let example = DeliveryPromiseView(promise: DeliveryPromise(earliest: 2, latest: 5))

    func write(to out: inout ObjectWriter) {
        out.field("earliest_days", promise.earliest, "Business days")
        out.field("latest_days", promise.latest)
    }
}

struct CashOnDeliveryTermsView: APIOutput {
    let terms: CashOnDeliveryTerms

    static let example = CashOnDeliveryTermsView(terms: CashOnDeliveryTerms(fee: .example))

    func write(to out: inout ObjectWriter) {
        out.field("fee", terms.fee, "What collecting costs at least")
        out.field("fee_ppm", terms.feeRate.partsPerMillion, "As a share of what is collected, where that is more")
        out.field("limit", terms.limit, "What is collected at most; null: any sum")
    }
}
