import Hummingbird

/// How an API answers where the control plane lets it fail.
struct DisturbedAnswers: Sendable {
    let rateLimited: Answer
    let broken: Answer
}

extension ProviderDesk {
    /// Answers one API request the way the fault plan wants it: after a pause, not at all, with an error before or
    /// after the work, or with the connection cut once the work is done.
    func answer(
        _ request: Request, _ context: SandboxContext, id: String, path: String, disturbed: DisturbedAnswers,
        _ work: () async throws -> Answer
    ) async throws -> Answer {
        let method = request.method.rawValue
        let fault = faults.request(method: method, path: path)
        func note(_ status: Int) {
            requests.note(
                RequestRecord(
                    id: id, method: method, path: path, status: status, idempotencyKey: nil, fault: fault.kind,
                    at: clock.now))
        }
        if fault.kind == .refuse {
            note(0)
            try await hangUp(context)
        }
        if fault.delayMilliseconds > 0 { try await Task.sleep(for: .milliseconds(fault.delayMilliseconds)) }
        let answer: Answer
        switch fault.kind {
        case .rateLimit: answer = disturbed.rateLimited
        case .errorBefore: answer = disturbed.broken
        case .errorAfter:
            let done = try await work()
            answer = done.status < 400 ? disturbed.broken : done
        default: answer = try await work()
        }
        note(answer.status)
        if fault.kind == .loseAnswer { try await hangUp(context) }
        return answer
    }
}
