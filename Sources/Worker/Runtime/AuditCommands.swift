package import Configuration
import Core
import Foundation
import Platform
import Postgres

/// What operators ask about the audit trail from the command line.
package enum AuditCommands {
    /// Verifies every chain and every checkpoint and prints what it finds, the first broken row on a line of its own.
    /// - Returns: whether all is sound.
    /// - Throws: `ConfigurationError` for settings that are missing or malformed.
    package static func verify(_ reader: ConfigReader) async throws -> Bool {
        let lines = try await OperatorSession.run(reader) { platform in
            let checkpoints = try AuditCheckpointStore(on: platform)
            let key = try AuditSealer(keys: platform.configuration.auditKeys).publicKey
            try await AuditLinking(postgres: platform.postgres, audit: platform.audit).run()
            let (chains, sealed) = try await platform.postgres.withTransaction(.repeatableRead) { transaction in
                (try await platform.audit.verifyAll(in: transaction), try await checkpoints.verify(in: transaction))
            }
            return AuditFindings(chains: chains, checkpoints: sealed, publicKey: key)
        }
        for line in lines.text { print(line) }
        return lines.isSound
    }
}

/// The outcome of a verification, as an operator reads it.
struct AuditFindings: Sendable {
    private static let shown = 100

    let chains: AuditReport
    let checkpoints: AuditCheckpointReport
    let publicKey: String

    var isSound: Bool { faults.isEmpty }

    private var faults: [AuditReport.Fault] { chains.faults + checkpoints.faults }

    var text: [String] {
        var lines = [
            "\(chains.events) events in \(chains.subjects) chains, \(checkpoints.checkpoints) checkpoints",
            "public key \(publicKey)",
        ]
        if let last = checkpoints.last {
            lines.append(
                "last checkpoint \(last.number) of \(last.madeAt.formatted(.iso8601)), \(Hexadecimal.encode(last.hash))"
            )
        }
        guard let first = faults.first else { return lines + ["sound"] }
        lines.append("first broken row: \(Self.line(first))")
        lines += faults.dropFirst().prefix(Self.shown).map(Self.line)
        if faults.count > Self.shown + 1 { lines.append("and \(faults.count - Self.shown - 1) more") }
        return lines
    }

    private static func line(_ fault: AuditReport.Fault) -> String {
        "\(fault.subject) \(fault.sequence) \(fault.finding.rawValue)"
    }
}
