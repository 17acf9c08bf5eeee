import Foundation

@testable import SandboxRuntime

extension Harness {
    static let razorpayAuthorization =
        "Basic " + Data("rzp_test_haatsandbox:haat_sandbox_key_secret".utf8).base64EncodedString()

    func razorpay(
        _ method: Method, _ path: String, _ json: String? = nil, headers: [String: String] = [:]
    ) async throws -> Reply {
        let headers = [
            "Authorization": Self.razorpayAuthorization, "Content-Type": "application/json",
        ].merging(headers) { $1 }
        return try await send(method, "/razorpay/v1/\(path)", headers: headers, body: json)
    }

    /// An order over 500.00 INR.
    func razorpayOrder(_ more: String = "") async throws -> String {
        let order = try await razorpay(.post, "orders", #"{"amount":50000,"currency":"INR"\#(more)}"#).json
        return order["id"]?.stringValue ?? ""
    }

    /// A payment that the control plane makes up.
    func razorpayPayment(_ json: String) async throws -> String {
        try await control("razorpay/payments", json).json["id"]?.stringValue ?? ""
    }

    /// A captured payment of a new order.
    func razorpayPaid() async throws -> (order: String, payment: String) {
        let order = try await razorpayOrder()
        return (order, try await razorpayPayment(#"{"order":"\#(order)"}"#))
    }

    func razorpayStatus(_ payment: String) async throws -> String? {
        try await razorpay(.get, "payments/\(payment)").json["status"]?.stringValue
    }
}

extension WebhookReceiver.Received {
    var event: String { json["event"]?.stringValue ?? "" }

    func entity(_ name: String) -> JSON? { json["payload"]?[name]?["entity"] }
}
