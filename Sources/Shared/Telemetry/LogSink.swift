import Glibc
import Synchronization

/// Where log lines go. Lines of different threads never mix.
package struct LogSink: Sendable {
    private let write: @Sendable ([UInt8]) -> Void

    /// A sink that hands each line, its newline included, to a closure that may be called from any thread.
    package init(_ write: @escaping @Sendable ([UInt8]) -> Void) {
        self.write = write
    }

    /// The process' standard error.
    package static var standardError: LogSink { LogSink(descriptor: STDERR_FILENO) }

    /// The process' standard output.
    package static var standardOutput: LogSink { LogSink(descriptor: STDOUT_FILENO) }

    private init(descriptor: Int32) {
        let turn = Turn()
        self.init { line in turn.take { Self.writeAll(line, to: descriptor) } }
    }

    func callAsFunction(_ line: [UInt8]) {
        write(line)
    }

    /// A line goes out in one system call as a rule; a full pipe may take it in parts.
    private static func writeAll(_ line: [UInt8], to descriptor: Int32) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if errno == EAGAIN {
                    var readiness = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&readiness, 1, 1000)
                } else if errno != EINTR {
                    // Nobody reads the log any more; the process goes on without.
                    return
                }
            }
        }
    }

    private final class Turn: Sendable {
        private let mutex = Mutex(())

        func take(_ body: () -> Void) {
            mutex.withLock { _ in body() }
        }
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate var baseAddress: UnsafeRawPointer? { base.baseAddress.map { $0 + startIndex } }
}
