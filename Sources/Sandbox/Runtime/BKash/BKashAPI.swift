import Hummingbird

/// The calls that a merchant's server makes. Business errors are HTTP 200.
struct BKashAPI: Sendable {
    let provider: BKashProvider

    private static let prefix = "/bkash/v1.2.0-beta/tokenized/checkout"
    private static let secondPrefix = "/bkash/v2/tokenized-checkout/refund/payment"

    func addRoutes(to router: Router<SandboxContext>) {
        router.post("\(Self.prefix)/token/grant") { request, context in
            try await token(request, context, refreshes: false)
        }
        router.post("\(Self.prefix)/token/refresh") { request, context in
            try await token(request, context, refreshes: true)
        }
        add("create", to: router) { state, call throws(BKashError) in
            BKashRendering.created(try state.create(call.body, now: call.now), origin: call.origin)
        }
        add("execute", hangs: "execute", to: router) { state, call throws(BKashError) in
            BKashRendering.executed(try state.execute(call.body, now: call.now))
        }
        add("payment/status", to: router) { state, call throws(BKashError) in
            BKashRendering.queried(try state.query(call.body, now: call.now))
        }
        add("payment/confirm/capture", to: router) { state, call throws(BKashError) in
            BKashRendering.executed(try state.confirm(call.body, captures: true, now: call.now))
        }
        add("payment/confirm/void", to: router) { state, call throws(BKashError) in
            BKashRendering.executed(try state.confirm(call.body, captures: false, now: call.now))
        }
        for name in ["general/searchTransaction", "general/searchTran"] {
            add(name, to: router) { state, call throws(BKashError) in
                let payment = try state.search(call.body)
                let refunded = state.refunds(of: payment.transaction ?? "").reduce(0) { $0 + $1.amount }
                return BKashRendering.found(payment, refunded: refunded)
            }
        }
        add("payment/refund", hangs: "refund", to: router) { state, call throws(BKashError) in
            try Self.refund(&state, call)
        }
        addSecond("transaction", hangs: "refund", to: router) { state, call throws(BKashError) in
            let (payment, transaction) = try Self.secondIDs(state, call)
            let refund = try state.refund(
                payment: payment.id, transaction: transaction, amount: call.body["refundAmount"],
                sku: call.body["sku"]?.stringValue ?? "", reason: call.body["reason"]?.stringValue ?? "", .second,
                now: call.now)
            return BKashRendering.refundedSecond(refund, payment)
        }
        addSecond("status", to: router) { state, call throws(BKashError) in
            let (payment, transaction) = try Self.secondIDs(state, call)
            return BKashRendering.refunds(state.refunds(of: transaction), of: payment)
        }
    }

    private struct Call: Sendable {
        let body: JSON
        let now: Int
        let origin: String
    }

    private typealias Work = @Sendable (inout BKashState, Call) throws(BKashError) -> JSON

    /// With an amount it refunds; without one it tells the state of the refund.
    private static func refund(_ state: inout BKashState, _ call: Call) throws(BKashError) -> JSON {
        guard let payment = call.body["paymentID"]?.stringValue, let transaction = call.body["trxID"]?.stringValue
        else { throw BKashError("2065") }
        guard call.body["amount"] != nil else {
            guard let refund = state.refunds(of: transaction).last else { throw BKashError("2033") }
            return BKashRendering.refunded(refund)
        }
        let refund = try state.refund(
            payment: payment, transaction: transaction, amount: call.body["amount"],
            sku: call.body["sku"]?.stringValue ?? "", reason: call.body["reason"]?.stringValue ?? "", .first,
            now: call.now)
        return BKashRendering.refunded(refund)
    }

    /// `paymentId` and `trxId`, with a lower-case d.
    private static func secondIDs(
        _ state: BKashState, _ call: Call
    ) throws(BKashError) -> (payment: BKashPayment, transaction: String) {
        guard let id = call.body["paymentId"]?.stringValue, let transaction = call.body["trxId"]?.stringValue else {
            throw BKashError("2065")
        }
        guard let payment = state.payments[id], payment.transaction == transaction else { throw BKashError("2033") }
        return (payment, transaction)
    }

