import Dispatch
import Foundation

@testable import SandboxRuntime

/// Runs a sandbox whose couriers push to `receiver`, where there is one.
func withCouriers(
    receiver: WebhookReceiver? = nil, _ configure: (inout SandboxSettings) -> Void = { _ in },
    _ body: @Sendable (Harness) async throws -> Void
) async throws {
    try await withSandbox(receiver: receiver) { settings in
        settings.couriers.steadfastWebhookURL = settings.stripeWebhookURL
        settings.couriers.shiprocketWebhookURL = settings.stripeWebhookURL
        settings.couriers.steadfastWebhookToken = "bearer-test"
        settings.couriers.shiprocketWebhookToken = "token-test"
        configure(&settings)
    } _: { sandbox in
        try await body(sandbox)
    }
}

/// What a command of the system prints, with its exit status. Waits on a thread of its own: the pool's threads are few,
/// and other tests need them.
func run(_ command: String, _ arguments: [String]) async throws -> (status: Int32, output: String) {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(with: Result { try runHere(command, arguments) })
        }
    }
}

private func runHere(_ command: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
}

/// The text of a PDF as poppler reads it, and what it says about the file.
func readPDF(_ bytes: [UInt8]) async throws -> (text: String, information: String) {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("sandbox-\(UUID()).pdf")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    let text = try await run("pdftotext", ["-layout", file.path, "-"])
    let information = try await run("pdfinfo", [file.path])
    guard text.status == 0, information.status == 0 else {
        throw PDFUnreadable(reason: text.output + information.output)
    }
    return (text.output, information.output)
}

struct PDFUnreadable: Error {
    let reason: String
}
