/// What the harness sends over REST.
enum ShopRequests {
    struct Vendor: Encodable {
        let name: String
        let email: String
        let legalName = "Vendor Limited"
        let country = "BD"
        let kind = "company"
        let commissionPpm = 100_000
    }

    struct Price: Encodable {
        let minorUnits: Int
        let currency: String
    }

    struct Variant: Encodable {
        let title = "Standard"
        let sku: String
        let kind = "licence_key"
        let price: Price
    }

    struct Product: Encodable {
        let vendorId: String
        let title: String
        let description = "For the fault suite."
        let status = "active"
        let variants: [Variant]

        init(vendor: String, title: String, priceMinor: Int, currency: String) {
            vendorId = vendor
            self.title = title
            variants = [Variant(sku: "SKU-1", price: Price(minorUnits: priceMinor, currency: currency))]
        }
    }

    struct Keys: Encodable {
        let keys: [String]
    }

    struct Line: Encodable {
        let variantId: String
        let quantity: Int
    }

    struct Order: Encodable {
        let email: String
        let lines: [Line]

        init(email: String, variant: String, quantity: Int) {
            self.email = email
            lines = [Line(variantId: variant, quantity: quantity)]
        }
    }

    struct Checkout: Encodable {
        let gateway = "stripe"
        let successUrl = "http://127.0.0.1/thanks"
        let cancelUrl = "http://127.0.0.1/cart"
    }
}

/// What the harness reads from answers.
package enum ShopAnswers {
    struct Identified: Decodable {
        let id: String
    }

    struct Product: Decodable {
        let id: String
        let variants: [Identified]
    }

    struct Placed: Decodable {
        let order: Identified
        let accessToken: String
    }

    struct Checkout: Decodable {
        let redirectUrl: String
    }

    package struct Order: Decodable, Sendable {
        package struct Line: Decodable, Sendable {
            package let quantity: Int
        }

        package let id: String
        package let status: String
        package let lines: [Line]
    }

    struct Keys: Decodable {
        struct Key: Decodable {
            let key: String
        }

        let data: [Key]
    }
}
