import Hummingbird

/// `/razorpay/v1/…`: authentication, disturbances, refund idempotency, and the way to the operation.
struct RazorpayAPI: Sendable {
    let provider: RazorpayProvider

    func respond(_ request: Request, _ context: SandboxContext) async throws -> Answer {
        let path = String(request.uri.path.dropFirst("/razorpay".count))
        let method = request.method.rawValue
        let found = RazorpayOperation.find(method, path.dropFirst("/v1".count))
        let bytes = try await request.bytes(in: context)
        let shape = provider.box.read(\.settings.errorShape)
        var call = DisturbedCall(
            desk: provider.desk, rateLimited: RazorpayError.throttled.answer(shape),
            serverError: RazorpayError.serverError.answer(shape))
        let key = found?.operation.makesRefund == true ? request.header("X-Refund-Idempotency") : nil
        let authorization = request.header("Authorization")
        if let key, provider.accepts(authorization: authorization) {
            let box = provider.box
            let text = "\(path) \(String(decoding: bytes, as: UTF8.self))"
            call.begin = { Self.begin(box, key, text) }
            call.end = { answer in box.change { state, _ in state.idempotency.end(key: key, answer: answer) } }
        }
        return try await call.respond(request, context, path: path, key: key) {
            do throws(RazorpayError) {
                guard provider.accepts(authorization: authorization) else { throw .unauthorized }
                guard let found else { throw .noSuchRoute }
                let body = try Self.body(bytes, request)
                let json = try provider.box.change { state, now throws(RazorpayError) in
                    try found.operation.run(&state, RazorpayCall(ids: found.ids, body: body, now: now))
                }
                return .compact(json)
            } catch {
                return error.answer()
            }
        }
    }

    private static func begin(_ box: StateDesk<RazorpayState>, _ key: String, _ text: String) -> Answer? {
        switch box.change({ state, _ in state.idempotency.begin(key: key, request: text) }) {
        case .run: nil
        case .replay(let status, let body):
            Answer(status: status, headers: [("Content-Type", "application/json")], body: body)
        case .refuse(let error): error.answer()
        }
    }

    /// The query of a GET, or a JSON body; forms are taken as JSON is, as older clients send them.
    private static func body(_ bytes: [UInt8], _ request: Request) throws(RazorpayError) -> JSON {
        guard request.method != .get else {
            return JSON(form: (FormBody(request.uri.query ?? "") ?? FormBody()).root)
        }
        guard !bytes.isEmpty else { return [:] }
        if request.header("Content-Type")?.hasPrefix("application/x-www-form-urlencoded") == true {
            guard let form = FormBody(String(decoding: bytes, as: UTF8.self)) else {
                throw .invalid("The request body is malformed.")
            }
            return JSON(form: form.root)
        }
        guard let json = JSONBody.object(bytes) else {
            throw .invalid("The request body is not valid JSON.")
        }
        return json
    }
}
