import CommerceTestSupport
import Core
import Foundation
import Orders
import Postgres
import Testing

@testable import Documents

@Suite("Credit notes") struct CreditTests {
    @Test("One of three units comes back at the rate of the invoice, and all three come to it, in any order")
    func unitByUnit() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let part = try await desk.order(
                [.init(quantity: 3, price: 49_900, rate: 180_000, discount: 10_000)], under: registration)
            let line = try await desk.lines(of: part)[0]
            let invoice = try await desk.issue(part)
            let note = try await desk.credit(invoice.document.id, [(line, 1)])
            #expect(note.document.type == .creditNote && note.document.original == invoice.document.id)
            #expect(
                note.content.original?.number == "MH/2627/0000001" && note.content.original?.issuedOn == "2027-01-15")
            #expect(note.content.number == "MHC/2627/0000001" && note.content.reason == "Returned")
            #expect(note.content.lines[0].total == 46_567 && note.content.lines[0].taxable == 39_463)
            #expect(note.content.lines[0].taxes.map(\.amount) == [3_552, 3_552])
            #expect(note.content.placeOfSupply == invoice.content.placeOfSupply)
            let rest = try await desk.credit(invoice.document.id)
            #expect(note.content.totals.total + rest.content.totals.total == invoice.content.totals.total)
            #expect(note.content.totals.taxable + rest.content.totals.taxable == invoice.content.totals.taxable)
            #expect(try await desk.refusal { try await desk.credit(invoice.document.id) }?.type == "nothing-to-credit")
            #expect(
                try await desk.refusal { try await desk.credit(note.document.id) }?.type == "document-not-creditable")
        }
    }

    @Test("Shipping goes back with the last units, or when it is asked for, once")
    func charges() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let invoice = try await desk.issue(
                try await desk.order([.init(quantity: 2, price: 50_000)], under: registration, shipping: 4_900))
            let line = try #require(ID<OrderLine>(invoice.content.lines[0].orderLine ?? ""))
            let first = try await desk.credit(invoice.document.id, [], withCharges: true)
            #expect(first.content.lines.isEmpty && first.content.totals.total == 4_900)
            let second = try await desk.credit(invoice.document.id, [(line, 2)])
            #expect(second.content.charges.isEmpty && second.content.totals.total == 100_000)
            #expect(first.content.totals.total + second.content.totals.total == invoice.content.totals.total)
        }
    }

    @Test("Whatever is packed and credited in whatever portions, notes come to their invoices and these to the order")
    func property() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            var random = SplitMix(state: 0x5EED)
            for round in 0..<12 {
                let items = (0..<Int.random(in: 1...4, using: &random)).map { index in
                    Desk.Item(
                        title: "Item \(index)", quantity: .random(in: 1...7, using: &random),
                        price: .random(in: 1_000...99_999, using: &random),
                        rate: [0, 2_500, 50_000, 180_000].randomElement(using: &random) ?? 0,
                        discount: .random(in: 0...999, using: &random), isIncluded: round.isMultiple(of: 2))
                }
                let part = try await desk.order(
                    items, round.isMultiple(of: 3) ? .inter : .intra, under: registration,
                    shipping: round.isMultiple(of: 4) ? 4_900 : 0)
                let total = try await desk.market.client.queryValue(
                    "SELECT total_minor FROM vendor_orders WHERE id = \(part)", as: Int64.self)
                let lines = try await desk.lines(of: part)
                var left = Dictionary(uniqueKeysWithValues: zip(lines, items.map(\.quantity)))
                var invoices: [DocumentDetails] = []
                while left.values.contains(where: { $0 > 0 }) {
                    let wanted = left.filter { $0.value > 0 && Bool.random(using: &random) }
                        .map { ($0.key, Int64.random(in: 1...$0.value, using: &random)) }
                    guard !wanted.isEmpty else { continue }
                    for (line, quantity) in wanted { left[line, default: 0] -= quantity }
                    invoices.append(try await desk.issue(part, wanted))
                }
                #expect(invoices.reduce(0) { $0 + $1.content.totals.total } == total)
                for invoice in invoices { try await creditAll(of: invoice, &random, at: desk) }
            }
        }
    }

    /// Credits an invoice in random portions.
    private func creditAll(
        of invoice: DocumentDetails, _ random: inout SplitMix, at desk: Desk
    ) async throws {
        var left: [ID<OrderLine>: Int64] = [:]
        for line in invoice.content.lines { left[try #require(ID(line.orderLine ?? ""))] = line.quantity }
        var notes: [DocumentContent] = []
        while left.values.contains(where: { $0 > 0 }) {
            let wanted = left.filter { $0.value > 0 && Bool.random(using: &random) }
                .map { ($0.key, Int64.random(in: 1...$0.value, using: &random)) }
            guard !wanted.isEmpty else { continue }
            for (line, quantity) in wanted { left[line, default: 0] -= quantity }
            notes.append(try await desk.credit(invoice.document.id, wanted).content)
        }
        let (totals, sums) = (invoice.content.totals, notes.map(\.totals))
        #expect(sums.reduce(0) { $0 + $1.total } == totals.total)
        #expect(sums.reduce(0) { $0 + $1.taxable } == totals.taxable)
        #expect(sums.reduce(0) { $0 + $1.discount } == totals.discount)
        for tax in totals.taxes {
            let credited = sums.flatMap(\.taxes).filter { $0.head == tax.head }.reduce(0) { $0 + $1.amount }
            #expect(credited == tax.amount)
        }
        for line in notes.flatMap(\.lines) {
            #expect(line.taxes.reduce(line.taxable) { $0 + $1.amount } == line.total)
            #expect(line.gross >= 0 && line.total >= 0 && line.taxable >= 0)
        }
    }
}
