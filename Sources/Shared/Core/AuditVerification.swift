package import Postgres

/// What a verification of the audit record found.
package struct AuditReport: Hashable, Sendable {
    /// One broken place.
    package struct Fault: Hashable, Sendable {
        package let subject: String
        /// The event's number in its chain.
        package let sequence: Int64
        package let finding: AuditFinding

        package init(subject: String, sequence: Int64, finding: AuditFinding) {
            self.subject = subject
            self.sequence = sequence
            self.finding = finding
        }
    }

    /// Those that have a place in a chain.
    package var events = 0
    package var subjects = 0
    package var faults: [Fault] = []

    package init() {}

    package var isSound: Bool { faults.isEmpty }
}

extension AuditStore {
    /// Verifies one subject's chain: every hash, signature and link, and that nothing is missing at either end.
    package func verify(
        _ subject: String, in executor: some PostgresExecutor
    ) async throws(PostgresError) -> AuditReport {
        let events = try await executor.query(AuditSQL.chain(of: subject), as: AuditEvent.self)
        let heads = try await executor.query(AuditSQL.heads(of: [subject]), as: ChainHead.self)
        var walk = ChainWalk(chain: chain)
        for event in events { walk.visit(event) }
        walk.finish(heads: heads)
        if events.isEmpty, let head = heads.first { walk.report(subject, head.sequence, .endMissing) }
        return walk.result
    }

    /// Verifies every chain, in batches.
    ///
    /// Run it in a repeatable-read transaction where events are being linked meanwhile, else a chain may seem to end early.
    package func verifyAll(
        in executor: some PostgresExecutor, batch: Int = 1000
    ) async throws(PostgresError) -> AuditReport {
        var walk = ChainWalk(chain: chain)
        var position = (subject: "", sequence: Int64(0))
        while true {
            let events = try await executor.query(
                AuditSQL.chain(afterSubject: position.subject, sequence: position.sequence, limit: batch),
                as: AuditEvent.self)
            guard let last = events.last, let link = last.link else { break }
            for event in events { walk.visit(event) }
            position = (last.entry.subject, link.sequence)
            try await finishCompletedChains(&walk, in: executor)
        }
        walk.finish(heads: try await heads(of: walk.openSubjects + [position.subject], in: executor))
        for subject in try await emptiedSubjects(in: executor) { walk.report(subject, 0, .endMissing) }
        return walk.result
    }

    private func finishCompletedChains(
        _ walk: inout ChainWalk, in executor: some PostgresExecutor
    ) async throws(PostgresError) {
        guard !walk.openSubjects.isEmpty else { return }
        walk.finishCompleted(heads: try await heads(of: walk.openSubjects, in: executor))
    }

    private func heads(
        of subjects: [String], in executor: some PostgresExecutor
    ) async throws(PostgresError) -> [ChainHead] {
        try await executor.query(AuditSQL.heads(of: subjects), as: ChainHead.self)
    }

    private func emptiedSubjects(in executor: some PostgresExecutor) async throws(PostgresError) -> [String] {
        try await executor.query(AuditSQL.subjectsWithoutEvents(limit: 100), as: SubjectRow.self).map(\.subject)
    }
}

private struct SubjectRow: PostgresRowDecodable, Sendable {
    let subject: String

    init(row: borrowing PostgresRow) throws(PostgresError) { subject = try row.decode("subject") }
}

/// Walks events in the order of subjects and sequences and compares each with the one before.
private struct ChainWalk {
    let chain: AuditChain
    private(set) var result = AuditReport()
    private var last: (subject: String, link: AuditLink)?
    /// Chains whose last event was seen but not yet compared with the head.
    private var completed: [String: AuditLink] = [:]

    init(chain: AuditChain) { self.chain = chain }

    var openSubjects: [String] { Array(completed.keys) }

    mutating func visit(_ event: AuditEvent) {
        guard let link = event.link else { return }
        let subject = event.entry.subject
        let before = last?.subject == subject ? last?.link : nil
        if before == nil {
            result.subjects += 1
            if let last { completed[last.subject] = last.link }
        }
        result.events += 1
        for finding in chain.findings(in: event, linkedBy: link) { report(subject, link.sequence, finding) }
        if link.sequence != (before?.sequence ?? 0) &+ 1 { report(subject, link.sequence, .sequenceGap) }
        if link.previousHash != before?.hash ?? AuditChain.genesis { report(subject, link.sequence, .linkBroken) }
        last = (subject, link)
    }

    mutating func finishCompleted(heads: [ChainHead]) {
        let headOfSubject = Dictionary(heads.map { ($0.subject, $0) }, uniquingKeysWith: { $1 })
        for (subject, link) in completed {
            let head = headOfSubject[subject]
            if head?.sequence != link.sequence || head?.hash != link.hash {
                report(subject, link.sequence, .endMissing)
            }
        }
        completed = [:]
    }

    mutating func finish(heads: [ChainHead]) {
        if let last { completed[last.subject] = last.link }
        finishCompleted(heads: heads)
        last = nil
    }

    mutating func report(_ subject: String, _ sequence: Int64, _ finding: AuditFinding) {
        result.faults.append(AuditReport.Fault(subject: subject, sequence: sequence, finding: finding))
    }
}
