import ArgumentParser
import Foundation

enum Gateway: String, Sendable, ExpressibleByArgument {
    case stripe, razorpay, bkash, sslcommerz, aamarpay, paystation

    /// How many pushes a paid payment causes at the least.
    var pushesPerPayment: Int {
        switch self {
        case .stripe, .razorpay: 3
        case .bkash, .sslcommerz, .aamarpay, .paystation: 1
        }
    }
}

/// A merchant who opens payments and customers who make them, with the sandbox's own credentials.
actor Customer {
    nonisolated let gateway: Gateway
    private nonisolated let sandbox: String
    /// Numbers of one run are not those of another.
    private nonisolated let run: String
    private var token = ""

    init(sandbox: String, gateway: Gateway, run: String) {
        self.sandbox = sandbox
        self.gateway = gateway
        self.run = run
    }

    /// What happens once and not for each payment.
    func prepare(_ http: FormClient) async throws {
        guard gateway == .bkash else { return }
        let grant = try await http.json(
            "\(sandbox)\(Self.bkash)/token/grant",
            ["app_key": "haat_sandbox_app_key", "app_secret": "haat_sandbox_app_secret"],
            headers: [("username", "haat_sandbox"), ("password", "haat_sandbox_password")])
        token = try grant.text("id_token")
    }

    /// From the order to the merchant's own look at the payment, where the gateway has one.
    nonisolated func pay(number: Int, _ http: FormClient) async throws {
        let order = "\(run.prefix(8))-\(number)"
        switch gateway {
        case .stripe: try await payStripe(order, http)
        case .razorpay: try await payRazorpay(order, http)
        case .bkash: try await payBKash(order, http)
        case .sslcommerz: try await paySSLCommerz(order, http)
        case .aamarpay: try await payAamarPay(order, http)
        case .paystation: try await payPayStation(order, http)
        }
    }

    private nonisolated func payStripe(_ order: String, _ http: FormClient) async throws {
        let session = try await http.form(
            "\(sandbox)/stripe/v1/checkout/sessions",
            [
                "mode": "payment", "line_items[0][price_data][currency]": "usd",
                "line_items[0][price_data][unit_amount]": "1000",
                "line_items[0][price_data][product_data][name]": "Licence", "line_items[0][quantity]": "1",
                "success_url": "https://shop.example/thanks", "cancel_url": "https://shop.example/cart",
                "client_reference_id": order,
            ], headers: [("Authorization", "Bearer sk_test_bench"), ("Idempotency-Key", order)])
        _ = try await http.form(try session.text("url") + "/pay", ["email": "buyer@example.com"])
    }

    private nonisolated func payRazorpay(_ order: String, _ http: FormClient) async throws {
        let key = Data("rzp_test_haatsandbox:haat_sandbox_key_secret".utf8).base64EncodedString()
        let created = try await http.json(
            "\(sandbox)/razorpay/v1/orders", ["amount": 50_000, "currency": "INR", "receipt": order],
            headers: [("Authorization", "Basic \(key)")])
        _ = try await http.form(
            "\(sandbox)/razorpay/checkout/\(try created.text("id"))/pay",
            ["key_id": "rzp_test_haatsandbox", "callback_url": "https://shop.example/back"])
    }

    private static let bkash = "/bkash/v1.2.0-beta/tokenized/checkout"

    private nonisolated func payBKash(_ order: String, _ http: FormClient) async throws {
        let headers = [("Authorization", await token), ("X-App-Key", "haat_sandbox_app_key")]
        let created = try await http.json(
            "\(sandbox)\(Self.bkash)/create",
            [
                "mode": "0011", "payerReference": "01770618575", "callbackURL": "https://shop.example/back",
                "amount": "100.50", "currency": "BDT", "intent": "sale", "merchantInvoiceNumber": order,
            ], headers: headers)
        let payment = try created.text("paymentID")
        _ = try await http.form("\(sandbox)/bkash/redirect/tokenized/\(payment)/success", [:])
        _ = try await http.json("\(sandbox)\(Self.bkash)/execute", ["paymentID": payment], headers: headers)
    }

    private nonisolated func paySSLCommerz(_ order: String, _ http: FormClient) async throws {
        let session = try await http.form(
            "\(sandbox)/sslcommerz/gwprocess/v4/api.php",
            [
                "store_id": "haatsandbox", "store_passwd": "haatsandbox@ssl", "total_amount": "1150.00",
                "currency": "BDT", "tran_id": order, "success_url": "https://shop.example/ok",
                "fail_url": "https://shop.example/fail", "cancel_url": "https://shop.example/cancel",
                "cus_name": "Rahim", "cus_email": "r@example.com", "cus_add1": "Road 1", "cus_city": "Dhaka",
                "cus_postcode": "1000", "cus_country": "Bangladesh", "cus_phone": "01711111111",
                "shipping_method": "NO", "product_name": "Tea", "product_category": "Food",
                "product_profile": "general",
            ])
        let returned = try await http.form(try session.text("GatewayPageURL") + "/success", [:])
        let validation = try returned.inner("fields").text("val_id")
        _ = try await http.get(
            "\(sandbox)/sslcommerz/validator/api/validationserverAPI.php?val_id=\(validation)"
                + "&store_id=haatsandbox&store_passwd=haatsandbox%40ssl&v=1&format=json")
    }

    private nonisolated func payAamarPay(_ order: String, _ http: FormClient) async throws {
        let key = "dbb74894e82415a2f7ff0ec3a97e4183"
        let created = try await http.json(
            "\(sandbox)/aamarpay/jsonpost.php",
            [
                "store_id": "aamarpaytest", "signature_key": key, "tran_id": order, "amount": "10.00",
                "currency": "BDT", "desc": "Tea", "success_url": "https://shop.example/ok",
                "fail_url": "https://shop.example/fail", "cancel_url": "https://shop.example/cancel",
                "cus_name": "Rahim", "cus_email": "r@example.com", "cus_phone": "01711111111", "type": "json",
            ])
        let track = try created.text("payment_url").split(separator: "=").last ?? ""
        _ = try await http.form("\(sandbox)/aamarpay/pay/\(track)/successful", [:])
        _ = try await http.get(
            "\(sandbox)/aamarpay/api/v1/trxcheck/request.php?request_id=\(order)&store_id=aamarpaytest"
                + "&signature_key=\(key)&type=json")
    }

    private nonisolated func payPayStation(_ order: String, _ http: FormClient) async throws {
        let created = try await http.form(
            "\(sandbox)/paystation/initiate-payment",
            [
                "merchantId": "104-1653730183", "password": "gamecoderstorepass", "invoice_number": order,
                "currency": "BDT", "payment_amount": "120", "cust_name": "Rahim", "cust_phone": "01711111111",
                "cust_email": "r@example.com", "callback_url": "https://shop.example/back",
            ])
        _ = try await http.form(try created.text("payment_url") + "/successful", [:])
        _ = try await http.form(
            "\(sandbox)/paystation/transaction-status", ["invoice_number": order],
            headers: [("merchantId", "104-1653730183")])
    }
}
