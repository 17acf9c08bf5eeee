import CommerceTestSupport
import Core
import Foundation
import Identity
import Jobs
import Logging
import Media
import NIOCore
import Orders
import Postgres
import Testing
import Typesetting

@testable import Documents

@Suite("Drawing documents", .timeLimit(.minutes(5))) struct DrawingTests {
    /// A document of so many lines.
    static func content(_ lines: Int, _ type: DocumentType = .taxInvoice) -> DocumentContent {
        let listed = (1...lines).map { number in
            DocumentContent.Line(
                orderLine: "oln_\(number)", units: [[0, 2]],
                title: number.isMultiple(of: 5) ? "বিশুদ্ধ ঘি \(number)" : "Cow ghee no. \(number)", sku: "SKU-\(number)",
                hsn: "04059020", quantity: 2, unit: "PCS", unitPrice: 64_900 + Int64(number),
                gross: 129_800 + 2 * Int64(number), discount: 0, taxable: 123_620 + 2 * Int64(number),
                taxes: ["cgst", "sgst"].map { DocumentContent.Tax(head: $0, rate: 25_000, amount: 3_090) },
                total: 129_800 + 2 * Int64(number))
        }
        var content = DocumentContent(
            type: type, title: "Tax Invoice", number: "MH/2627/0000042", financialYear: "2026-27",
            issuedAt: 1_800_000_000, issuedOn: "2027-01-15", issuedTime: "13:30:00", country: "IN", currency: .inr,
            order: "ord_1", orderNumber: "H100001", orderedOn: "2027-01-14", vendorOrderNumber: "H100001-1",
            seller: DocumentContent.Party(
                name: "Rahim Foods", legalName: "Rahim Foods Limited", address: ["12 Lake Road", "Pune 411001"],
                region: DocumentContent.Region(code: "27", name: "Maharashtra"),
                registration: DocumentContent.Registration(label: "GSTIN", number: "27ABCPE1234F1ZB")),
            buyer: DocumentContent.Party(name: "श्रीमती कर्मचारी", address: ["7 MG Road", "Pune, 411002"]),
            placeOfSupply: DocumentContent.Region(code: "27", name: "Maharashtra"), isBetweenRegions: false,
            isReverseCharge: false, pricesIncludeTax: true, lines: listed, charges: [],
            totals: DocumentContent.Totals(
                quantity: 0, discount: 0, taxable: 0, taxes: [], rounding: 0, total: 0, marketplaceDiscount: 0),
            amountInWords: "")
        if let totals = try? DocumentContent.Totals(of: listed, charges: [], in: .inr) {
            content.totals = totals
            content.amountInWords = AmountInWords.text(content.money(totals.total))
        }
        return content
    }

    @Test("What can be read in the PDF is what the document says")
    func invoice() throws {
        let content = Self.content(3)
        let text = try PDF.text(of: Typesetter().pdf(of: content.publication))
        for part in [
            "Tax Invoice", "MH/2627/0000042", "15/01/2027", "14/01/2027", "H100001-1", "Rahim Foods Limited",
            "Pune 411001",
            "GSTIN 27ABCPE1234F1ZB", "Maharashtra (27)", "7 MG Road", "Place of supply: Maharashtra (27)",
            "Tax payable on reverse charge: No", "INR 3,894.12", "For Rahim Foods Limited", "Authorised signatory",
            "Rupees Three Thousand Eight Hundred Ninety-Four and Twelve Paise Only", "Page 1 of 1", "CGST 92.70",
        ] { #expect(text.contains(part), "\(part) in \(text)") }
        for line in content.lines {
            let row = try #require(text.split(separator: "\n").first { $0.contains(line.title) }, "\(text)")
            let words = row.split(separator: " ").map(String.init)
            #expect(words.contains(content.amount(line.unitPrice)) && words.contains(content.amount(line.taxable)))
            #expect(words.last == content.amount(line.total) && words.contains(line.hsn ?? "") && words.contains("PCS"))
            #expect(row.contains("CGST 2.5% 30.90"))
        }
        #expect(text.contains("श्रीमती"))
    }

    @Test("A document of 200 lines has each once, in order, over pages with a head")
    func longInvoice() throws {
        let content = Self.content(200)
        let text = try PDF.text(of: Typesetter().pdf(of: content.publication))
        let pages = text.split(separator: "\u{0C}")
        #expect(pages.count > 5 && pages.dropLast().allSatisfy { $0.contains("HSN/SAC") })
        let found = text.split(separator: "\n").compactMap { row -> Int? in
            guard row.contains("04059020") else { return nil }
            return Int(row.split(separator: " ").first ?? "")
        }
        #expect(found == Array(1...200))
        #expect(text.contains("INR 2,60,002.00"), "\(content.amount(content.totals.total))")
    }

    @Test("A bill of supply has no column of taxes, a challan the officer's lines, a credit note what it refers to")
    func types() throws {
        var bill = Self.content(1, .billOfSupply)
        (bill.title, bill.lines[0].taxes, bill.totals.taxes) = ("Bill of Supply", [], [])
        let billed = try PDF.text(of: Typesetter().pdf(of: bill.publication))
        #expect(billed.contains("No tax is charged") && !billed.contains("Taxable") && !billed.contains("CGST"))
        let challan = try PDF.text(of: Typesetter().pdf(of: Self.content(1, .vatChallan).publication))
        #expect(challan.contains("Designation:") && challan.contains("13:30:00"))
        var note = Self.content(1, .creditNote)
        note.original = DocumentContent.Original(id: "doc_1", number: "MH/2627/0000001", issuedOn: "2027-01-02")
        note.reason = "Returned"
        let credited = try PDF.text(of: Typesetter().pdf(of: note.publication))
        #expect(
            credited.contains("MH/2627/0000001") && credited.contains("02/01/2027")
                && credited.contains("Reason: Returned"))
    }

    @Test("A packing slip says what lies in the parcel and who gets it, and no price; a label is four inches by six")
    func packingSlips() throws {
        let content = Self.content(12)
        for rendition in [Rendition.packingSlip, .packingLabel] {
            let publication = content.publication(rendition)
            let text = try PDF.text(of: Typesetter().pdf(of: publication))
            for line in content.lines { #expect(text.contains(line.title) && text.contains(line.sku ?? "")) }
            #expect(text.contains("श्रीमती") && text.contains("12 Lake Road") && text.contains("24"))
            #expect(
                !text.contains("64,9") && !text.contains("1,29") && !text.contains("GST 2") && !text.contains("INR"))
        }
        #expect(content.publication(.packingLabel).size == .label)
    }

    @Test("The same content has the same bytes, and its canonical JSON reads back as itself")
    func determinism() throws {
        let content = Self.content(9)
        let bytes = try content.canonicalBytes()
        #expect(try DocumentContent(canonicalBytes: bytes) == content)
        #expect(try DocumentContent(canonicalBytes: bytes).canonicalBytes() == bytes)
        #expect(
            try Typesetter().pdf(of: content.publication)
                == Typesetter().pdf(of: DocumentContent(canonicalBytes: bytes).publication))
    }

    @Test("The job keeps each rendition as a private file once, however often it runs, and a link opens it")
    func job() async throws {
        try await Desk.open { desk in
            let registration = try await desk.identify()
            let id = try await desk.issue(try await desk.order([.init(price: 10_000)], under: registration)).document.id
            #expect(try await desk.market.jobKinds().contains("documents.draw"))
            let issueLink = IssueDocumentLink(links: desk.links, audit: desk.market.audit, clock: desk.market.clock)
            func link(_ rendition: Rendition, lasting seconds: Int = 900) async throws -> MediaLink {
                try await desk.market.work {
                    try await issueLink(id, rendition, lasting: seconds, by: desk.seller, in: $0)
                }
            }
            #expect(try await desk.refusal { try await link(.document) }?.type == "document-not-drawn")
            for _ in 0..<2 { try await desk.draw(id) }
            let drawn = try #require(try await desk.store.document(id, visibleTo: .everything, in: desk.market.client))
            #expect(Set(drawn.files.keys) == Set(Rendition.allCases))
            #expect(try await desk.market.client.queryValue("SELECT count(*) FROM media", as: Int64.self) == 3)
            #expect(try await desk.market.client.queryValue("SELECT count(*) FROM media_usage", as: Int64.self) == 0)
            for rendition in Rendition.allCases {
                #expect(try await link(rendition).url.reveal().hasPrefix("https://shop.example/media/med_"))
            }
            #expect(try await desk.refusal { try await link(.document, lasting: 1) }?.status == 422)
            let fetch = FetchMedia(
                directory: desk.directory, links: desk.links, clock: desk.market.clock,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let media = try #require(drawn.files[.document])
            await #expect(throws: Problem.self) { try await fetch(media, nil, in: desk.market.client) }
            var bytes = ByteBuffer()
            try await desk.directory.read(media) { bytes.writeImmutableBuffer($0) }
            let text = try PDF.text(of: Array(bytes.readableBytesView))
            #expect(text.contains("MH/2627/0000001") && text.contains("100.00"))
            // A note has no parcel.
            let note = try await desk.credit(id).document.id
            try await desk.draw(note)
            let credited = try await desk.store.document(note, visibleTo: .everything, in: desk.market.client)
            #expect(credited.map { Array($0.files.keys) } == [.document])
        }
    }
}

/// Reads PDFs with poppler's program.
enum PDF {
    static func text(of pdf: [UInt8]) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "document-\(UUID().uuidString).pdf")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(pdf).write(to: file)
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["pdftotext", "-layout", file.path, "-"]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // Columns are told apart by blanks, of which there may be many.
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.split(separator: " ").joined(separator: " ")
        }.joined(separator: "\n")
    }
}
