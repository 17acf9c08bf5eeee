import ArgumentParser
import Documents
import Foundation
import Typesetting

/// Measures how fast invoices are drawn, on one core, and whether memory grows with their number.
@main
struct DocumentsBench: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bench-documents")

    @Option(help: "How many documents are drawn.") var count = 10_000
    @Option(help: "Lines of each.") var lines = 5

    func run() throws {
        let typesetter = try Typesetter()
        let content = DocumentContent.example(lines: lines)
        // What is read of fonts once is no part of a document.
        for _ in 0..<100 { _ = try typesetter.pdf(of: content.publication) }
        let before = residentKilobytes()
        var (bytes, slowest) = (0, 0.0)
        let began = ContinuousClock.now
        for _ in 0..<count {
            let start = ContinuousClock.now
            bytes = try typesetter.pdf(of: content.publication).count
            slowest = max(slowest, (ContinuousClock.now - start) / .milliseconds(1))
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let report = [
            "documents": Double(count), "lines": Double(lines), "bytes": Double(bytes),
            "documents_per_second": (Double(count) / seconds).rounded(), "slowest_ms": slowest.rounded(),
            "growth_kb": Double(residentKilobytes() - before), "resident_kb": Double(residentKilobytes()),
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        print(String(decoding: try encoder.encode(report), as: UTF8.self))
    }

    private func residentKilobytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return Int(line.filter(\.isNumber)) ?? 0
    }
}
