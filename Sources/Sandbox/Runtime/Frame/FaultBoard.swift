import Synchronization

/// What a provider does to one API request besides its work.
struct RequestFault: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case none
        case refuse
        case rateLimit = "rate_limit"
        case errorBefore = "error_before"
        case errorAfter = "error_after"
        case loseAnswer = "lose_answer"
    }

    var kind: Kind = .none
    var delayMilliseconds = 0.0
}

/// A disturbance ordered for the next requests of one kind.
struct OrderedFault: Sendable {
    let method: String
    let pathPrefix: String
    let fault: RequestFault
    var remaining: Int
}

/// How one attempt of a push is disturbed.
struct PushFault: Sendable, Equatable {
    var lost = false
    var corrupted = false
}

/// A provider's current fault plan. Decisions depend on the seed and on what is decided about, not on when.
final class FaultBoard: Sendable {
    private struct State {
        var plan = FaultPlan()
        var ordered: [OrderedFault] = []
        var requests: UInt64 = 0
    }

    private let state = Mutex(State())

    var plan: FaultPlan { state.withLock(\.plan) }

    func set(_ plan: FaultPlan) {
        state.withLock {
            $0.plan = plan
            $0.requests = 0
        }
    }

    func order(_ fault: OrderedFault) {
        state.withLock { $0.ordered.append(fault) }
    }

    func clear() {
        state.withLock { $0 = State() }
    }

    /// Decides on the next API request.
    func request(method: String, path: String) -> RequestFault {
        state.withLock { state in
            state.requests += 1
            if let position = state.ordered.firstIndex(where: { $0.method == method && path.hasPrefix($0.pathPrefix) })
            {
                state.ordered[position].remaining -= 1
                let fault = state.ordered[position].fault
                if state.ordered[position].remaining == 0 { state.ordered.remove(at: position) }
                return fault
            }
            return Self.decide(state.plan, request: state.requests)
        }
    }

    private static func decide(_ plan: FaultPlan, request: UInt64) -> RequestFault {
        let api = plan.api
        var fault = RequestFault()
        fault.delayMilliseconds = api.slowMilliseconds.value(at: SeededRandom.unit(seed: plan.seed, 10, request))
        let draw = SeededRandom.unit(seed: plan.seed, 11, request)
        var threshold = 0.0
        let chances: [(RequestFault.Kind, Double)] = [
            (.refuse, api.refuse), (.rateLimit, api.rateLimit), (.errorBefore, api.errorBefore),
            (.errorAfter, api.errorAfter), (.loseAnswer, api.loseAnswer),
        ]
        for (kind, chance) in chances {
            threshold += chance
            if draw < threshold {
                fault.kind = kind
                break
            }
        }
        return fault
    }

    func push(ordinal: UInt64, copy: Int, attempt: Int) -> PushFault {
        let plan = plan
        let key = (ordinal, UInt64(copy), UInt64(attempt))
        return PushFault(
            lost: SeededRandom.unit(seed: plan.seed, 20, key.0, key.1, key.2) < plan.pushes.drop,
            corrupted: SeededRandom.unit(seed: plan.seed, 21, key.0, key.1, key.2) < plan.pushes.corrupt)
    }
}
