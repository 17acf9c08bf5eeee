/// Pauses between attempts to connect: they double from `base` to `cap`, and half of each is random so that processes
/// do not come back all at once.
struct ReconnectBackoff: Sendable {
    let base: Duration
    let cap: Duration

    /// The pause after so many failures in a row (at least one), with a random number in 0..<1.
    func delay(afterFailures failures: Int, random: Double) -> Duration {
        let doublings = min(max(failures - 1, 0), 16)
        let full = min(base * (1 << doublings), cap)
        return full / 2 + full / 2 * random
    }
}
