package import Jobs

/// What a job works in that has ended already or is run by somebody else.
package struct LostJob: WorkScope {
    package init() {}

    package func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        throw JobOwnershipLost()
    }

    package func holdJob() async throws { throw JobOwnershipLost() }
}
