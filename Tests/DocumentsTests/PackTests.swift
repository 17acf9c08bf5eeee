import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Orders
import Postgres
import Testing
import Vendors

@testable import Documents

@Suite("Packing vendor orders") struct PackTests {
    @Test("Ghee within the State: an invoice of the vendor with halves of the tax that come to the price")
    func withinTheState() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let part = try await desk.order(
                [.init(quantity: 2, price: 64_900)], under: registration)
            let issued = try await desk.issue(part)
            let content = issued.content
            #expect(issued.document.type == .taxInvoice && content.title == "Tax Invoice")
            #expect(content.number == "MH/2627/0000001" && content.issuedOn == "2027-01-15")
            let line = content.lines[0]
            #expect(line.taxable == 123_620 && line.total == 129_800 && line.quantity == 2 && line.unit == "PCS")
            #expect(
                line.taxes == [
                    DocumentContent.Tax(head: "cgst", rate: 25_000, amount: 3_090),
                    DocumentContent.Tax(head: "sgst", rate: 25_000, amount: 3_090),
                ])
            #expect(content.totals.total == 129_800 && content.totals.taxable == 123_620)
            #expect(content.amountInWords == "Rupees One Thousand Two Hundred Ninety-Eight Only")
            #expect(content.seller.legalName == "Rahim Foods Limited" && content.seller.name == "Rahim Foods")
            #expect(content.seller.registration?.number == "27ABCPE1234F1ZB")
            #expect(content.seller.address == ["12 Lake Road", "Pune 411001"])
            #expect(content.buyer.name == "Karim Uddin" && content.delivery == nil)
            #expect(content.buyer.address == ["7 MG Road", "Pune, Maharashtra, 411002"])
            #expect(content.placeOfSupply == DocumentContent.Region(code: "27", name: "Maharashtra"))
            #expect(!content.isBetweenRegions && content.pricesIncludeTax)
            let stored = try #require(
                try await desk.store.details(issued.document.id, visibleTo: .everything, in: desk.market.client))
            #expect(stored == issued)
        }
    }

    @Test("The same across a State border has one tax, and differs by a paisa")
    func acrossABorder() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let part = try await desk.order(
                [.init(quantity: 2, price: 64_900)], .inter, under: registration, to: "24")
            let content = try await desk.issue(part).content
            #expect(content.lines[0].taxable == 123_619 && content.totals.taxes.map(\.amount) == [6_181])
            #expect(content.isBetweenRegions && content.placeOfSupply?.name == "Gujarat")
        }
    }

    @Test("Prices without tax, line by line: a document is the sum of its lines")
    func lineWise() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let items = Array(repeating: Desk.Item(price: 1_010, isIncluded: false), count: 3)
            let content = try await desk.issue(
                try await desk.order(items, .inter, under: registration, to: "24")
            ).content
            #expect(content.totals.taxable == 3_030 && content.totals.taxes.map(\.amount) == [153])
            #expect(content.totals.total == 3_183 && !content.pricesIncludeTax)
        }
    }

    @Test("A vendor’s discount lowers the taxable value; what the marketplace gives does not, and is told")
    func discounts() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let part = try await desk.order(
                [
                    .init(title: "A", price: 118_000, rate: 180_000, discount: 6_921, marketplaceDiscount: 3_460),
                    .init(title: "B", price: 52_500, discount: 3_079, marketplaceDiscount: 1_540),
                ], .inter, under: registration, to: "24")
            let content = try await desk.issue(part).content
            #expect(content.lines.map(\.taxable) == [94_135, 47_068])
            #expect(content.lines.map { $0.taxes[0].amount } == [16_944, 2_353])
            #expect(content.lines.map(\.discount) == [6_921, 3_079])
            #expect(content.totals.total == 160_500 && content.totals.marketplaceDiscount == 5_000)
            let paid = try await desk.market.client.queryValue(
                "SELECT total_minor FROM vendor_orders WHERE id = \(part)", as: Int64.self)
            #expect(paid == 155_500)
        }
    }

    @Test("Three units packed one by one come to the line, with shipping on the first document alone")
    func unitByUnit() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let part = try await desk.order(
                [.init(quantity: 3, price: 49_900, rate: 180_000, discount: 10_000)], under: registration,
                shipping: 4_900)
            let line = try await desk.lines(of: part)[0]
            var contents: [DocumentContent] = []
            for _ in 0..<3 { contents.append(try await desk.issue(part, [(line, 1)]).content) }
            #expect(contents.map { $0.lines[0].total } == [46_567, 46_566, 46_567])
            #expect(contents.map { $0.lines[0].taxes[0].amount } == [3_552, 3_551, 3_552])
            #expect(contents.map { $0.lines[0].taxable } == [39_463, 39_464, 39_463])
            #expect(contents.map(\.charges.count) == [1, 0, 0])
            #expect(contents[0].charges[0].total == 4_900 && contents[0].charges[0].title == "Shipping")
            #expect(contents.reduce(0) { $0 + $1.totals.total } == 139_700 + 4_900)
            #expect(contents.map(\.number) == (1...3).map { "MH/2627/000000\($0)" })
            let refusal = try await desk.refusal { try await desk.issue(part) }
            #expect(refusal?.type == "nothing-to-pack")
            let wrong = try await desk.refusal { try await desk.issue(part, [(line, 1)]) }
            #expect(wrong?.fields.map(\.pointer) == ["/lines/0/line_id"])
            let complete = try await desk.market.told("vendor_order.packed").map {
                $0["is_complete"] ?? $0["isComplete"]
            }
            #expect(complete == [false, false, true])
        }
    }

    @Test("Bangladesh: a challan with the VAT, in poisha, and its own year and clock")
    func bangladesh() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify(.bin, "0001234560101")
            let part = try await desk.order(
                [.init(title: "ঘি", price: 99_900, rate: 75_000)], .vat, under: registration, due: "vat_challan",
                to: "BD-13")
            let content = try await desk.issue(part).content
            #expect(content.type == .vatChallan && content.title.contains("Mushak 6.3"))
            #expect(content.lines[0].taxable == 92_930 && content.totals.taxes.map(\.amount) == [6_970])
            #expect(content.issuedTime == "14:00:00" && content.number == "BD/2627/0000001")
            #expect(content.placeOfSupply == nil && content.seller.registration?.label == "BIN")
            #expect(content.amountInWords == "Taka Nine Hundred Ninety-Nine Only")
        }
    }

    @Test("What is packed depends on what is taxed: exempt goods of a mixed order go with a bill of supply")
    func mixed() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let items: [Desk.Item] = [.init(title: "Milk", price: 5_000, rate: 0), .init(title: "Ghee", price: 10_000)]
            func order() async throws -> (ID<VendorOrder>, [ID<OrderLine>]) {
                let part = try await desk.order(items, under: registration, due: "invoice_cum_bill_of_supply")
                return (part, try await desk.lines(of: part))
            }
            let (both, _) = try await order()
            #expect(try await desk.issue(both).document.type == .invoiceCumBillOfSupply)
            let (apart, lines) = try await order()
            #expect(try await desk.issue(apart, [(lines[0], 1)]).document.type == .billOfSupply)
            #expect(try await desk.issue(apart, [(lines[1], 1)]).document.type == .taxInvoice)
        }
    }

    @Test(
        "Nothing leaves before it is paid, of a vendor nobody knows, to a buyer the law wants named, or from elsewhere")
    func refusals() async throws {
        try await Desk.open { desk in
            let unknown = try await desk.order([.init(price: 10_000)])
            #expect(try await desk.refusal { try await desk.issue(unknown) }?.type == "vendor-unidentified")
            let registration = try await desk.identify()
            let unpaid = try await desk.order([.init(price: 10_000)], under: registration, isPaid: false)
            #expect(try await desk.refusal { try await desk.issue(unpaid) }?.type == "order-not-ready")
            let large = try await desk.order([.init(price: 5_000_000)], under: registration)
            try await desk.market.owner.execute("UPDATE orders SET shipping_address = NULL")
            #expect(try await desk.refusal { try await desk.issue(large) }?.type == "buyer-address-required")
            let small = try await desk.order([.init(price: 4_999_999)], under: registration)
            try await desk.market.owner.execute("UPDATE orders SET shipping_address = NULL")
            #expect(try await desk.issue(small).content.buyer.address.isEmpty)
            let other = try await desk.market.vendor(named: "Other")
            let stranger = Principal(
                .vendorMember(other.id.uuid), permissions: Set(Permission.allCases), visibility: .vendor(other.id.uuid))
            let missing = try await desk.refusal {
                try await desk.market.work { try await desk.pack(NewPacking(), of: large, by: stranger, in: $0) }
            }
            #expect(missing?.status == 404)
            let place = try await desk.refusal {
                try await desk.market.work {
                    try await desk.pack(
                        NewPacking(location: ID(uuid: desk.ids.next())), of: small, by: desk.seller, in: $0)
                }
            }
            #expect(place?.type == "nothing-to-pack")
            #expect(
                try await desk.market.client.queryValue("SELECT last_serial FROM document_series", as: Int64.self) == 1)
        }
    }

    @Test("Two who pack the same units at once: one document, and the other is told that nothing is left")
    func twoPackers() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let part = try await desk.order([.init(quantity: 5, price: 10_000)], under: registration)
            let outcomes = await withTaskGroup(of: String.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            return try await desk.refusal { try await desk.issue(part) }?.type ?? "issued"
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == "issued" } == 1 && outcomes.count { $0 == "nothing-to-pack" } == 7)
        }
    }

    @Test("A cancelled document keeps its number, and its units are packed again without being taken from stock twice")
    func cancelling() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let part = try await desk.order([.init(quantity: 3, price: 10_000)], under: registration, shipping: 5_000)
            let first = try await desk.issue(part)
            for _ in 0..<2 {
                let cancelled = try await desk.market.work {
                    try await desk.cancel(first.document.id, because: "Wrong parcel", by: .system, in: $0)
                }
                #expect(cancelled.document.cancelledAt != nil)
            }
            #expect(
                try await desk.refusal { try await desk.credit(first.document.id) }?.type == "document-not-creditable")
            let second = try await desk.issue(part)
            #expect(second.content.totals == first.content.totals && second.document.number == "MH/2627/0000002")
            _ = try await desk.credit(second.document.id)
            let late = try await desk.refusal {
                try await desk.market.work {
                    try await desk.cancel(second.document.id, because: "x", by: .system, in: $0)
                }
            }
            #expect(late?.type == "document-not-cancellable")
            let stored = try await desk.store.document(
                first.document.id, visibleTo: .everything, in: desk.market.client)
            #expect(stored?.number == "MH/2627/0000001" && stored?.cancelledAt != nil)
        }
    }

    @Test(
        "Documents are seen by their vendor, their customer and the holder of their order's token, and by nobody else")
    func visibility() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let document = try await desk.issue(try await desk.order([.init(price: 10_000)], under: registration))
                .document
            let customer = UUID()
            try await desk.market.owner.execute("UPDATE orders SET customer_id = \(customer)")
            func sees(_ visibility: Visibility) async throws -> Bool {
                let page = try await desk.store.documents(
                    DocumentFilter(), page: PageRequest(), visibleTo: visibility, in: desk.market.client)
                let one = try await desk.store.document(document.id, visibleTo: visibility, in: desk.market.client)
                #expect((one != nil) == !page.items.isEmpty)
                return one != nil
            }
            for visibility in [
                Visibility.everything, .vendor(desk.vendor.id.uuid), .customer(customer), .order(document.order.uuid),
            ] { #expect(try await sees(visibility)) }
            for visibility in [Visibility.nothing, .vendor(UUID()), .customer(UUID()), .order(UUID())] {
                #expect(try await !sees(visibility))
            }
        }
    }
}
