import Foundation
import Testing

@testable import Jobs

@Suite struct DispatchKeyTests {
    private static let id = UUID().lowercaseText

    @Test("A key survives the way through a list", arguments: [0, 7, 10, Int32.max])
    func roundTrip(attempt: Int32) {
        let key = DispatchKey(jobID: UUID(), attempt: attempt)
        #expect(DispatchKey(key.text) == key)
    }

    @Test(
        "Whatever else somebody pushed is no key",
        arguments: [
            "", ":", "x:1", "\(id):", "\(id):x", id, "\(id):1:2", "\(id);1", "\(id.dropLast()):1", "\(id)0:1",
            "\(id.replacing("-", with: "0")):1",
        ])
    func nonsense(text: String) {
        #expect(DispatchKey(text) == nil)
    }

    @Test(
        "An attempt that no row can have is no key",
        arguments: ["2147483648", "99999999999", "9223372036854775807", "9223372036854775808", "-1", "１"])
    func outOfRange(attempt: String) {
        #expect(DispatchKey("\(Self.id):\(attempt)") == nil)
    }

    @Test("A dispatch has one name", arguments: ["+1", "01", "00", " 1", "1 ", "0x1"])
    func otherSpellings(attempt: String) {
        #expect(DispatchKey("\(Self.id):\(attempt)") == nil)
        #expect(DispatchKey("01890FA8-5be1-7193-8b58-a4d8f50fe9f4:1") == nil)
    }

    @Test(
        "Only names that can stand in a Redis key name a queue",
        arguments: ["", "A", "a b", "a}", "ä", String(repeating: "a", count: 65)])
    func queueNames(text: String) {
        #expect(QueueName(rawValue: text) == nil)
    }
}
