extension StripeRendering {
    func json(_ transaction: BalanceTransaction, _ expand: Expansion = Expansion()) -> JSON {
        [
            "id": .string(transaction.id),
            "object": "balance_transaction",
            "amount": .int(transaction.amount),
            "available_on": .int(transaction.availableOn),
            "created": .int(transaction.created),
            "currency": .string(transaction.currency),
            "description": nil,
            "exchange_rate": nil,
            "fee": .int(transaction.fee),
            "fee_details": .array(transaction.fee == 0 ? [] : [feeDetail(transaction)]),
            "net": .int(transaction.net),
            "reporting_category": .string(transaction.type),
            "source": reference(transaction.source, expand["source"]) { state, id, expand in
                state.charges[id].map { json($0, expand) } ?? state.refunds[id].map { json($0, expand) }
                    ?? state.payouts[id].map { json($0) }
            },
            "status": .string(transaction.payout == nil ? "pending" : "available"),
            "type": .string(transaction.type),
        ]
    }

    private func feeDetail(_ transaction: BalanceTransaction) -> JSON {
        [
            "amount": .int(transaction.fee), "application": nil, "currency": .string(transaction.currency),
            "description": "Stripe processing fees", "type": "stripe_fee",
        ]
    }

    func json(_ payout: Payout) -> JSON {
        [
            "id": .string(payout.id),
            "object": "payout",
            "amount": .int(payout.amount),
            "arrival_date": .int(payout.created),
            "automatic": true,
            "balance_transaction": .string(payout.balanceTransaction),
            "created": .int(payout.created),
            "currency": .string(payout.currency),
            "description": "STRIPE PAYOUT",
            "failure_code": nil,
            "livemode": .bool(livemode),
            "metadata": [:],
            "method": "standard",
            "reconciliation_status": "completed",
            "status": "paid",
            "type": "bank_account",
        ]
    }
}
