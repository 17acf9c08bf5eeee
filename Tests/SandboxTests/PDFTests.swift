import Testing

@testable import SandboxRuntime

@Suite("PDF files")
struct PDFTests {
    @Test("Every symbol of Code 128 is eleven modules wide and none comes twice")
    func symbols() {
        #expect(Code128.symbols.count == 107)
        #expect(Set(Code128.symbols).count == 107)
        for symbol in Code128.symbols.dropLast() {
            #expect(symbol.utf8.reduce(0) { $0 + Int($1) - 0x30 } == 11)
        }
        #expect(Code128.widths("") == nil)
        #expect(Code128.widths("é") == nil)
    }

    @Test("Poppler reads every page, with brackets, backslashes and accents, and the same pages give the same bytes")
    func readable() async throws {
        var first = PDFPage.a4()
        first.text(#"A (b) \ Müller"#, x: 50, y: 50)
        first.barcode("AB-12", x: 50, y: 80, width: 100, height: 20)
        var second = PDFPage.label()
        second.text("Second page", x: 20, y: 20, face: .bold)
        let document = PDFDocument(title: "A (title)", created: 1_790_000_000, pages: [first, second])
        let read = try await readPDF(document.bytes)
        #expect(read.text.contains(#"A (b) \ Müller"#))
        #expect(read.text.contains("Second page"))
        #expect(read.information.contains("Pages:           2"))
        #expect(!read.information.lowercased().contains("error"))
        #expect(document.bytes == document.bytes)
    }

    @Test(
        "A day is the same in every calendar", arguments: [0, 951_782_399, 951_782_400, 1_709_164_800, 4_102_444_799])
    func calendar(unix: Int) async throws {
        let time = CivilTime(unix: unix, offset: 0)
        let expected = try await run("date", ["-u", "-d", "@\(unix)", "+%Y-%m-%d %H:%M:%S"]).output
        #expect(time.stamp == expected.split(separator: "\n").first.map(String.init))
        let mail = try await run("env", ["LC_ALL=C", "date", "-u", "-d", "@\(unix)", "+%a, %d %b %Y %H:%M:%S"]).output
        #expect(time.mailDate == mail.split(separator: "\n").first.map(String.init))
    }
}
