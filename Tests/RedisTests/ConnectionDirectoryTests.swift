import Testing

@testable import Redis

@Suite("The directory of shared connections")
struct ConnectionDirectoryTests {
    private final class Line: Sendable {}
    private typealias Directory = ConnectionDirectory<Line, String>

    @Test("lets callers wait for the first attempt and releases them to its connection")
    func start() {
        var directory = Directory(connections: 2)
        #expect(isWait(directory.lease()))
        _ = directory.wait("a")
        _ = directory.wait("b")
        #expect(directory.connected(Line(), slot: 0) == ["a", "b"])
        #expect(directory.connectedCount == 1)
        #expect(directory.waitingCount == 0)
    }

    @Test("fails callers at once when every attempt has failed, until a connection is up")
    func down() {
        var directory = Directory(connections: 2)
        _ = directory.wait("a")
        #expect(directory.failed(slot: 0, reason: "refused") == [])
        #expect(directory.failed(slot: 1, reason: "refused again") == ["a"])
        #expect(reason(directory.lease()) == "refused again")
        let line = Line()
        _ = directory.connected(line, slot: 1)
        #expect(connection(directory.lease()) === line)
    }

    @Test("takes turns between the connections")
    func turns() {
        var directory = Directory(connections: 2)
        let first = Line()
        let second = Line()
        _ = directory.connected(first, slot: 0)
        _ = directory.connected(second, slot: 1)
        let leased = (0..<4).map { _ in connection(directory.lease()) }
        #expect(leased[0] !== leased[1])
        #expect(leased[0] === leased[2])
        #expect(leased[1] === leased[3])
    }

    @Test("lets callers wait for the reconnection after a connection ended by itself")
    func lost() {
        var directory = Directory(connections: 1)
        let line = Line()
        _ = directory.connected(line, slot: 0)
        directory.lost(line, reason: "closed", isServerStuck: false)
        directory.lost(line, reason: "closed", isServerStuck: false)
        #expect(isWait(directory.lease()))
    }

    @Test("fails callers at once after the server was found stuck")
    func stuck() {
        var directory = Directory(connections: 1)
        let line = Line()
        _ = directory.connected(line, slot: 0)
        directory.lost(line, reason: "no answer", isServerStuck: true)
        #expect(reason(directory.lease()) == "no answer")
    }

    @Test("does not take the news of an old connection for that of its successor")
    func lateNews() {
        var directory = Directory(connections: 1)
        let old = Line()
        let new = Line()
        _ = directory.connected(old, slot: 0)
        directory.lost(old, reason: "closed", isServerStuck: false)
        _ = directory.connected(new, slot: 0)
        directory.lost(old, reason: "closed", isServerStuck: true)
        #expect(connection(directory.lease()) === new)
    }

    @Test("releases a caller once")
    func abandoned() {
        var directory = Directory(connections: 1)
        let id = directory.wait("a")
        #expect(directory.abandonWait(id) == "a")
        #expect(directory.abandonWait(id) == nil)
        #expect(directory.connected(Line(), slot: 0) == [])
    }

    @Test("refuses everything after shutdown")
    func shutdown() {
        var directory = Directory(connections: 1)
        _ = directory.wait("a")
        #expect(directory.shutDown() == ["a"])
        _ = directory.connected(Line(), slot: 0)
        #expect(reason(directory.lease()) == "the client is shutting down")
    }

    @Test("Pauses between attempts double up to the cap, half of each random")
    func backoff() {
        let backoff = ReconnectBackoff(base: .milliseconds(50), cap: .seconds(2))
        #expect(backoff.delay(afterFailures: 1, random: 0) == .milliseconds(25))
        #expect(backoff.delay(afterFailures: 1, random: 1) == .milliseconds(50))
        #expect(backoff.delay(afterFailures: 3, random: 0.5) == .milliseconds(150))
        #expect(backoff.delay(afterFailures: 1_000_000, random: 1) == .seconds(2))
    }

    private func isWait(_ lease: Directory.Lease) -> Bool {
        guard case .wait = lease else { return false }
        return true
    }

    private func reason(_ lease: Directory.Lease) -> String? {
        guard case .unavailable(let reason) = lease else { return nil }
        return reason
    }

    private func connection(_ lease: Directory.Lease) -> Line? {
        guard case .connection(let line) = lease else { return nil }
        return line
    }
}
