import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// A client that reads as much and as slowly as it likes, which libraries don't.
final class PlainClient: Sendable {
    struct Failure: Error { let call: String }

    private let socket: CInt

    /// - Parameter receiveBuffer: bytes that the kernel takes for us before we read them; nil for its own choice.
    init(port: Int, receiveBuffer: CInt? = nil) throws {
        socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure(call: "socket") }
        if var size = receiveBuffer {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(call: "connect") }
    }

    deinit { close(socket) }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Glibc.send(socket, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count else {
            throw Failure(call: "send")
        }
    }

    func closeSending() {
        shutdown(socket, CInt(SHUT_WR))
    }

    /// As much as the kernel takes.
    func sendWithoutWaiting(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(socket, bytes, bytes.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
    }

    /// Until the first byte is there to be read.
    func waitForAnswer() async {
        var byte: UInt8 = 0
        while recv(socket, &byte, 1, CInt(MSG_PEEK | MSG_DONTWAIT)) < 0, errno == EAGAIN {
            do { try await Task.sleep(for: .milliseconds(5)) } catch { return }
        }
    }

    /// Whether the other side has closed or reset the connection, with nothing left to read.
    var isClosed: Bool {
        var byte: UInt8 = 0
        let count = recv(socket, &byte, 1, CInt(MSG_PEEK | MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno != EAGAIN)
    }

    /// What comes until the end of the connection or of the patience.
    func read(patience: Duration, piece: Int = 1 << 20, pause: Duration = .milliseconds(5)) async -> String {
        let deadline = ContinuousClock.now + patience
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: piece)
        while ContinuousClock.now < deadline {
            let count = recv(socket, &buffer, piece, CInt(MSG_DONTWAIT))
            if count > 0 { answer += buffer[..<count] }
            if count == 0 || (count < 0 && errno != EAGAIN) { break }
            do { try await Task.sleep(for: pause) } catch { break }
        }
        return String(decoding: answer, as: UTF8.self)
    }
}