    private func add(
        _ name: String, hangs: String? = nil, to router: Router<SandboxContext>, _ work: @escaping Work
    ) {
        router.post("\(Self.prefix)/\(name)") { request, context in
            let shape = provider.box.read(\.settings.errorShape)
            return try await respond(request, context, hangs: hangs, work) { BKashRendering.error($0, shape) }
        }
    }

    private func addSecond(
        _ name: String, hangs: String? = nil, to router: Router<SandboxContext>, _ work: @escaping Work
    ) {
        router.post("\(Self.secondPrefix)/\(name)") { request, context in
            try await respond(request, context, hangs: hangs, work, failure: BKashRendering.secondError)
        }
    }

    private func respond(
        _ request: Request, _ context: SandboxContext, hangs: String?, _ work: Work,
        failure: (BKashError) -> JSON
    ) async throws -> Answer {
        let bytes = try await request.bytes(in: context)
        return try await disturbed(request, context) {
            guard provider.authorizes(request) else { return Self.gateway("Unauthorized", 401) }
            guard let body = JSONBody.object(bytes) else { return Self.gateway("Invalid request body", 400) }
            let origin = request.origin
            let isHanging = hangs.map { provider.willHang($0) } ?? false
            do throws(BKashError) {
                let answer = try provider.box.change { state, now throws(BKashError) in
                    try work(&state, Call(body: body, now: now, origin: origin))
                }
                // Everything is done by now; only the caller has given up when the answer comes.
                if isHanging { await pause() }
                return .compact(answer)
            } catch {
                return .compact(failure(error))
            }
        }
    }

    private func pause() async {
        do {
            try await Task.sleep(for: .milliseconds(provider.box.read(\.settings.hang)))
        } catch {
            // The sandbox is stopping; there is nobody to answer.
        }
    }

    private func disturbed(
        _ request: Request, _ context: SandboxContext, _ work: () async throws -> Answer
    ) async throws -> Answer {
        let call = DisturbedCall(
            desk: provider.desk, rateLimited: Self.gateway("Too Many Requests", 429),
            serverError: Self.gateway("Internal server error", 500))
        let path = String(request.uri.path.dropFirst("/bkash".count))
        return try await call.respond(request, context, path: path, work: work)
    }

    /// What the gateway before the application says.
    private static func gateway(_ message: String, _ status: Int) -> Answer {
        .compact(["message": .string(message)], status: status)
    }

    /// User name and password must be headers.
    private func token(
        _ request: Request, _ context: SandboxContext, refreshes: Bool
    ) async throws -> Answer {
        let bytes = try await request.bytes(in: context)
        return try await disturbed(request, context) {
            let missing = ["password", "username"].filter { request.header($0)?.isEmpty ?? true }
            guard missing.isEmpty else {
                return Self.gateway(
                    "Missing required request parameters: [\(missing.joined(separator: ", "))]", 400)
            }
            guard let body = JSONBody.object(bytes) else { return Self.gateway("Invalid request body", 400) }
            let shape = provider.box.read(\.settings.errorShape)
            guard provider.accepts(request, body) else {
                return .compact(BKashRendering.error(BKashError("2001"), shape))
            }
            let refresh = refreshes ? body["refresh_token"]?.stringValue ?? "" : nil
            return switch provider.box.change({ state, now in state.grant(refresh: refresh, now: now) }) {
            case .granted(let token): .compact(BKashRendering.token(token))
            case .invalid: .compact(BKashRendering.error(BKashError("2079"), shape))
            case .blocked: Self.blocked
            }
        }
    }

    /// UNCONFIRMED: what a blocked merchant is told.
    private static let blocked = gateway("Too many token requests; blocked for one hour", 429)
}
