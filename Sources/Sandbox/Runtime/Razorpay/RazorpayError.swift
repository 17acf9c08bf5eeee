/// An error as Razorpay answers it.
struct RazorpayError: Error, Sendable {
    let status: Int
    var code = "BAD_REQUEST_ERROR"
    let description: String
    var field: String?
    var source = "business"
    var step = "payment_initiation"
    var reason = "input_validation_failed"
    var metadata: JSON = [:]

    static func invalid(_ description: String, field: String? = nil) -> RazorpayError {
        RazorpayError(status: 400, description: description, field: field)
    }

    static func required(_ field: String) -> RazorpayError {
        invalid("The \(field.replacing("_", with: " ")) field is required.", field: field)
    }

    /// Unknown ids are a 400, not a 404.
    static let noSuchID = invalid("The id provided does not exist")

    static let noSuchRoute = RazorpayError(
        status: 404, description: "The requested URL was not found on the server.", source: "NA", step: "NA",
        reason: "NA")

    static let unauthorized = RazorpayError(
        status: 401, description: "Authentication failed", source: "NA", step: "NA", reason: "NA")

    static let throttled = RazorpayError(
        status: 429, description: "Request failed. Please try after sometime.", source: "NA", step: "NA", reason: "NA")

    static let serverError = RazorpayError(
        status: 500, code: "SERVER_ERROR",
        description: "We are facing some trouble completing your request at the moment. Please try again shortly.",
        source: "NA", step: "NA", reason: "NA")

    /// Some failures come as a bare string or as `{"message": …}`.
    enum Shape: String, Codable, Sendable, CaseIterable { case object, string, message }

    func answer(_ shape: Shape = .object) -> Answer {
        switch shape {
        case .object: .compact(json, status: status)
        case .string: .compact(.string(description), status: status)
        case .message: .compact(["message": .string(description)], status: status)
        }
    }

    private var json: JSON {
        var members = JSONObject()
        members["code"] = .string(code)
        members["description"] = .string(description)
        members["source"] = .string(source)
        members["step"] = .string(step)
        members["reason"] = .string(reason)
        members["metadata"] = metadata
        if let field { members["field"] = .string(field) }
        return ["error": .object(members)]
    }
}
