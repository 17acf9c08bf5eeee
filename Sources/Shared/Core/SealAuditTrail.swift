package import Jobs
package import Logging

/// Sign a checkpoint over all audit chains.
package struct SealAuditTrail: JobPayload {
    package static let kind = "maintenance.seal_audit_trail"
    package static let queue = QueueName.maintenance

    package init() {}

    /// The log keeps number and hash apart from the database, for the day on which somebody rewrites that.
    package func run(
        _ checkpoints: AuditCheckpointStore, after linking: AuditLinking, in claim: some Claim, logger: Logger
    ) async throws {
        try await linking.run()
        let checkpoint = try await claim.finish { try await checkpoints.seal(in: $0) }
        logger.info(
            "The audit trail is sealed",
            metadata: [
                "checkpoint": "\(checkpoint.number)", "chains": "\(checkpoint.chains)",
                "hash": "\(Hexadecimal.encode(checkpoint.hash))",
            ])
    }
}
