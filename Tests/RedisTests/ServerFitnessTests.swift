import Testing

@testable import Redis

@Suite("The fitness of a server")
struct ServerFitnessTests {
    @Test(
        "is refuted by what a replica, a loading server and a stranger answer",
        arguments: [
            "READONLY You can't write against a read only replica.",
            "READONLY You can't write against a read only replica. script: 1b9e, on @user_script:1.",
            "LOADING Redis is loading the dataset in memory",
            "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
            "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
            "NOAUTH Authentication required.",
            "ERR Error running script (call to f_1b9e): @user_script:1: @user_script: 1: -READONLY You can't write against a read only replica.",
            "ERR Error running script (call to f_1b9e): @user_script:1: a: -b: -LOADING Redis is loading the dataset in memory",
            "EXECABORT Transaction discarded because of: READONLY You can't write against a read only replica.",
        ])
    func refuted(error: String) {
        #expect(ServerFitness.isRefuted(by: error))
    }

    @Test(
        "is not refuted by what a new connection would be answered as well",
        arguments: [
            "ERR unknown command 'READONLY'", "WRONGTYPE Operation against a key holding the wrong kind of value", "",
            "MISCONF Redis is configured to save RDB snapshots", "NOREPLICAS Not enough good replicas to write.",
            "OOM command not allowed when used memory > 'maxmemory'.", "READONLYISH", "ERR -READONLY", "NOPERM",
            "EXECABORT Transaction discarded because of previous errors.",
            "ERR Error running script (call to f_1b9e): @user_script:1: user: -OOM no",
        ])
    func notRefuted(error: String) {
        #expect(!ServerFitness.isRefuted(by: error))
    }

    @Test("is what the server's role says, and unknown where it does not tell")
    func role() {
        let master = RedisValue.array([.string(Array("master".utf8)), .integer(3), .array([])])
        let replica = RedisValue.array([.string(Array("slave".utf8)), .string([49]), .integer(6379)])
        #expect(ServerFitness.verdict(onRole: master) == .fit)
        #expect(ServerFitness.verdict(onRole: replica) == .unfit("it is a replica"))
        #expect(ServerFitness.verdict(onRole: .array([.string(Array("sentinel".utf8))])) == .unfit("it is no primary"))
        #expect(ServerFitness.verdict(onRole: .null) == .unfit("it is no primary"))
        #expect(ServerFitness.verdict(onRole: .error("NOPERM no permissions")) == .unknown)
        #expect(ServerFitness.verdict(onRole: .error("ERR unknown command 'ROLE'")) == .unknown)
        #expect(ServerFitness.verdict(onRole: .error("LOADING x")) == .unfit("LOADING x"))
    }

    @Test("is noticed wherever the error stands", arguments: ["-READONLY no\r\n", "*2\r\n:1\r\n*1\r\n-LOADING no\r\n"])
    func inside(reply: String) throws {
        let decoder = ReplyDecoder(maximumReplyBytes: 1000)
        try Array("-ERR no\r\n$8\r\nREADONLY\r\n+READONLY no\r\n".utf8).withUnsafeBytes {
            try decoder.decode($0) { _ in }
        }
        #expect(decoder.unfitness == nil)
        try Array(reply.utf8).withUnsafeBytes { try decoder.decode($0) { _ in } }
        #expect(decoder.unfitness?.hasSuffix(" no") == true)
    }
}
