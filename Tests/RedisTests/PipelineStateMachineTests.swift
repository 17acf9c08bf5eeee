import NIOCore
import Testing

@testable import Redis

@Suite("The pipeline of a connection")
struct PipelineStateMachineTests {
    private typealias Machine = PipelineStateMachine<Int>

    @Test("gives replies to waiters in the order of the requests")
    func order() {
        var machine = Machine()
        add(1, to: &machine)
        add(2, to: &machine)
        #expect(receiver(machine.receive(.status("a"))) == .one(1, .status("a")))
        #expect(receiver(machine.receive(.status("b"))) == .one(2, .status("b")))
        #expect(machine.inFlight == 0)
    }

    @Test("collects all replies of a pipelined batch")
    func batch() {
        var machine = Machine()
        add(1, expecting: .several(2), to: &machine)
        add(2, to: &machine)
        #expect(receiver(machine.receive(.integer(1))) == .nobody)
        #expect(receiver(machine.receive(.error("ERR"))) == .many(1, [.integer(1), .error("ERR")]))
        #expect(receiver(machine.receive(.null)) == .one(2, .null))
    }

    @Test("drops the late reply of a caller that gave up and keeps the places of the others")
    func impatientCaller() {
        var machine = Machine()
        add(1, caller: 50, connection: 1000, to: &machine)
        add(2, connection: 1000, to: &machine)
        #expect(machine.nextExpiry == at(50))
        let expiry = machine.expire(now: at(60))
        #expect(expiry.timedOut == [1])
        #expect(expiry.lost == nil)
        #expect(machine.nextExpiry == at(1000))
        #expect(receiver(machine.receive(.status("late"))) == .nobody)
        #expect(receiver(machine.receive(.status("mine"))) == .one(2, .status("mine")))
    }

    @Test("is given up when a reply is overdue; those who still had time are told that the connection is lost")
    func stuckServer() {
        var machine = Machine()
        add(1, connection: 100, to: &machine)
        add(2, connection: 200, to: &machine)
        add(3, caller: 90, connection: 150, to: &machine)
        let expiry = machine.expire(now: at(100))
        #expect(expiry.timedOut == [1, 3])
        #expect(expiry.lost == [2])
        #expect(machine.inFlight == 0)
        let isAdmitted = machine.add(4, expecting: .one, deadlines: .init(connection: at(300)))
        #expect(!isAdmitted)
    }

    @Test("is also given up when nobody waits for the overdue reply any more")
    func abandonedButStuck() {
        var machine = Machine()
        add(1, caller: 10, connection: 100, to: &machine)
        #expect(machine.expire(now: at(10)).timedOut == [1])
        let expiry = machine.expire(now: at(100))
        #expect(expiry.timedOut == [])
        #expect(expiry.lost == [])
    }

    @Test("expires nobody early")
    func patience() {
        var machine = Machine()
        add(1, caller: 50, connection: 100, to: &machine)
        let expiry = machine.expire(now: at(49))
        #expect(expiry.timedOut == [])
        #expect(expiry.lost == nil)
        #expect(machine.nextExpiry == at(50))
    }

    @Test("does not accept a reply to nothing")
    func unexpectedReply() {
        var machine = Machine()
        #expect(receiver(machine.receive(.status("?"))) == .unexpected)
    }

    @Test("is drained when the last reply has come")
    func draining() {
        var machine = Machine()
        add(1, to: &machine)
        machine.drain()
        #expect(!machine.isDrained)
        _ = machine.receive(.null)
        #expect(machine.isDrained)
    }

    @Test("tells everyone who waits when it closes, once")
    func closing() {
        var machine = Machine()
        add(1, to: &machine)
        add(2, expecting: .several(3), to: &machine)
        _ = machine.receive(.null)
        #expect(machine.close() == [2])
        #expect(machine.close() == [])
    }

    @Test("tells published messages from replies")
    func messages() {
        var machine = Machine()
        let message = RedisValue.array(["message", "news", "hello"].map { .string(Array($0.utf8)) })
        add(1, to: &machine)
        #expect(receiver(machine.receive(message)) == .one(1, message))
        machine.becomeSubscriber()
        add(2, to: &machine)
        #expect(receiver(machine.receive(message)) == .message(message))
        #expect(receiver(machine.receive(.status("PONG"))) == .one(2, .status("PONG")))
    }

    private enum Receiver: Equatable {
        case one(Int, RedisValue)
        case many(Int, [RedisValue])
        case message(RedisValue)
        case nobody
        case unexpected
    }

    private func receiver(_ delivery: Machine.Delivery) -> Receiver {
        switch delivery {
        case .reply(let waiter, let value): .one(waiter, value)
        case .replies(let waiter, let values): .many(waiter, values)
        case .message(let value): .message(value)
        case .none: .nobody
        case .unexpected: .unexpected
        }
    }

    private func add(
        _ waiter: Int, expecting expectation: Machine.Expectation = .one, caller: UInt64? = nil,
        connection: UInt64 = 1000, to machine: inout Machine
    ) {
        let deadlines = Machine.Deadlines(caller: caller.map(at), connection: at(connection))
        let isAdmitted = machine.add(waiter, expecting: expectation, deadlines: deadlines)
        #expect(isAdmitted)
    }

    private func at(_ nanoseconds: UInt64) -> NIODeadline {
        .uptimeNanoseconds(nanoseconds)
    }
}
