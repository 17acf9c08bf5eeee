import Foundation
import Testing

@testable import Typesetting

@Suite("Typesetting") struct TypesettingTests {
    private static func table(_ rows: Int, sums: [[String]] = [["", "Total", "1,000.00"]]) -> Block {
        .table(
            Table(
                columns: [.init("#", 0.1, .right), .init("Article", 0.6), .init("Amount", 0.3, .right)],
                rows: (1...max(1, rows)).prefix(rows).map { ["\($0)", "Article number \($0)", "\($0).00"] }, sums: sums)
        )
    }

    private static func publication(
        _ blocks: [Block], size: PageSize = .a4, at time: Int64 = 1_790_000_000
    ) -> Publication {
        Publication(size: size, title: "Invoice 42", createdAt: time, footer: "Rahim Books", blocks: blocks)
    }

    @Test(
        "Every row of a long table is there once, in order, under a head that each page repeats, and pages are numbered"
    )
    func longTable() throws {
        let pdf = try Typesetter().pdf(of: Self.publication([.text("Invoice", TextStyle(15)), Self.table(200)]))
        let pages = try Tool.text(of: pdf).split(separator: "\u{0C}")
        #expect(pages.count > 3)
        var next = 1
        for (index, page) in pages.enumerated() {
            #expect(page.contains("Article ") && page.contains("Amount"))
            #expect(page.contains("Page \(index + 1) of \(pages.count)") && page.contains("Rahim Books"))
            #expect(page.contains("Invoice 42") == (index > 0))
            for line in page.split(separator: "\n") where line.contains("Article number") {
                #expect(line.contains("Article number \(next) ") && line.contains(" \(next).00"))
                next += 1
            }
        }
        #expect(next == 201)
        #expect(pages.last?.contains("1,000.00") == true)
        // The sum is never alone under a head.
        #expect(pages.last?.contains("Article number 200") == true)
    }

    @Test("However many rows there are, none is lost, and the sum stands on the last one's page", arguments: 20...75)
    func breaks(rows: Int) throws {
        let text = try Tool.text(of: try Typesetter().pdf(of: Self.publication([Self.table(rows)])))
        let pages = text.split(separator: "\u{0C}")
        #expect(text.split(separator: "\n").count { $0.contains("Article number") } == rows)
        #expect(pages.last?.contains("Article number \(rows) ") == true && pages.last?.contains("Total") == true)
    }

    @Test("What stands together is not parted, and a table without rows is a head with its sum")
    func together() throws {
        let block = Block.together([.text("First", TextStyle(10)), .gap(60), .text("Last", TextStyle(10))])
        for rows in 30...44 {
            let pages = try Tool.text(of: try Typesetter().pdf(of: Self.publication([Self.table(rows), block])))
                .split(separator: "\u{0C}")
            #expect(pages.last.map { $0.contains("First") == $0.contains("Last") } == true)
        }
        let empty = try Tool.text(of: try Typesetter().pdf(of: Self.publication([Self.table(0)])))
        #expect(empty.contains("Article") && empty.contains("Total"))
    }

    @Test("A row that is taller than a page is cut to one, and the next one still comes")
    func tallRow() throws {
        let words = (0..<4_000).map { "word\($0)" }.joined(separator: " ")
        let table = Block.table(
            Table(columns: [.init("Text", 1)], rows: [["before"], [words], ["after"]], sums: [], size: 9))
        let text = try Tool.text(of: try Typesetter().pdf(of: Self.publication([table], size: .label)))
        let pages = text.split(separator: "\u{0C}")
        #expect(pages.count == 2 && pages[0].contains("before") && pages[0].contains("word0 "))
        #expect(pages[1].contains("after") && !pages[1].contains("word"))
    }

    @Test("The same publication has the same bytes, by whichever typesetter; another time or word has others")
    func determinism() throws {
        let (first, second) = (try Typesetter(), try Typesetter())
        let blocks = [Block.text("কৃষ্ণ श्री Karim ₹ ৳", TextStyle(12, bold: true)), Self.table(60)]
        let pdf = try first.pdf(of: Self.publication(blocks))
        _ = try first.pdf(of: Self.publication([.text("ক্ষ", TextStyle(31))]))
        #expect(try first.pdf(of: Self.publication(blocks)) == pdf)
        #expect(try second.pdf(of: Self.publication(blocks)) == pdf)
        #expect(try second.pdf(of: Self.publication(blocks, at: 1_790_000_001)) != pdf)
        #expect(try second.pdf(of: Self.publication(blocks + [.text("x", TextStyle(9))])) != pdf)
    }

    @Test("Several at once come out as they do one after the other")
    func concurrency() async throws {
        let typesetter = try Typesetter()
        let alone = try (1...20).map { try typesetter.pdf(of: Self.publication([Self.table($0)])) }
        let together = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
            for rows in 1...20 {
                group.addTask { (rows, try typesetter.pdf(of: Self.publication([Self.table(rows)]))) }
            }
            return try await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
        }
        for rows in 1...20 { #expect(together[rows] == alone[rows - 1]) }
    }

    @Test("A file says when its content was made, and nothing of the machine's clock")
    func metadata() throws {
        let pdf = try Typesetter().pdf(of: Self.publication([.text("x", TextStyle(9))], at: 0))
        try Tool.withDirectory { directory in
            let file = directory.appending(path: "a.pdf")
            try Data(pdf).write(to: file)
            let facts = try Tool.run("pdfinfo", "-isodates", file.path)
            #expect(
                facts.contains("CreationDate:    1970-01-01T00:00:00Z") && facts.contains("Title:           Invoice 42")
            )
            #expect(facts.contains("A4") && !facts.contains("ModDate"))
        }
    }

    @Test("Lines break between words where they can, within a word where they must")
    func lineBreaks() throws {
        let text = "aaa bbb " + String(repeating: "c", count: 300)
        let set = try Tool.text(
            of: try Typesetter().pdf(of: Self.publication([.text(text, TextStyle(12))], size: .label)))
        #expect(set.filter { $0 == "c" }.count == 300)
        #expect(set.contains("aaa bbb"))
    }
}
