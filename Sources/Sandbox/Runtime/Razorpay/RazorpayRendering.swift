/// Razorpay's objects as JSON.
enum RazorpayRendering {
    /// `notes` is `[]` when there are none, an object otherwise.
    static func notes(_ notes: [String: String]) -> JSON { notes.isEmpty ? [] : .strings(notes) }

    static func collection(_ items: [JSON]) -> JSON {
        ["entity": "collection", "count": .int(items.count), "items": .array(items)]
    }

    static func json(_ order: RazorpayOrder) -> JSON {
        [
            "id": .string(order.id), "entity": "order", "amount": .int(order.amount),
            "amount_paid": .int(order.amountPaid), "amount_due": .int(order.amount - order.amountPaid),
            "currency": .string(order.currency), "receipt": .text(order.receipt), "offer_id": nil,
            "status": .string(order.status.rawValue), "attempts": .int(order.attempts), "notes": notes(order.notes),
            "created_at": .int(order.created),
        ]
    }

    static func json(_ payment: RazorpayPayment) -> JSON {
        let method = payment.method
        let refundStatus: JSON =
            payment.amountRefunded == 0 ? nil : payment.amountRefunded == payment.amount ? "full" : "partial"
        return [
            "id": .string(payment.id), "entity": "payment", "amount": .int(payment.amount),
            "currency": .string(payment.currency), "status": .string(payment.status.rawValue),
            "order_id": .text(payment.order), "invoice_id": nil, "international": false,
            "method": .string(method.rawValue), "amount_refunded": .int(payment.amountRefunded),
            "refund_status": refundStatus, "captured": .bool(payment.isCaptured), "description": nil,
            "card_id": method == .card ? .string("card_" + payment.id.dropFirst(4)) : nil,
            "bank": method == .netbanking ? "HDFC" : nil, "wallet": method == .wallet ? "airtelmoney" : nil,
            "vpa": method == .upi ? "success@razorpay" : nil, "email": .string(payment.email),
            "contact": .string(payment.contact), "notes": notes(payment.notes), "fee": .integer(payment.fee),
            "tax": .integer(payment.tax), "error_code": .text(payment.failure?.code),
            "error_description": .text(payment.failure?.description), "error_source": .text(payment.failure?.source),
            "error_step": .text(payment.failure?.step), "error_reason": .text(payment.failure?.reason),
            "acquirer_data": acquirerData(payment), "created_at": .int(payment.created),
        ]
    }

    private static func acquirerData(_ payment: RazorpayPayment) -> JSON {
        let reference = JSON.text(payment.status == .failed ? nil : payment.reference)
        return switch payment.method {
        case .card: ["auth_code": reference]
        case .upi: ["rrn": reference, "upi_transaction_id": reference]
        case .netbanking: ["bank_transaction_id": reference]
        case .wallet: ["transaction_id": reference]
        }
    }

    static func json(_ refund: RazorpayRefund) -> JSON {
        [
            "id": .string(refund.id), "entity": "refund", "amount": .int(refund.amount),
            "currency": .string(refund.currency), "payment_id": .string(refund.payment), "notes": notes(refund.notes),
            "receipt": .text(refund.receipt), "acquirer_data": ["arn": .text(refund.arn)],
            "created_at": .int(refund.created), "batch_id": nil, "status": .string(refund.status.rawValue),
            "speed_processed": .string(refund.speedProcessed), "speed_requested": .string(refund.speedRequested),
        ]
    }

    static func json(_ dispute: RazorpayDispute) -> JSON {
        [
            "id": .string(dispute.id), "entity": "dispute", "payment_id": .string(dispute.payment),
            "amount": .int(dispute.amount), "currency": .string(dispute.currency),
            "amount_deducted": .int(dispute.amountDeducted), "reason_code": .string(dispute.reason),
            "respond_by": .int(dispute.respondBy), "status": .string(dispute.status.rawValue),
            "phase": .string(dispute.phase.rawValue), "created_at": .int(dispute.created),
            "evidence": dispute.evidence,
        ]
    }

    static func json(_ settlement: RazorpaySettlement) -> JSON {
        [
            "id": .string(settlement.id), "entity": "settlement", "amount": .int(settlement.amount),
            "status": .string(settlement.status.rawValue), "fees": .int(settlement.fees),
            "tax": .int(settlement.tax), "utr": .string(settlement.utr), "created_at": .int(settlement.created),
        ]
    }

    /// An event's body; `created_at` is the event's.
    static func json(_ event: RazorpayEvent, account: String) -> JSON {
        [
            "entity": "event", "account_id": .string(account), "event": .string(event.type),
            "contains": .array(event.contains.map(JSON.string)), "payload": event.payload,
            "created_at": .int(event.created),
        ]
    }
}
