import Core

/// Some products of a file that are written together.
struct ImportBatch: Sendable {
    /// How many products of the file stand before it.
    let position: Int64
    var products: [SourceProduct]

    /// The same, each for itself.
    var parts: [ImportBatch] {
        products.enumerated().map { ImportBatch(position: position + Int64($0.offset), products: [$0.element]) }
    }

    /// The same as what can't be taken.
    func refused(_ code: String, _ message: String) -> ImportBatch {
        var batch = self
        for index in batch.products.indices {
            let line = batch.products[index].line
            batch.products[index].note(line, "", code, message)
            batch.products[index].isRefused = true
        }
        return batch
    }
}

/// Gathers products of a file, without those that were done before, into batches in which no two are about the same thing.
struct ImportProgress {
    /// How many products a file may have.
    static let maximumProducts = 300_000
    /// What those of a batch may take in memory together, but for the last of them.
    private static let maximumBytes = 4 << 20

    private let size: Int
    private let first: Int64
    private var position: Int64 = 0
    private var gathered: [SourceProduct] = []
    private var bytes = 0
    private var claims: Set<UTF8Text> = []
    /// The line of whoever had each thing first: a dry run leaves nothing else that later products could be compared with.
    private var claimed: [UTF8Text: Int] = [:]

    init(of begun: ProductImport, batch size: Int) {
        self.size = size
        first = begun.counts.all
    }

    /// - Returns: a batch that is to be written now.
    mutating func add(_ product: SourceProduct) throws(ImportFault) -> ImportBatch? {
        guard position < Self.maximumProducts else { throw .tooManyProducts }
        var product = product
        compare(&product)
        defer { position += 1 }
        guard position >= first else { return nil }
        let its = product.claims
        guard gathered.count >= size || bytes > Self.maximumBytes || its.contains(where: claims.contains) else {
            gathered.append(product)
            bytes += product.bytes
            claims.formUnion(its)
            return nil
        }
        let batch = takeRest()
        gathered = [product]
        bytes = product.bytes
        claims = Set(its)
        return batch
    }

    mutating func takeRest() -> ImportBatch {
        defer { (gathered, bytes, claims) = ([], 0, []) }
        return ImportBatch(position: max(position, first) - Int64(gathered.count), products: gathered)
    }

    private mutating func compare(_ product: inout SourceProduct) {
        let claims = product.claims
        let own = claimed[claims[0]]
        let others = claims.dropFirst().compactMap { claimed[$0] }
        if let other = others.first(where: { $0 != own }) {
            product.note(product.line, "", "sku-taken", "the product of line \(other) has one of its SKUs")
            product.isRefused = true
        }
        let line = claimed[claims[0]] ?? product.line
        for claim in claims where claimed[claim] == nil { claimed[claim] = line }
    }
}

extension ImportFault {
    static let tooManyProducts = ImportFault(
        "a file has at most \(ImportProgress.maximumProducts) products: split it")
}
