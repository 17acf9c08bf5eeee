/// Asks again and again until the answer is yes; answers whether it came in time.
package func eventually(
    within limit: Duration, every interval: Duration = .milliseconds(25), isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while true {
        if try await condition() { return true }
        if ContinuousClock.now >= deadline || Task.isCancelled { return false }
        await pause(interval)
    }
}

extension Result where Success: Sendable, Failure == any Error {
    /// What the body returns or throws.
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}

/// Sleeps; a cancelled caller goes on at once.
package func pause(_ duration: Duration) async {
    do {
        try await Task.sleep(for: duration)
    } catch {
        return
    }
}
