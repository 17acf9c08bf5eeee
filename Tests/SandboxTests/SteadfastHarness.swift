import Testing

@testable import SandboxRuntime

extension Harness {
    func steadfast(
        _ method: Method, _ path: String, _ body: String? = nil, headers: [String: String]? = nil
    ) async throws -> Reply {
        var fields = headers ?? ["Api-Key": "key", "Secret-Key": "secret"]
        fields["Content-Type"] = "application/json"
        return try await send(method, "/steadfast/api/v1/\(path)", headers: fields, body: body)
    }

    /// An order over 1060 taka, changed by `more`.
    static func steadfastOrder(_ invoice: String, _ more: [String: JSON] = [:]) -> JSON {
        var order = JSONObject()
        order["invoice"] = .string(invoice)
        order["recipient_name"] = "Rahima Test"
        order["recipient_phone"] = "01711111111"
        order["recipient_address"] = "House 1, Road 2, Dhaka"
        order["cod_amount"] = 1060
        order["note"] = "ring twice"
        for (name, value) in more { order[name] = value }
        return .object(order)
    }

    func bookSteadfast(_ invoice: String, _ more: [String: JSON] = [:]) async throws -> Reply {
        let order = Self.steadfastOrder(invoice, more)
        return try await steadfast(.post, "create_order", String(decoding: order.compact, as: UTF8.self))
    }
}
