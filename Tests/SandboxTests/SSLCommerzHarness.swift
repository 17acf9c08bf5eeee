import Foundation

@testable import SandboxRuntime

extension Harness {
    static let sslcommerzStore = ["store_id": "haatsandbox", "store_passwd": "haatsandbox@ssl"]
    static let sslcommerzSession = sslcommerzStore.merging([
        "total_amount": "1150.00", "currency": "BDT", "tran_id": "T-1", "success_url": "https://shop.example/ok",
        "fail_url": "https://shop.example/fail", "cancel_url": "https://shop.example/cancel", "cus_name": "Rahim",
        "cus_email": "r@example.com", "cus_add1": "Road 1", "cus_city": "Dhaka", "cus_postcode": "1000",
        "cus_country": "Bangladesh", "cus_phone": "01711111111", "shipping_method": "NO", "product_name": "Tea",
        "product_category": "Food", "product_profile": "general", "value_a": "ord_1",
    ]) { $1 }

    func sslcommerzSession(_ more: [String: String] = [:]) async throws -> JSON {
        try await form("/sslcommerz/gwprocess/v4/api.php", Self.sslcommerzSession.merging(more) { $1 }).json
    }

    func sslcommerzValidate(_ validation: String) async throws -> JSON {
        let query = Self.encode(
            Self.sslcommerzStore.merging(["val_id": validation, "v": "1", "format": "json"]) { $1 })
        return try await get("/sslcommerz/validator/api/validationserverAPI.php?\(query)").json
    }

    func sslcommerzAsk(_ fields: [String: String]) async throws -> JSON {
        let query = Self.encode(Self.sslcommerzStore.merging(fields) { $1 })
        return try await get("/sslcommerz/validator/api/merchantTransIDvalidationAPI.php?\(query)").json
    }

    /// Ends the page of a session as a browser without scripts would, and gives what it would post to the merchant.
    func sslcommerzPay(_ session: JSON, _ outcome: String = "success") async throws -> JSON {
        let page = session["GatewayPageURL"]?.stringValue ?? ""
        return try await send(
            .post, "\(page.dropFirst(addresses.base.count))/\(outcome)",
            headers: ["Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"], body: ""
        ).json
    }
}

/// MD5 by the openssl command, in hexadecimal.
func opensslMD5(_ bytes: [UInt8]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl", "md5"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    input.fileHandleForWriting.write(Data(bytes))
    try input.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: " ").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
}
