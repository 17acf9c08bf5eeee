import Foundation
import Testing

@Suite("Rules for sources")
struct SourceRulesTests {
    @Test("No text from outside is compared the slow way")
    func lint() throws {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let output = Pipe()
        let lint = Process()
        lint.executableURL = URL(filePath: "/usr/bin/env")
        lint.arguments = ["bash", "deploy/local/lint.sh"]
        lint.currentDirectoryURL = package
        lint.standardOutput = output
        lint.standardError = output
        try lint.run()
        let findings = try output.fileHandleForReading.readToEnd() ?? Data()
        lint.waitUntilExit()
        #expect(lint.terminationStatus == 0, "\(String(decoding: findings, as: UTF8.self))")
    }
}
