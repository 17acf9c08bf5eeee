package import Core
import Foundation
package import Jobs

/// What people do about a finding: to say why it is so, and to let it be, which takes two of them.
package struct ResolveFinding: Sendable {
    private let book: PaymentBook

    package init(book: PaymentBook) {
        self.book = book
    }

    /// - Throws: ``Problem``: 404; 409 where it is dealt with; 422 for an explanation that is no line of text.
    package func explain(
        _ id: ID<Finding>, _ explanation: String, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> Finding {
        try await change(id, explanation, "explained", by: actor, in: work) { finding in
            finding.state = .explained
            finding.explainedBy = actor.rawValue
            finding.proposedBy = nil
        }
    }

    /// Nothing is booked yet.
    /// - Throws: likewise.
    package func proposeWriteOff(
        _ id: ID<Finding>, _ explanation: String, by actor: AuditActor, in work: UnitOfWork
    ) async throws -> Finding {
        try await change(id, explanation, "write_off_proposed", by: actor, in: work) { finding in
            finding.state = .writeOffProposed
            finding.proposedBy = actor.rawValue
        }
    }

    /// Books what our account of the gateway lacks, where that is known.
    /// - Throws: ``Problem``: 404; 409 where nobody has proposed it, or this very person has.
    package func writeOff(_ id: ID<Finding>, by actor: AuditActor, in work: UnitOfWork) async throws -> Finding {
        let finding = try await change(id, nil, "written_off", by: actor, in: work) { finding throws(Problem) in
            guard finding.state == .writeOffProposed else {
                throw .conflict(
                    "write-off-not-proposed", title: "Nobody has proposed to write it off",
                    detail: "The finding is \(finding.state.rawValue)")
            }
            guard finding.proposedBy != actor.rawValue else {
                throw .conflict(
                    "second-person-needed", title: "Another person has to agree",
                    detail: "Who has proposed to write it off can't agree to that as well")
            }
            finding.state = .writtenOff
            finding.writtenOffBy = actor.rawValue
        }
        if let amount = finding.amount, !amount.isZero {
            try await book.ledger.record(
                .writeOff(amount, through: finding.gateway), kind: .writeOff, subject: "\(id)", of: nil,
                at: book.clock.now, in: work)
        }
        return finding
    }

    private func change(
        _ id: ID<Finding>, _ explanation: String?, _ action: String, by actor: AuditActor, in work: UnitOfWork,
        _ apply: (inout Finding) throws(Problem) -> Void
    ) async throws -> Finding {
        if let explanation {
            var check = InputCheck()
            check.text("/explanation", explanation, Finding.explanation)
            try check.finish()
        }
        guard var finding = try await FindingStore().lock(id, in: work) else { throw Problem.notFound("finding") }
        guard finding.state.isUndone else {
            throw Problem.conflict(
                "finding-closed", title: "The finding is dealt with", detail: "It is \(finding.state.rawValue)")
        }
        try apply(&finding)
        finding.explanation = explanation ?? finding.explanation
        finding.version += 1
        try await FindingStore().update(finding, at: book.clock.now, in: work)
        try await book.audit.append(
            AuditEntry(
                actor: actor, action: "finding.\(action)", subject: finding.id,
                payload: [
                    "gateway": .string("\(finding.gateway)"), "kind": .string(finding.kind),
                    "subject": .string(finding.subject),
                ]), in: work)
        return finding
    }
}
