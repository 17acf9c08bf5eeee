/// One page: text in Helvetica, lines and filled rectangles. Positions are points from the upper left corner.
struct PDFPage: Sendable {
    enum Face: String, Sendable {
        case regular = "F1"
        case bold = "F2"
    }

    let width: Double
    let height: Double
    private(set) var content: [UInt8] = []

    static func a4() -> PDFPage { PDFPage(width: 595, height: 842) }
    /// Four by six inches, what label printers take.
    static func label() -> PDFPage { PDFPage(width: 288, height: 432) }

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    mutating func text(_ text: String, x: Double, y: Double, size: Double = 9, face: Face = .regular) {
        append("BT /\(face.rawValue) \(size) Tf \(x) \(height - y) Td ")
        content += PDFDocument.literal(text)
        append(" Tj ET\n")
    }

    /// Text over several lines of at most `columns` characters; returns the y below it.
    mutating func paragraph(
        _ text: String, x: Double, y: Double, columns: Int, size: Double = 9, face: Face = .regular
    ) -> Double {
        var below = y
        for line in Self.lines(text, columns: columns) {
            self.text(line, x: x, y: below, size: size, face: face)
            below += size * 1.3
        }
        return below
    }

    mutating func rule(y: Double, from left: Double, to right: Double) {
        append("0.5 w \(left) \(height - y) m \(right) \(height - y) l S\n")
    }

    mutating func box(x: Double, y: Double, width: Double, height boxHeight: Double) {
        append("\(x) \(height - y - boxHeight) \(width) \(boxHeight) re f\n")
    }

    /// Code 128 of at most `width` points; text it can't carry draws nothing.
    mutating func barcode(_ text: String, x: Double, y: Double, width: Double, height barHeight: Double) {
        guard let widths = Code128.widths(text) else { return }
        let module = width / Double(widths.reduce(0, +))
        var left = x
        for (position, units) in widths.enumerated() {
            let bar = Double(units) * module
            if position % 2 == 0 { box(x: left, y: y, width: bar, height: barHeight) }
            left += bar
        }
    }

    private static func lines(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: { $0 == " " || $0.isNewline }) {
            if !line.isEmpty, line.count + 1 + word.count > columns {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }

    private mutating func append(_ text: String) { content += Array(text.utf8) }
}

/// A PDF 1.4 file with the two built-in Helvetica faces. The same pages give the same bytes.
struct PDFDocument: Sendable {
    let title: String
    /// Seconds since 1970.
    let created: Int
    var pages: [PDFPage]

    private static let firstPageObject = 6

    var bytes: [UInt8] {
        var objects: [[UInt8]] = [
            Array("<< /Type /Catalog /Pages 2 0 R >>".utf8),
            Array("<< /Type /Pages /Count \(pages.count) /Kids [\(kids)] >>".utf8),
            Self.font("Helvetica"), Self.font("Helvetica-Bold"), information,
        ]
        for (position, page) in pages.enumerated() {
            let contents = Self.firstPageObject + position * 2 + 1
            objects.append(
                Array(
                    """
                    << /Type /Page /Parent 2 0 R /MediaBox [0 0 \(page.width) \(page.height)] /Contents \(contents) 0 R \
                    /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>
                    """.utf8))
            objects.append(
                Array("<< /Length \(page.content.count) >>\nstream\n".utf8) + page.content
                    + Array("\nendstream".utf8))
        }
        return Self.file(objects)
    }

    private var kids: String {
        pages.indices.map { "\(Self.firstPageObject + $0 * 2) 0 R" }.joined(separator: " ")
    }

    private var information: [UInt8] {
        let time = CivilTime(unix: created, offset: 0)
        let stamp = "D:" + time.stamp.filter(\.isNumber) + "Z"
        return Array("<< /Title ".utf8) + Self.literal(title)
            + Array(" /Producer (haat-sandbox) /CreationDate (\(stamp)) >>".utf8)
    }

    private static func font(_ name: String) -> [UInt8] {
        Array("<< /Type /Font /Subtype /Type1 /BaseFont /\(name) /Encoding /WinAnsiEncoding >>".utf8)
    }

    private static func file(_ objects: [[UInt8]]) -> [UInt8] {
        // The second line tells tools that the file is not text.
        var bytes = Array("%PDF-1.4\n%".utf8) + [0xE2, 0xE3, 0xCF, 0xD3, 0x0A]
        var offsets: [Int] = []
        for (position, object) in objects.enumerated() {
            offsets.append(bytes.count)
            bytes += Array("\(position + 1) 0 obj\n".utf8) + object + Array("\nendobj\n".utf8)
        }
        let table = bytes.count
        bytes += Array("xref\n0 \(objects.count + 1)\n0000000000 65535 f \n".utf8)
        for offset in offsets {
            let digits = String(offset)
            bytes += Array("\(String(repeating: "0", count: 10 - digits.count))\(digits) 00000 n \n".utf8)
        }
        bytes += Array(
            "trailer\n<< /Size \(objects.count + 1) /Root 1 0 R /Info 5 0 R >>\nstartxref\n\(table)\n%%EOF\n".utf8)
        return bytes
    }

    /// A string in parentheses. What Latin-1 doesn't have becomes a question mark: the built-in faces can't show it.
    static func literal(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "(")]
        for scalar in text.unicodeScalars {
            switch scalar {
            case "(", ")", "\\": bytes += [UInt8(ascii: "\\"), UInt8(scalar.value)]
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value): bytes.append(0x20)
            case _ where scalar.value <= 0xFF: bytes.append(UInt8(scalar.value))
            default: bytes.append(UInt8(ascii: "?"))
            }
        }
        return bytes + [UInt8(ascii: ")")]
    }
}
