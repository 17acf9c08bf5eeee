/// Steadfast's objects as its API and its pushes write them.
enum SteadfastRendering {
    static func consignment(_ parcel: SteadfastParcel) -> JSON {
        [
            "consignment_id": .int(parcel.id), "invoice": .string(parcel.order.invoice),
            "tracking_code": .string(parcel.trackingCode), "recipient_name": .string(parcel.order.name),
            "recipient_phone": .string(parcel.order.phone), "recipient_address": .string(parcel.order.address),
            "cod_amount": .amount(parcel.order.codAmount), "status": .string(parcel.status),
            "note": .text(parcel.order.note), "created_at": .string(timestamp(parcel.createdAt)),
            "updated_at": .string(timestamp(parcel.updatedAt)),
        ]
    }

    /// A row of a bulk answer: the amount is a text, and a refused row gives no reason.
    static func bulkRow(_ input: JSON, _ parcel: SteadfastParcel?) -> JSON {
        [
            "invoice": .text(input["invoice"]?.looseText), "recipient_name": .text(input["recipient_name"]?.looseText),
            "recipient_address": .text(input["recipient_address"]?.looseText),
            "recipient_phone": .text(input["recipient_phone"]?.looseText),
            "cod_amount": .decimalText(input["cod_amount"]?.hundredths ?? 0), "note": .text(input["note"]?.looseText),
            "consignment_id": .integer(parcel?.id), "tracking_code": .text(parcel?.trackingCode),
            "status": parcel == nil ? "error" : "success",
        ]
    }

    static func returnRequest(_ request: SteadfastReturn) -> JSON {
        [
            "id": .int(request.id), "user_id": 1, "consignment_id": .int(request.parcel),
            "reason": .text(request.reason), "status": .string(request.status),
            "created_at": .string(timestamp(request.createdAt)), "updated_at": .string(timestamp(request.updatedAt)),
        ]
    }

    static func payment(_ payment: SteadfastPayment) -> JSON {
        [
            "payment_id": .int(payment.id), "amount": .amount(payment.amount), "method": .string(payment.method),
            "status_label": .string(payment.status), "created_at": .string(timestamp(payment.createdAt)),
            "ready_at": .string(timestamp(payment.createdAt)),
            "paid_at": .optional(payment.paidAt) { .string(timestamp($0)) },
        ]
    }

    /// A push's body. Its time is Dhaka's (UNCONFIRMED).
    static func push(_ event: SteadfastEvent, _ settings: SteadfastSettings) -> JSON {
        var body = JSONObject()
        body["notification_type"] = .string(event.kind.rawValue)
        body["consignment_id"] = .int(event.parcel)
        body["invoice"] = settings.nullInvoice ? .null : .string(event.invoice)
        if event.kind == .deliveryStatus {
            body["cod_amount"] = .decimal(event.codAmount)
            body["status"] = .string(status(event.status ?? "", settings))
            body["delivery_charge"] = .decimal(event.deliveryCharge)
        }
        body["tracking_message"] = .string(event.message)
        body["updated_at"] = .string(CivilTime(unix: event.at, offset: CivilTime.bangladesh).stamp)
        if settings.extras { body["tracking_id"] = .string(event.trackingID) }
        return .object(body)
    }

    private static func status(_ status: String, _ settings: SteadfastSettings) -> String {
        settings.titleCase ? status.prefix(1).uppercased() + status.dropFirst() : status
    }

    /// `2021-03-21T07:05:31.000000Z`
    static func timestamp(_ unix: Int) -> String {
        let time = CivilTime(unix: unix, offset: 0)
        return "\(time.date)T\(time.time).000000Z"
    }
}
