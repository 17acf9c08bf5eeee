import HTML

/// An error answer of Shiprocket's API.
struct ShiprocketError: Error, Sendable {
    let status: Int
    let body: JSON

    private init(_ status: Int, _ body: JSON) {
        self.status = status
        self.body = body
    }

    init(_ status: Int, _ message: String) {
        self.init(status, ["message": .string(message), "status_code": .int(status)])
    }

    static let unauthenticated = ShiprocketError(401, "Unauthenticated.")
    static let forbidden = ShiprocketError(
        403, ["message": "Unauthorized. You do not have permission for this action."])
    static let notFound = ShiprocketError(404, "404 Not Found")
    static let noSuchOrder = ShiprocketError(404, "Order does not exist!")
    /// The caller sent a scalar where the provider iterates.
    static let notIterable = ShiprocketError(500, "Invalid argument supplied for foreach()")
    /// The caller sent a scalar where the provider looks for members.
    static let notObject = ShiprocketError(500, "Trying to get property of non-object")

    static func refused(_ message: String) -> ShiprocketError { ShiprocketError(400, message) }

    static func invalid(
        _ fields: [(field: String, message: String)], message: String = "Oops! Invalid Data."
    )
        -> ShiprocketError
    {
        let errors = JSONObject(
            members: fields.map { .init(name: $0.field, value: .array([.string($0.message)])) })
        return ShiprocketError(
            422, ["message": .string(message), "errors": .object(errors), "status_code": 422])
    }

    static func manifested(_ shipments: [Int]) -> ShiprocketError {
        ShiprocketError(
            400,
            [
                "message":
                    "Manifest already generated for some shipment_ids, Please try again after removin them",
                "status_code": 400, "already_manifested_shipment_ids": .array(shipments.map(JSON.int)),
            ])
    }

    static let noInvoice = ShiprocketError(
        400, ["is_invoice_created": false, "message": "Invoice could not be created", "status_code": 400])

    /// UNCONFIRMED: the HTTP status and the wording that go with 350.
    static let walletTooLow = ShiprocketError(
        200,
        [
            "message": "Please recharge your ShipRocket wallet. The minimum required balance is Rs 100.",
            "status_code": 350,
        ])

    var answer: Answer { .json(body, status: status) }

    /// UNCONFIRMED: the text of a 429.
    static func rateLimited(_ settings: ShiprocketSettings) -> Answer {
        var answer = ShiprocketError(429, "Too Many Attempts.").answer
        if settings.retryAfter > 0 { answer.headers.append(("Retry-After", "\(settings.retryAfter)")) }
        return answer
    }

    static func broken(_ settings: ShiprocketSettings) -> Answer {
        switch settings.errorBody {
        case "type": notIterable.answer
        case "html": .html("<html><body><h1>502 Bad Gateway</h1></body></html>", status: 502)
        case "empty": Answer(status: 500)
        default: ShiprocketError(500, "Something went wrong. Please try again later.").answer
        }
    }

    static let firewall = Answer.html(
        "<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>", status: 403)
}
