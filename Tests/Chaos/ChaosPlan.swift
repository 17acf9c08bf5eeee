/// SplitMix64: small, seedable, and the same everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// What is done to a marketplace, and for how many milliseconds where that matters.
enum ChaosFault: Sendable, Equatable {
    case killAPI
    case killWorker
    case killAPIAt(String)
    case killWorkerAt(String)
    case freezeAPI(Int)
    case freezeWorker(Int)
    case restartPostgres(Int)
    case freezePostgres(Int)
    case terminateBackends
    case cutPostgres
    case cutAtCommit(afterServer: Bool)
    case cutAtInsert(afterServer: Bool)
    case delayPostgres(Int)
    case swallowPostgres(Int)
    case stopRedis(Int)
    case flushRedis
    case fillRedis(Int)
    case pauseRedis(Int)
    case freezeRedis(Int)
    case cutRedis
    case swallowRedis(Int)
    case refuseMail(Int)

    /// Three deaths of workers that hold the same job make it a poison pill, as promised; a round stays below that.
    var endsWorker: Bool {
        switch self {
        case .killWorker, .killWorkerAt: true
        default: false
        }
    }

    static func draw(using random: inout SeededRandom) -> ChaosFault {
        func length(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
        switch Int.random(in: 0..<22, using: &random) {
        case 0: return .killAPI
        case 1: return .killWorker
        case 2: return .killAPIAt(apiPoints.randomElement(using: &random) ?? apiPoints[0])
        case 3: return .killWorkerAt(workerPoints.randomElement(using: &random) ?? workerPoints[0])
        case 4: return .freezeAPI(length(500...3000))
        case 5: return .freezeWorker(length(500...6000))
        case 6: return .restartPostgres(length(0...2000))
        case 7: return .freezePostgres(length(500...4000))
        case 8: return .terminateBackends
        case 9: return .cutPostgres
        case 10: return .cutAtCommit(afterServer: Bool.random(using: &random))
        case 11: return .cutAtInsert(afterServer: Bool.random(using: &random))
        case 12: return .delayPostgres(length(20...200))
        case 13: return .swallowPostgres(length(500...3000))
        case 14: return .stopRedis(length(200...4000))
        case 15: return .flushRedis
        case 16: return .fillRedis(length(500...4000))
        case 17: return .pauseRedis(length(1000...4000))
        case 18: return .freezeRedis(length(500...4000))
        case 19: return .cutRedis
        case 20: return .swallowRedis(length(500...3000))
        default: return .refuseMail(length(500...4000))
        }
    }

    static let apiPoints = [
        "webhook.admitted", "webhook.verified", "webhook.hinted", "webhook.persisted", "webhook.acknowledging",
        "webhook.marked", "job.committed", "job.pushed",
    ]
    static let workerPoints = [
        "job.committed", "job.pushed", "job.claimed", "job.ran", "job.finished", "job.released", "job.rescheduled",
        "relay.pushed", "relay.marked",
    ]
}

/// One round: what happens when, how much traffic there is meanwhile, and how the provider behaves.
struct ChaosPlan: Sendable {
    struct Step: Sendable {
        /// After the step before.
        let pauseMilliseconds: Int
        let fault: ChaosFault
    }

    let steps: [Step]
    let customers: Int
    /// Who push events of their own, beside those of the sandbox.
    let senders: Int
    /// Each event is pushed so often in any case.
    let copies: Int
    /// The sandbox' disturbances, as its control panel takes them; `nil` for a provider that behaves.
    let disturbance: String?

    static func draw(using random: inout SeededRandom) -> ChaosPlan {
        var steps: [Step] = []
        for _ in 0..<Int.random(in: 2...7, using: &random) {
            let pause = Int.random(in: 50...1500, using: &random)
            var fault = ChaosFault.draw(using: &random)
            while fault.endsWorker, steps.filter({ $0.fault.endsWorker }).count == 2 { fault = .draw(using: &random) }
            steps.append(Step(pauseMilliseconds: pause, fault: fault))
        }
        let customers = Int.random(in: 2...6, using: &random)
        let senders = Int.random(in: 2...10, using: &random)
        let copies = Int.random(in: 1...4, using: &random)
        return ChaosPlan(
            steps: steps, customers: customers, senders: senders, copies: copies,
            disturbance: disturbance(using: &random))
    }

    private static func disturbance(using random: inout SeededRandom) -> String? {
        let seed = Int.random(in: 1...1_000_000, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            return
                #"{"webhooks":{"duplicate":1.5,"reorder":true,"delay_ms":[0,1000],"drop":0.3,"corrupt":0.1},"seed":\#(seed)}"#
        case 1:
            return
                #"{"api":{"slow_ms":[0,500],"error_before":0.1,"error_after":0.15,"lose_answer":0.15},"seed":\#(seed)}"#
        default: return nil
        }
    }
}
