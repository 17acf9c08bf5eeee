import FaultHarness
import Testing

/// How the processes start where they can't, and how the suite itself looks after them.
@Suite("Starting", .serialized, .timeLimit(.minutes(10)))
struct StartTests {
    @Test(
        "A process whose port is taken, or whose address is not ours, says so in one line and ends with status 78",
        arguments: [
            ("haat-api serve", "HAAT_API_HOST"), ("haat-worker run", "HAAT_API_HOST"),
            ("haat-sandbox serve", "HAAT_SANDBOX_HOST"),
        ])
    func listening(command: String, hostSetting: String) async throws {
        let marketplace = try await Stage.shared.marketplace("input")
        for (settings, reason) in [([:], "listen"), ([hostSetting: "192.0.2.1"], "192.0.2.1")] {
            let (ending, output) = try await marketplace.runFurther(command, settings: settings)
            #expect(ending == .exited(78), "\(output)")
            #expect(output.split(separator: "\n").count == 1 && output.contains(reason), "\(output)")
        }
    }

    @Test("A sandbox whose SMTP port alone is taken ends likewise")
    func listeningForMail() async throws {
        let marketplace = try await Stage.shared.marketplace("input")
        let (ending, output) = try await marketplace.runFurther(
            "haat-sandbox serve", settings: ["HAAT_SANDBOX_PORT": "0"])
        #expect(ending == .exited(78) && output.contains("SMTP"), "\(output)")
    }

    @Test("A process that ends by itself a second time is given up at once, with the end of its log")
    func crashing() async throws {
        let machinery = try await Stage.shared.machinery()
        let process = machinery.supervise(
            "/bin/sh", ["-c", "echo this is broken; exit 3"], name: "broken", port: 1, path: "/")
        let error = await #expect(throws: HarnessError.self) { try await process.start() }
        #expect(error?.description.contains("this is broken") == true, "\(String(describing: error))")
        #expect(await process.crashes == [.exited(3), .exited(3)])
    }

    @Test("Who answers at a process' port is not taken for it")
    func stranger() async throws {
        let marketplace = try await Stage.shared.marketplace("input")
        let process = try await Stage.shared.machinery().supervise(
            "/bin/sleep", ["600"], name: "silent", port: marketplace.apiPort, path: "/health/ready")
        await #expect(throws: HarnessError.self) { try await process.start(within: .seconds(1)) }
        try await process.stop()
        #expect(await process.crashes.isEmpty)
    }
}
