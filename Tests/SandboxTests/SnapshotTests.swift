import Foundation
import Testing

@testable import SandboxRuntime

@Suite("Snapshots")
struct SnapshotTests {
    @Test(
        "What waited to be pushed when the sandbox stopped is pushed by the next run", arguments: Conversation.pushing)
    func waitingPushes(conversation: Conversation) async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("sandbox-\(UUID()).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withReceiver { receiver in
            try await withCouriers(receiver: receiver) {
                $0.snapshotPath = path
            } _: { sandbox in
                try await sandbox.control("\(conversation.provider)/faults", #"{"webhooks":{"hold":true}}"#)
                try await conversation.body(sandbox)
                try await Task.sleep(for: .milliseconds(50))
                #expect(receiver.all.isEmpty)
            }
            try await withCouriers(receiver: receiver) {
                $0.snapshotPath = path
            } _: { sandbox in
                #expect(try await receiver.wait(for: conversation.pushes).count == conversation.pushes)
                let isSettled = try await sandbox.eventually {
                    let ledger = try await sandbox.get("/_control/\(conversation.provider)/ledger?only=totals").json
                    return ledger["totals"]?["deliveries"]?["pending"] == 0
                }
                #expect(isSettled)
            }
        }
    }
}
