/// Answers kept for idempotency keys. Pure; times are Stripe's.
struct StripeIdempotency: Sendable {
    enum Decision: Sendable {
        /// Run the operation, then call `finish`.
        case run
        /// Send the kept answer.
        case replay(status: Int, body: [UInt8], requestID: String)
        case refuse(StripeError)
    }

    private struct Record: Sendable {
        let path: String
        let parameters: String
        let begunAt: Int
        var answer: (status: Int, body: [UInt8], requestID: String)?
    }

    private static let kept = 86_400
    private static let capacity = 200_000
    private var records: [String: Record] = [:]
    private var order: [String] = []
    private var oldest = 0

    var count: Int { records.count }

    mutating func begin(key: String, path: String, parameters: String, now: Int) -> Decision {
        guard key.count <= 255 else {
            return .refuse(.invalid("Idempotency keys may be at most 255 characters long.", code: nil))
        }
        guard let record = records[key], now - record.begunAt < Self.kept else {
            remember(key, Record(path: path, parameters: parameters, begunAt: now))
            return .run
        }
        guard record.path == path else { return .refuse(Self.mismatch("endpoint", key)) }
        guard record.parameters == parameters else { return .refuse(Self.mismatch("parameters", key)) }
        guard let answer = record.answer else { return .refuse(Self.inUse(key)) }
        return .replay(status: answer.status, body: answer.body, requestID: answer.requestID)
    }

    /// Keeps the answer of what `begin` let run.
    mutating func finish(key: String, status: Int, body: [UInt8], requestID: String) {
        records[key]?.answer = (status, body, requestID)
    }

    /// Forgets the key, as for requests that were refused before anything was done.
    mutating func abandon(key: String) {
        records[key] = nil
    }

    private mutating func remember(_ key: String, _ record: Record) {
        if records.updateValue(record, forKey: key) == nil { order.append(key) }
        guard records.count > Self.capacity else { return }
        records[order[oldest]] = nil
        oldest += 1
        if oldest > Self.capacity {
            order.removeFirst(oldest)
            oldest = 0
        }
    }

    private static func mismatch(_ what: String, _ key: String) -> StripeError {
        StripeError(
            status: 400, kind: .idempotency,
            message:
                "Keys for idempotent requests can only be used with the same \(what) they were first used with. Try using "
                + "a key other than '\(key)' if you meant to execute a different request.")
    }

    private static func inUse(_ key: String) -> StripeError {
        StripeError(
            status: 409, kind: .idempotency, code: "idempotency_key_in_use",
            message:
                "There is currently another in-progress request using this Idempotent Key (that probably means you "
                + "submitted twice, and the other request is still going through): \(key). Please try again later.")
    }
}
