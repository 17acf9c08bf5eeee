package import Typesetting

extension DocumentContent {
    /// What lies in the parcel: who gets what from whom, and no prices.
    package func packingSlip(on size: PageSize) -> Publication {
        let isLabel = size == .label
        let text = isLabel ? 8.0 : 10
        let recipient = delivery ?? buyer
        let sender = Block.labelled("From", ([seller.name] + seller.address).joined(separator: "\n"), size: text)
        let target = Block.labelled("To", recipient.lines(), size: text + 2)
        let facts =
            isLabel
            ? "\(vendorOrderNumber) · \(number)\n\(Self.date(issuedOn))"
            : "Order \(vendorOrderNumber) · Document \(number) · \(Self.date(issuedOn))"
        return Publication(
            size: size, margin: isLabel ? 12 : 36, title: "Packing Slip \(vendorOrderNumber)", createdAt: issuedAt,
            footer: vendorOrderNumber,
            blocks: [
                .text("Packing Slip", TextStyle(isLabel ? 12 : 15, bold: true)), .text(facts, TextStyle(text)), .gap(6),
                isLabel
                    ? .together(target + [.gap(4)] + sender)
                    : .columns([Block.Column(0.5, target), Block.Column(0.5, sender)]),
                .gap(8),
                .table(
                    Table(
                        columns: [
                            .init("#", 0.08, .right), .init("Article", isLabel ? 0.74 : 0.55),
                        ] + (isLabel ? [] : [.init("SKU", 0.25)]) + [.init("Qty", isLabel ? 0.18 : 0.12, .right)],
                        rows: lines.enumerated().map { index, line in
                            ["\(index + 1)"]
                                + (isLabel ? ["\(line.title)\n\(line.sku ?? "")"] : [line.title, line.sku ?? ""])
                                + ["\(line.quantity)"]
                        },
                        sums: [["", "Total"] + (isLabel ? [] : [""]) + ["\(totals.quantity)"]], size: text - 1)),
            ])
    }

    package func publication(_ rendition: Rendition) -> Publication {
        switch rendition {
        case .document: publication
        case .packingSlip: packingSlip(on: .a4)
        case .packingLabel: packingSlip(on: .label)
        }
    }
}
