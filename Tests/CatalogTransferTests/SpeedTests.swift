import CommerceTestSupport
import Core
import Foundation
import Jobs
import Postgres
import Testing

@testable import CatalogTransfer

@Suite("Large imports")
struct SpeedTests {
    @Test(
        "A large file comes in within its time and memory",
        .enabled(if: ProcessInfo.processInfo.environment["HAAT_IMPORT_PRODUCTS"] != nil), .timeLimit(.minutes(20)))
    func large() async throws {
        let products = try #require(ProcessInfo.processInfo.environment["HAAT_IMPORT_PRODUCTS"].flatMap(Int.init))
        try await Depot.open { depot in
            let asked = try await depot.ask(Depot.table(products))
            let before = residentMegabytes()
            let start = ContinuousClock.now
            let watch = Task { () -> Int in
                var most = 0
                while !Task.isCancelled {
                    most = max(most, residentMegabytes())
                    do { try await Task.sleep(for: .milliseconds(200)) } catch { break }
                }
                return most
            }
            try await depot.runner(RunProductImport.Job(importID: asked.id), in: depot.market.queue)
            let took = ContinuousClock.now - start
            watch.cancel()
            let most = await watch.value
            print("\(products) products in \(took), resident \(before) MB before, \(most) MB at most")
            let done = try await depot.read(asked.id)
            #expect(done.state == .done && done.counts.created == Int64(products))
            let again = ContinuousClock.now
            try await depot.take(Depot.table(products))
            print("once more, unchanged, in \(ContinuousClock.now - again)")
        }
    }

    private func residentMegabytes() -> Int {
        do {
            let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            return (line?.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? 0) / 1024
        } catch {
            return 0
        }
    }
}
