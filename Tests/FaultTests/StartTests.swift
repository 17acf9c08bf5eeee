import FaultHarness
import Foundation
import Postgres
import Testing

/// How the processes start where they can't, and how the suite itself looks after them.
@Suite("Starting", .serialized, .timeLimit(.minutes(10)))
struct StartTests {
    @Test(
        "A process whose port is taken, or whose address is not ours, says so in one line and ends with status 78",
        arguments: [
            ("haat-api serve", "HAAT_API_HOST"), ("haat-worker run", "HAAT_MANAGEMENT_HOST"),
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

    @Test("An API whose management port alone is taken, or whose management host is not ours, ends likewise")
    func listeningForManagement() async throws {
        let marketplace = try await Stage.shared.marketplace("input")
        for (settings, reason) in [([:], "listen"), (["HAAT_MANAGEMENT_HOST": "192.0.2.1"], "192.0.2.1")] {
            let (ending, output) = try await marketplace.runFurther(
                "haat-api serve", settings: settings.merging(["HAAT_API_PORT": "0"]) { $1 })
            #expect(ending == .exited(78), "\(output)")
            #expect(output.hasPrefix("HAAT_MANAGEMENT_HOST, HAAT_API_MANAGEMENT_PORT: "), "\(output)")
            #expect(output.contains(reason), "\(output)")
        }
    }

    @Test("Health and metrics are on the management ports, and nothing else is")
    func management() async throws {
        let marketplace = try await Stage.shared.marketplace("input")
        for path in ["/health/live", "/health/ready", "/metrics"] {
            #expect(try await marketplace.status("GET", path, at: marketplace.apiPort) == 404)
            for port in [marketplace.apiManagementPort, marketplace.workerManagementPort] {
                #expect(try await marketplace.status("GET", path, at: port) == 200)
                #expect(try await marketplace.status("HEAD", path, at: port) == 200)
            }
        }
        #expect(try await marketplace.status("GET", "/api/v1/products", at: marketplace.apiPort) == 200)
        #expect(try await marketplace.status("GET", "/api/v1/products", at: marketplace.apiManagementPort) == 404)
    }

    @Test("Both processes say that they are not ready while the database is silent, and recover by themselves")
    func silentDatabase() async throws {
        try await Stage.shared.withMarketplace("silent", startsWorker: true) { marketplace in
            let ports = [marketplace.apiManagementPort, marketplace.workerManagementPort]
            for (behaviour, expected) in [(TCPProxy.Behaviour.blackHole, 503), (.pass, 200)] {
                marketplace.postgresProxy.set(behaviour)
                for port in ports {
                    let settled = try await eventually(within: .seconds(60)) {
                        try await marketplace.status("GET", "/health/ready", at: port) == expected
                    }
                    #expect(settled, "port \(port), \(behaviour)")
                    #expect(try await marketplace.status("GET", "/health/live", at: port) == 200)
                }
            }
        }
    }

    @Test("The processes and the commands of operators take their secrets from files")
    func secretsInFiles() async throws {
        let marketplace = try await Stage.shared.marketplace("input")
        let file = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().uuidString)")
        try Data((marketplace.databaseURL + "\n").utf8).write(to: file)
        let inFile = ["HAAT_DATABASE_URL": "", "HAAT_DATABASE_URL_FILE": file.path]
        for command in ["haat-api migrate --status", "haat-worker jobs list", "haat-worker audit verify"] {
            let (ending, output) = try await marketplace.runFurther(command, settings: inFile)
            #expect(ending == .exited(0), "\(command): \(output)")
        }
        for command in ["haat-api serve", "haat-api migrate", "haat-worker run", "haat-worker jobs list"] {
            let (ending, output) = try await marketplace.runFurther(
                command, settings: ["HAAT_DATABASE_URL_FILE": file.path])
            #expect(ending == .exited(78), "\(command): \(output)")
            #expect(output.hasPrefix("HAAT_DATABASE_URL and HAAT_DATABASE_URL_FILE are both set"), "\(output)")
        }
        try FileManager.default.removeItem(at: file)
    }

    @Test("What operators do on the command line is put on record, under the account that did it")
    func commandsOnRecord() async throws {
        let marketplace = try await Stage.shared.marketplace("input")
        let job = try #require(
            try await marketplace.database.queryValue(
                """
                INSERT INTO jobs (id, queue, kind, payload, state, finished_at)
                VALUES (uuid7_floor(now() - interval '1 hour'), 'maintenance', 'nothing.much', '{}', 'cancelled', now()) RETURNING id
                """, as: UUID.self))
        for command in [
            "jobs pause maintenance", "jobs retry \(job)", "jobs discard \(job)", "jobs resume maintenance",
        ] {
            let (ending, output) = try await marketplace.runFurther("haat-worker \(command)")
            #expect(ending == .exited(0), "\(command): \(output)")
        }
        let recorded = try await marketplace.database.queryValues(
            "SELECT action FROM audit_events WHERE actor = \("command_line:" + NSUserName()) ORDER BY id",
            as: String.self)
        #expect(recorded == ["queue.paused", "job.retried", "job.discarded", "queue.resumed"])
        for (command, reason) in [
            ("discard \(job)", "The job can't be discarded: The job is cancelled"),
            ("retry \(UUID())", "Not found: There is no such job"),
        ] {
            let (ending, output) = try await marketplace.runFurther("haat-worker jobs \(command)")
            #expect(ending == .exited(1) && output.contains(reason), "\(output)")
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
            "/bin/sleep", ["600"], name: "silent", port: marketplace.apiManagementPort, path: "/health/ready")
        await #expect(throws: HarnessError.self) { try await process.start(within: .seconds(1)) }
        try await process.stop()
        #expect(await process.crashes.isEmpty)
    }
}
