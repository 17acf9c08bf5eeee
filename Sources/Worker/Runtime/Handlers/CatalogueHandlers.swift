import Catalog
import CatalogTransfer
import Jobs
import Media
import Payments
import Platform

extension JobRegistry {
    /// Tables of products, in and out, and the pictures that they name.
    mutating func registerCatalogue(on platform: Platform, _ payments: PaymentServices) {
        let transfer = TransferServices(
            on: platform, media: MediaServices(on: platform), acceptance: GatewayPrices(gateways: payments.gateways))
        let (runImport, fetchPictures, runExport) = (transfer.runImport, transfer.fetchPictures, transfer.runExport)
        register(RunProductImport.Job.self, timeout: .seconds(3600)) { job, context in
            try await runImport(job, in: context)
        }
        register(FetchProductPictures.Job.self, timeout: .seconds(1800)) { job, context in
            try await fetchPictures(job, in: context)
        }
        register(RunProductExport.Job.self, timeout: .seconds(3600)) { job, context in
            try await runExport(job, in: context)
        }
        let endAbandoned = transfer.endAbandoned
        register(EndAbandonedTransfer.Job.self) { job, context in
            try await context.finish { try await endAbandoned(job, in: $0) }
        }
    }
}
