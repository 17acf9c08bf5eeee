import Testing

@testable import Redis

@Suite("Redis commands")
struct RedisCommandTests {
    @Test("are arrays of bulk strings, counted in bytes")
    func encoding() {
        let command = RedisCommand("SET", "ключ", [0, 13, 10, 255] as [UInt8], "PX", 30_000, "a-b".dropFirst(2))
        let expected =
            Array("*6\r\n$3\r\nSET\r\n$8\r\nключ\r\n$4\r\n".utf8) + [0, 13, 10, 255]
            + Array("\r\n$2\r\nPX\r\n$5\r\n30000\r\n$1\r\nb\r\n".utf8)
        #expect(command.encoded == expected)
    }

    @Test("may have empty arguments")
    func empty() {
        #expect(RedisCommand("ECHO", "").encoded == Array("*2\r\n$4\r\nECHO\r\n$0\r\n\r\n".utf8))
        #expect(RedisCommand("PING").encoded == Array("*1\r\n$4\r\nPING\r\n".utf8))
    }

    @Test("A script knows its digest")
    func digest() {
        #expect(RedisScript("return 1").digest == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db")
    }

    @Test("A value reads as text, bytes, integer or elements, or not at all")
    func accessors() {
        #expect(RedisValue.string(Array("17".utf8)).int == 17)
        #expect(RedisValue.integer(17).text == nil)
        #expect(RedisValue.status("OK").text == "OK")
        #expect(RedisValue.status("OK").bytes == [79, 75])
        #expect(RedisValue.string([0xFF]).text == nil)
        #expect(RedisValue.array([.null]).elements == [.null])
        #expect(RedisValue.null.isNull)
        #expect(RedisValue.error("ERR x").result == .failure(.server("ERR x")))
    }
}
