import Hummingbird

/// One call of a provider's API, with the disturbances around it that the fault plan asks for.
struct DisturbedCall: Sendable {
    let desk: ProviderDesk
    /// What the provider says to too many requests.
    let rateLimited: Answer
    /// What it says when it breaks.
    let serverError: Answer
    /// Claims an idempotency key; an answer is sent instead of doing the work.
    var begin: @Sendable () -> Answer? = { nil }
    /// Keeps the answer under the key; without one the key is free again.
    var end: @Sendable (Answer?) -> Void = { _ in }

    /// `path` is what orders for single requests name and the ledger shows.
    func respond(
        _ request: Request, _ context: SandboxContext, path: String, id: String = "", key: String? = nil,
        work: () async throws -> Answer
    ) async throws -> Answer {
        let method = request.method.rawValue
        let fault = desk.faults.request(method: method, path: path)
        let note = { (status: Int) in
            desk.requests.note(
                RequestRecord(
                    id: id, method: method, path: path, status: status, idempotencyKey: key, fault: fault.kind,
                    at: desk.clock.now))
        }
        if fault.kind == .refuse {
            note(0)
            try await desk.hangUp(context)
        }
        let answer: Answer
        if let kept = begin() { answer = kept } else { answer = try await run(under: fault, work) }
        note(answer.status)
        if fault.kind == .loseAnswer { try await desk.hangUp(context) }
        return answer
    }

    private func run(under fault: RequestFault, _ work: () async throws -> Answer) async throws -> Answer {
        do {
            if fault.delayMilliseconds > 0 { try await Task.sleep(for: .milliseconds(fault.delayMilliseconds)) }
            if fault.kind == .rateLimit || fault.kind == .errorBefore {
                end(nil)
                return fault.kind == .rateLimit ? rateLimited : serverError
            }
            let answer = try await work()
            end(answer)
            return fault.kind == .errorAfter && answer.status < 400 ? serverError : answer
        } catch {
            end(nil)
            throw error
        }
    }
}
