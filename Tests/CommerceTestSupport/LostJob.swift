package import Jobs

/// What a job works in that has ended already or is run by somebody else.
package struct LostJob: Claim {
    package init() {}

    package func withUnitOfWork<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        throw JobOwnershipLost()
    }

    package func finish<Result: Sendable>(
        _ body: @Sendable (UnitOfWork) async throws -> Result
    ) async throws -> Result {
        throw JobOwnershipLost()
    }

    package func hold() async throws { throw JobOwnershipLost() }
}
