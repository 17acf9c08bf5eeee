package import Core
import Foundation
package import Identity
package import Jobs
package import Media
import NIOCore
import Postgres

/// Writes all that is held about a person into a private file, some records at a time, and deletes it when its time is over.
package struct RunDataExport: Sendable {
    package struct Job: JobPayload, Hashable {
        package static let kind = "customers.export_data"
        package static let queue = QueueName.imports

        package let exportID: ID<DataExport>

        package init(exportID: ID<DataExport>) { self.exportID = exportID }
    }

    package struct Removal: JobPayload, Hashable {
        package static let kind = "customers.remove_data_export"
        package static let queue = QueueName.maintenance

        package let exportID: ID<DataExport>

        package init(exportID: ID<DataExport>) { self.exportID = exportID }
    }

    private let accounts = AccountStore()
    private let store = DataExportStore()
    private let keepers: [any PersonalDataKeeper]
    private let upload: UploadMedia
    private let delete: DeleteMedia
    private let clock: any WallClock

    /// - Parameter keepers: of every domain.
    package init(keepers: [any PersonalDataKeeper], upload: UploadMedia, delete: DeleteMedia, clock: some WallClock) {
        self.keepers = keepers
        self.upload = upload
        self.delete = delete
        self.clock = clock
    }

    /// - Throws: ``MediaStorageError``; `PostgresError`; `JobOwnershipLost`.
    package func callAsFunction(_ job: Job, in claim: some Claim) async throws {
        let subject = try await claim.withUnitOfWork { work -> DataSubject? in
            guard let export = try await store.lock(job.exportID, in: work), export.state == .queued else { return nil }
            return try await accounts.account(export.account, in: work).map(DataSubject.init)
        }
        guard let subject else { return try await claim.finish { _ in } }
        let staged: StagedMedia
        do {
            staged = try await upload.stage(
                NewMedia(
                    vendor: nil, purpose: .personalData, visibility: .private, contentType: .json,
                    fileName: "my-data.json"),
                PersonalDataPieces(subject: subject, sections: keepers.flatMap(\.sections), claim: claim), by: .system)
        } catch is Problem {
            // More than a file may have: nobody's data is that much.
            return try await claim.finish { try await fail(job.exportID, in: $0) }
        }
        let isKept = try await claim.finish { work in
            guard var export = try await store.lock(job.exportID, in: work), export.state == .queued else {
                return false
            }
            let now = clock.now.roundedToMicroseconds
            let media = try await upload(staged, by: .system, in: work)
            (export.state, export.media) = (.done, media.id)
            (export.finishedAt, export.expiresAt) = (now, now + DataExport.lifetime)
            try await store.update(export, in: work)
            try work.enqueue(Removal(exportID: export.id), runAt: export.expiresAt)
            return true
        }
        if isKept { await staged.place() } else { await staged.discard() }
    }

    /// Deletes the file of an export whose time is over. Again it does nothing.
    package func remove(_ job: Removal, in work: UnitOfWork) async throws {
        guard var export = try await store.lock(job.exportID, in: work), let media = export.media else { return }
        (export.state, export.media) = (.ended, nil)
        try await store.update(export, in: work)
        try await delete.discard(media, in: work)
    }

    private func fail(_ id: ID<DataExport>, in work: UnitOfWork) async throws {
        guard var export = try await store.lock(id, in: work), export.state == .queued else { return }
        (export.state, export.finishedAt) = (.failed, clock.now.roundedToMicroseconds)
        try await store.update(export, in: work)
    }
}

/// The file, made while it is asked for: one JSON object with a list for each section.
private struct PersonalDataPieces<Scope: Claim>: AsyncSequence {
    typealias Element = ByteBuffer

    /// How many records are read at once.
    private static var batch: Int { 200 }

    let subject: DataSubject
    let sections: [PersonalDataSection]
    let claim: Scope

    struct AsyncIterator: AsyncIteratorProtocol {
        let pieces: PersonalDataPieces
        /// Which section is being written; nil before the first.
        var section: Int?
        var last: UUID?
        var isOver = false

        mutating func next() async throws -> ByteBuffer? {
            guard !isOver else { return nil }
            guard let section else {
                self.section = 0
                return ByteBuffer(string: pieces.opening(of: 0))
            }
            guard section < pieces.sections.count else {
                isOver = true
                return ByteBuffer(string: "}\n")
            }
            let records = try await pieces.records(of: section, after: last)
            var text: [UInt8] = []
            for (index, record) in records.enumerated() {
                text += (index == 0 && last == nil ? "\n" : ",\n").utf8
                text += record.record.canonicalBytes
            }
            if records.count == PersonalDataPieces.batch, let end = records.last {
                last = end.id
            } else {
                text += "]\(pieces.opening(of: section + 1))".utf8
                (self.section, last) = (section + 1, nil)
            }
            return ByteBuffer(bytes: text)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: self) }

    private func opening(of section: Int) -> String {
        guard sections.indices.contains(section) else { return "" }
        return "\(section == 0 ? "{" : ",")\n\"\(sections[section].name)\":["
    }

    private func records(of section: Int, after id: UUID?) async throws -> [(id: UUID, record: JSONValue)] {
        let (subject, section) = (subject, sections[section])
        return try await claim.withUnitOfWork { work in
            try await section.records(of: subject, after: id, limit: Self.batch, in: work)
        }
    }
}
