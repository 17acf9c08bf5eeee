import Glibc

/// The readers that are fuzzed. Each `check` ends the process where a promise of its reader is broken, which libFuzzer reports with
/// the bytes that did it.
enum FuzzTarget: String, CaseIterable {
    case json, envelope, input, query, form, headers, typeid, cursor, dispatch, redis, timestamps, money, mime, text,
        csv

    /// - Parameter variable: holds the name of a target.
    init(environment variable: String) {
        let name = getenv(variable).map { String(cString: $0) }
        guard let target = name.flatMap(FuzzTarget.init) else {
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
            fatalError("\(variable) must be one of \(names)")
        }
        self = target
    }

    func check(_ bytes: [UInt8]) {
        switch self {
        case .json: JSONChecks.check(bytes)
        case .envelope: EnvelopeChecks.check(bytes)
        case .input: InputChecks.check(bytes)
        case .query: FormChecks.checkQuery(bytes)
        case .form: FormChecks.checkForm(bytes)
        case .headers: HeaderChecks.check(bytes)
        case .typeid: NameChecks.checkTypeID(bytes)
        case .cursor: NameChecks.checkCursor(bytes)
        case .dispatch: NameChecks.checkDispatch(bytes)
        case .redis: RedisChecks.check(bytes)
        case .timestamps: TimestampChecks.check(bytes)
        case .money: MoneyChecks.check(bytes)
        case .mime: MailChecks.check(bytes)
        case .text: TextChecks.check(bytes)
        case .csv:
            TableChecks.check(bytes)
            CSVChecks.check(bytes)
        }
    }
}

/// Ends the process with `message` unless the promise is kept.
func promise(_ isKept: Bool, _ message: @autoclosure () -> String) {
    guard isKept else { fatalError("broken promise: \(message())") }
}

/// What `body` gives, and nil where it throws: most of what a fuzzer makes is refused, which is no finding.
func accepted<Value, Failure: Error>(_ body: () throws(Failure) -> Value) -> Value? {
    do { return try body() } catch { return nil }
}
