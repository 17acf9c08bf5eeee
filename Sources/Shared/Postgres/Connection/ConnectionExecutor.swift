import Dispatch

/// Runs an actor's jobs on a serial Dispatch queue (Dispatch on Linux has no `DispatchSerialQueue`, which would be one).
final class ConnectionExecutor: SerialExecutor {
    let queue: DispatchQueue

    /// The target does not overcommit, so busy connections share as many threads as there are cores; and it is the one
    /// that Swift's tasks run on, so that a thread that has read an answer often goes on with the task that waited for it.
    init(label: String) {
        queue = DispatchQueue(label: label, target: .global(qos: .default))
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
