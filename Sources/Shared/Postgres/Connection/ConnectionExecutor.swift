import Dispatch

/// Runs an actor's jobs on a serial Dispatch queue (Dispatch on Linux has no `DispatchSerialQueue`, which would be one).
final class ConnectionExecutor: SerialExecutor {
    let queue: DispatchQueue

    /// The queue has a target that does not overcommit: many busy connections still share as many threads as there are cores.
    init(label: String) {
        queue = DispatchQueue(label: label, target: .global(qos: .userInitiated))
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
