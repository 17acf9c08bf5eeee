import Catalog
import Core
import Jobs
import Postgres

/// Writes a batch of products with their report, and has their pictures fetched.
struct ImportWriter: Sendable {
    private let store = ProductImportStore()
    private let pictures = PictureStore()
    private let write: WriteProducts
    private let ids: UUIDv7Generator

    init(write: WriteProducts, ids: UUIDv7Generator) {
        self.write = write
        self.ids = ids
    }

    /// - Returns: whether it was written: false where the import was cancelled, or somebody else goes on with it.
    func callAsFunction(
        _ batch: ImportBatch, of id: ID<ProductImport>, _ layout: ImportLayout?, _ ownColumns: [String],
        in work: UnitOfWork
    ) async throws -> Bool {
        guard var one = try await store.lock(id, in: work), one.state == .running, one.counts.all == batch.position
        else { return false }
        let acceptable = batch.products.filter { $0.draft != nil && !$0.isRefused }
        let written =
            acceptable.isEmpty
            ? []
            : try await write(
                acceptable.compactMap(\.draft), of: one.vendor, by: one.author, isDryRun: one.isDryRun, in: work)
        var rest = zip(acceptable, written).makeIterator()
        var rows: [ImportRow] = []
        for product in batch.products {
            let row: ImportRow
            if product.draft != nil, !product.isRefused, let (source, result) = rest.next() {
                row = self.row(source, result)
            } else {
                row = self.row(product, product.isRefused ? .refused : .skipped)
            }
            rows.append(row)
            one.counts.count(row.outcome)
        }
        try await store.add(rows, to: id, in: work)
        if !one.isDryRun { try await fetchPictures(zip(acceptable, written), of: one, in: work) }
        one.layout = layout
        one.keptColumns = ownColumns
        try await store.update(one, in: work)
        return true
    }

    private func row(_ source: SourceProduct, _ outcome: ImportOutcome) -> ImportRow {
        ImportRow(
            id: ID(uuid: ids.next()), line: source.line, lastLine: source.lastLine,
            key: String(String.UnicodeScalarView(source.key.unicodeScalars.prefix(255))), outcome: outcome,
            product: nil, notes: source.notes, keptColumns: source.keptColumns.sorted())
    }

    private func row(_ source: SourceProduct, _ result: WrittenProduct) -> ImportRow {
        let outcome: ImportOutcome =
            switch result.outcome {
            case .created: .created
            case .updated: .updated
            case .unchanged: .unchanged
            case .refused: .refused
            }
        let notes = result.problems.map { problem in
            ImportNote(
                line: source.line(of: problem.pointer), place: problem.pointer, code: problem.code,
                message: problem.message)
        }
        return ImportRow(
            id: ID(uuid: ids.next()), line: source.line, lastLine: source.lastLine, key: source.key, outcome: outcome,
            product: result.product, notes: notes + source.notes, keptColumns: source.keptColumns.sorted())
    }

    private func fetchPictures(
        _ products: some Sequence<(SourceProduct, WrittenProduct)>, of one: ProductImport, in work: UnitOfWork
    ) async throws {
        let wanted = products.compactMap { source, result -> WantedPictures? in
            guard let pictures = source.pictures, !pictures.isEmpty, let product = result.product else { return nil }
            return WantedPictures(
                key: source.key, product: product,
                pictures: pictures.map { picture in
                    WantedPicture(
                        line: picture.line, url: picture.url, altText: picture.altText,
                        variant: picture.sku.flatMap { result.variants[UTF8Text($0)] })
                })
        }
        guard !wanted.isEmpty else { return }
        for product in try await pictures.want(wanted, for: one, in: work) {
            try work.enqueue(FetchProductPictures.Job(importID: one.id, productID: product))
        }
    }
}

extension SourceProduct {
    /// The line that a place in the product comes from: "/variants/2/sku" from that of its third variant.
    fileprivate func line(of pointer: String) -> Int {
        let steps = pointer.split(separator: "/")
        guard steps.count > 1, steps[0] == "variants", let index = Int(steps[1]), variantLines.indices.contains(index)
        else { return line }
        return variantLines[index]
    }
}
