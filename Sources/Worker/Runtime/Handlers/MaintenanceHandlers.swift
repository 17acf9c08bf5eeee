import Core
import Identity
import Jobs
import Platform
import Vault

extension JobRegistry {
    /// House-keeping by the clock.
    mutating func registerMaintenance(on platform: Platform) throws {
        register(MaintainPartitions.self, timeout: .seconds(600)) { _, context in
            try await MaintainPartitions.run(in: context)
        }
        let signIns = PurgeSignIns(settings: platform.configuration.accounts, clock: platform.clock)
        register(PurgeSignIns.Job.self, timeout: .seconds(600)) { _, context in try await signIns.run(in: context) }
        let checkpoints = try AuditCheckpointStore(on: platform)
        let linking = AuditLinking(postgres: platform.postgres, audit: platform.audit)
        register(SealAuditTrail.self, timeout: .seconds(600)) { job, context in
            try await job.run(checkpoints, after: linking, in: context, logger: context.logger)
        }
        let rewrap = RewrapDataKeys(vault: platform.vault, audit: platform.audit)
        register(RewrapDataKeys.Job.self, timeout: .seconds(600)) { _, context in try await rewrap.run(in: context) }
    }
}

extension AuditCheckpointStore {
    init(on platform: Platform) throws {
        self.init(
            sealer: try AuditSealer(keys: platform.configuration.auditKeys), clock: platform.clock)
    }
}
