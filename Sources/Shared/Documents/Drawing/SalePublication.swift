import Core
package import Typesetting

extension DocumentContent {
    /// The invoice, bill or credit note on paper.
    package var publication: Publication {
        Publication(
            title: "\(title) \(number)", createdAt: issuedAt, footer: "\(seller.name) · \(orderNumber)",
            blocks: head + [.gap(8), parties, .gap(8), .table(table), .gap(6), .together(closing)])
    }

    private var head: [Block] {
        var facts = [("Number", number), ("Date", Self.date(issuedOn))]
        if type == .vatChallan { facts.append(("Time", issuedTime)) }
        facts += [("Order", vendorOrderNumber), ("Ordered on", Self.date(orderedOn))]
        if let original { facts.append(("Against", "\(original.number) of \(Self.date(original.issuedOn))")) }
        let share = 1 / Double(facts.count)
        return [
            .text(title, TextStyle(15, bold: true, .centre)), .gap(8), .rule, .gap(4),
            .columns(facts.map { Block.Column(share, Block.labelled($0.0, $0.1)) }), .gap(4), .rule,
        ]
    }

    private var parties: Block {
        var columns = [
            Block.Column(0, Block.labelled("Seller", seller.lines())),
            Block.Column(0, Block.labelled("Buyer", buyer.lines())),
        ]
        if let delivery { columns.append(Block.Column(0, Block.labelled("Delivered to", delivery.lines()))) }
        let share = 1 / Double(columns.count)
        return .columns(columns.map { Block.Column(share, $0.blocks) })
    }

    private var showsTaxes: Bool {
        switch type {
        case .bill, .billOfSupply: false
        default: !totals.taxes.isEmpty
        }
    }

    private var table: Table {
        let price = pricesIncludeTax ? "Price incl. tax" : "Price"
        let columns: [Table.Column] =
            showsTaxes
            ? [
                .init("#", 0.04, .right), .init("Description", 0.25), .init("HSN/SAC", 0.09),
                .init("Qty", 0.08, .right),
                .init(price, 0.1, .right), .init("Discount", 0.09, .right), .init("Taxable", 0.11, .right),
                .init("Tax", 0.13, .right), .init("Total", 0.11, .right),
            ]
            : [
                .init("#", 0.05, .right), .init("Description", 0.42), .init("HSN/SAC", 0.12),
                .init("Qty", 0.09, .right),
                .init(price, 0.11, .right), .init("Discount", 0.1, .right), .init("Total", 0.11, .right),
            ]
        let rows = (lines + charges).enumerated().map { index, line in row(index + 1, line) }
        return Table(columns: columns, rows: rows, sums: [sum], size: 7.5)
    }

    private func row(_ position: Int, _ line: Line) -> [String] {
        let name = [line.title, line.sku].compactMap { $0 }.joined(separator: "\n")
        let taxes = line.taxes.map { "\($0.label)  \(amount($0.amount))" }.joined(separator: "\n")
        let start = [
            "\(position)", name, line.hsn ?? "", "\(line.quantity) \(line.unit)", amount(line.unitPrice),
            line.discount == 0 ? "" : amount(line.discount),
        ]
        return start + (showsTaxes ? [amount(line.taxable), taxes] : []) + [amount(line.total)]
    }

    private var sum: [String] {
        let taxes = totals.taxes.map { "\($0.label)  \(amount($0.amount))" }.joined(separator: "\n")
        let (rounding, lines) = (totals.rounding, totals.total &- totals.rounding)
        let start = ["", "Total", "", "\(totals.quantity)", "", totals.discount == 0 ? "" : amount(totals.discount)]
        return start + (showsTaxes ? [amount(totals.taxable), taxes] : [])
            + [amount(rounding == 0 ? totals.total : lines)]
    }

    private var closing: [Block] {
        var blocks: [Block] = []
        if totals.rounding != 0 {
            blocks.append(.text("Round off \(amount(totals.rounding))", TextStyle(8, .right)))
        }
        blocks += [
            .text("\(currency.code) \(amount(totals.total))", TextStyle(12, bold: true, .right)),
            .text(amountInWords, TextStyle(9, bold: true)), .gap(4),
        ]
        if totals.marketplaceDiscount > 0 {
            let paid = totals.total &- totals.marketplaceDiscount
            blocks.append(
                .text(
                    "Of this the marketplace pays \(amount(totals.marketplaceDiscount)) for the buyer, who pays "
                        + "\(amount(paid)).", TextStyle(8)))
        }
        blocks += statements.map { .text($0, TextStyle(8)) }
        return blocks + [.gap(14), .columns([Block.Column(0.5, officer), Block.Column(0.5, signature)])]
    }

    private var statements: [String] {
        var statements: [String] = []
        if let reason { statements.append("Reason: \(reason)") }
        if let placeOfSupply {
            let kind = isBetweenRegions ? ", inter-State" : ""
            statements.append("Place of supply: \(placeOfSupply.name) (\(placeOfSupply.code))\(kind)")
            statements.append("Tax payable on reverse charge: \(isReverseCharge ? "Yes" : "No")")
        }
        if type == .billOfSupply, seller.registration != nil, totals.taxes.isEmpty {
            statements.append("No tax is charged on these supplies.")
        }
        return statements
    }

    /// Who answers for a challan signs with name and office.
    private var officer: [Block] {
        guard type == .vatChallan else { return [] }
        return [.text("Officer in charge\nName:\nDesignation:\nSeal:", TextStyle(8))]
    }

    private var signature: [Block] {
        let name = seller.legalName ?? seller.name
        return [
            .text("For \(name)", TextStyle(8, .right)), .gap(28),
            .text("Authorised signatory", TextStyle(8, .right, grey: 0.35)),
        ]
    }
}
