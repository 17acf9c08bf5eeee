import CLibPQ
import Glibc
import NIOConcurrencyHelpers
import Synchronization

/// One thread that waits for sockets and runs the actors that own them.
///
/// A `DispatchSource` would be the obvious choice. On Linux each of its events costs a switch to Dispatch's manager
/// thread, one back, and re-arming by way of an eventfd: a third of the time of a small statement. Here readiness, the
/// actor's jobs and the sending of what was submitted meanwhile share one thread, however many connections there are.
final class EventLoop: SerialExecutor {
    /// What belongs to a descriptor; called on the loop's thread.
    protocol Handler: AnyObject, Sendable {
        func becameReady(readable: Bool, writable: Bool)
        /// The wake-up that `wake(_:)` asked for.
        func awoke()
    }

    private let core: Core

    /// Starts the thread.
    init() {
        core = Core()
        core.start()
    }

    deinit {
        core.stop()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        core.add(.job(UnownedJob(job), self))
    }

    func checkIsolated() {
        precondition(core.isCurrentThread, "not on the event loop's thread")
    }

    func isIsolatingCurrentContext() -> Bool? {
        core.isCurrentThread
    }

    /// Calls `awoke()` soon; cheaper than a closure.
    func wake(_ handler: any Handler) {
        core.add(.wake(handler, self))
    }

    /// Runs a closure soon.
    func run(_ body: @escaping @Sendable () -> Void) {
        core.add(.closure(body, self))
    }

    /// Begins to watch a descriptor for input. Only on the loop's thread, as the next two.
    func watch(_ descriptor: Int32, _ handler: any Handler) {
        core.handlers[descriptor] = handler
        core.control(EPOLL_CTL_ADD, descriptor, EPOLLIN.rawValue)
    }

    /// Begins or ceases to watch for room to write as well.
    func watch(_ descriptor: Int32, forWriting: Bool) {
        core.control(EPOLL_CTL_MOD, descriptor, forWriting ? EPOLLIN.rawValue | EPOLLOUT.rawValue : EPOLLIN.rawValue)
    }

    /// Ends the watch; the descriptor may be closed afterwards.
    func unwatch(_ descriptor: Int32) {
        guard core.handlers.removeValue(forKey: descriptor) != nil else { return }
        core.control(EPOLL_CTL_DEL, descriptor, 0)
    }
}

/// The part of the loop that its thread keeps alive.
///
/// `@unchecked Sendable`: `handlers` belongs to the loop's thread, everything else is behind the lock or never changes.
private final class Core: @unchecked Sendable {
    /// Work keeps its loop alive until it is done.
    enum Work: Sendable {
        case job(UnownedJob, EventLoop)
        case wake(any EventLoop.Handler, EventLoop)
        case closure(@Sendable () -> Void, EventLoop)
    }

    private struct Inbox: Sendable {
        var work: [Work] = []
        var isAsleep = false
        var isStopped = false
    }

    var handlers: [Int32: any EventLoop.Handler] = [:]
    private let poll = epoll_create1(Int32(EPOLL_CLOEXEC))
    private let alarm = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    private let inbox = NIOLockedValueBox(Inbox())
    private let thread = Atomic<UInt>(0)

    deinit {
        close(poll)
        close(alarm)
    }

    var isCurrentThread: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    func start() {
        control(EPOLL_CTL_ADD, alarm, EPOLLIN.rawValue)
        var identifier = pthread_t()
        let retained = Unmanaged.passRetained(self).toOpaque()
        let answer = pthread_create(
            &identifier, nil,
            { context in
                guard let context else { return nil }
                let core = Unmanaged<Core>.fromOpaque(context).takeRetainedValue()
                core.thread.store(UInt(pthread_self()), ordering: .relaxed)
                core.run()
                return nil
            }, retained)
        precondition(answer == 0, "the system has no thread left for PostgreSQL connections")
        pthread_detach(identifier)
    }

    func stop() {
        inbox.withLockedValue { $0.isStopped = true }
        ring()
    }

    func add(_ work: Work) {
        let mustRing = inbox.withLockedValue { inbox in
            inbox.work.append(work)
            defer { inbox.isAsleep = false }
            return inbox.isAsleep
        }
        if mustRing { ring() }
    }

    func control(_ operation: Int32, _ descriptor: Int32, _ interest: UInt32) {
        var event = epoll_event()
        event.events = interest
        event.data.fd = descriptor
        _ = epoll_ctl(poll, operation, descriptor, &event)
    }

    private func ring() {
        _ = eventfd_write(alarm, 1)
    }

    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        var work: [Work] = []
        while true {
            let (mayWait, isStopped) = inbox.withLockedValue { inbox in
                swap(&inbox.work, &work)
                inbox.isAsleep = work.isEmpty
                return (work.isEmpty, inbox.isStopped)
            }
            if isStopped, mayWait { return }
            for item in work { perform(item) }
            work.removeAll(keepingCapacity: true)
            let count = epoll_wait(poll, &events, Int32(events.count), mayWait ? -1 : 0)
            inbox.withLockedValue { $0.isAsleep = false }
            for index in 0..<max(0, Int(count)) { deliver(events[index]) }
        }
    }

    private func perform(_ work: Work) {
        switch work {
        case .job(let job, let loop): job.runSynchronously(on: loop.asUnownedSerialExecutor())
        case .wake(let handler, _): handler.awoke()
        case .closure(let body, _): body()
        }
    }

    private func deliver(_ event: epoll_event) {
        let descriptor = event.data.fd
        if descriptor == alarm {
            var count: eventfd_t = 0
            _ = eventfd_read(alarm, &count)
            return
        }
        // Errors and hang-ups are found by reading.
        handlers[descriptor]?.becameReady(
            readable: event.events & ~EPOLLOUT.rawValue != 0, writable: event.events & EPOLLOUT.rawValue != 0)
    }
}
