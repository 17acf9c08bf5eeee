import Jobs
import Platform
import Search

extension JobRegistry {
    /// What searches find, kept in line with the catalogue.
    mutating func registerSearch(on platform: Platform) {
        let index = IndexProducts(clock: platform.clock)
        let refresh = RefreshSearch(clock: platform.clock)
        let (mark, count) = (MarkStaleProducts(), CountSearchTerms())
        register(IndexProducts.Job.self) { job, context in
            _ = try await context.finish { try await index([job.productID], in: $0) }
        }
        register(IndexProducts.ManyJob.self) { job, context in
            _ = try await context.finish { try await index(job.productIDs, in: $0) }
        }
        register(MarkStaleProducts.Job.self) { job, context in try await context.finish { try await mark(job, in: $0) }
        }
        register(RefreshSearch.Job.self, timeout: .seconds(600)) { _, context in try await refresh.run(in: context) }
        register(CountSearchTerms.Job.self, timeout: .seconds(600)) { _, context in try await count.run(in: context) }
    }
}
