/// What the tests of razorpay-python sign (`tests/test_client_utility.py`, `tests/mocks/fake_payment_authorized_webhook.json`), under
/// the secret of its test client.
enum RazorpayVectors {
    static let secret = "key_secret"
    static let order = "fake_order_id"
    static let payment = "fake_payment_id"
    static let checkoutSignature = "b2335e3b0801106b84a7faff035df56ecffde06918c9ddd1f0fafbb37a51cc89"
    static let webhookSignature = "d60e67fd884556c045e9be7dad57903e33efc7172c17c6e3ef77db42d2b366e9"
    static let webhookBody = #"""
        {
          "event": "payment.authorized",
          "entity": "event",
          "contains": [
            "payment"
          ],
          "payload": {
            "payment": {
              "entity": {
                "id": "pay_6koWN7bvxujzxM",
                "entity": "payment",
                "amount": 1000000,
                "currency": "INR",
                "status": "captured",
                "order_id": "order_100000000order",
                "international": false,
                "method": "card",
                "amount_refunded": 0,
                "refund_status": null,
                "captured": true,
                "description": "random description",
                "card_id": "card_6koWNAT6LASUqy",
                "bank": null,
                "wallet": null,
                "vpa": null,
                "email": "a@b.com",
                "contact": "+919999999999",
                "notes": {
                  "merchant_order_id": "random order id"
                },
                "fee": 23000,
                "service_tax": 3000,
                "error_code": null,
                "error_description": null,
                "created_at": 1479978483
              }
            }
          },
          "created_at": 1400826760
        }

        """#
}
