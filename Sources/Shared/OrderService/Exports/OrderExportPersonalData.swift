package import Foundation
package import Identity
package import Jobs
package import Media

/// Files of orders, which name those who bought.
package struct OrderExportPersonalData: PersonalDataKeeper {
    private let store = OrderExportStore()
    private let delete: DeleteMedia

    package init(delete: DeleteMedia) { self.delete = delete }

    /// A copy of what others tell.
    package var sections: [PersonalDataSection] { [] }

    package func holds(on subject: DataSubject, in work: UnitOfWork) async throws -> [ErasureHold] { [] }

    /// Which files name the person nobody looks up: all go, and can be made again.
    package func forget(_ subject: DataSubject, at time: Date, in work: UnitOfWork) async throws {
        for media in try await store.end(in: work) { try await delete.discard(media, in: work) }
    }
}
