/// Breaks a publication into pages, then draws them: how many there are is known only at the end, and every foot tells.
struct Composer {
    private let publication: Publication
    private let canvas: Canvas
    private let measure: Measure
    private var pages: [[Mark]] = [[]]
    /// Where the next block begins.
    private var y: Double

    private static let footStyle = TextStyle(7, grey: 0.35)
    /// Between the content and the foot.
    private static let footDistance = 6.0

    init(_ publication: Publication, on canvas: Canvas) {
        self.publication = publication
        self.canvas = canvas
        measure = Measure(canvas: canvas)
        y = publication.margin
    }

    private var width: Double { publication.size.width - 2 * publication.margin }
    private var footHeight: Double { 10 }
    private var bottom: Double { publication.size.height - publication.margin - footHeight - Self.footDistance }
    private var isPageEmpty: Bool { pages[pages.count - 1].isEmpty }

    mutating func compose() {
        for block in publication.blocks {
            if case .table(let table) = block { place(table) } else { place(measure.piece(block, width: width)) }
        }
    }

    private mutating func place(_ piece: Piece) {
        if y + piece.height > bottom, !isPageEmpty { beginPage() }
        put(piece)
    }

    private mutating func place(_ table: Table) {
        let head = measure.head(of: table, width: width)
        let limit = bottom - publication.margin - head.height - 30
        var rows = table.rows.map { measure.row($0, of: table, width: width, atMost: limit) }
        let sums = Piece(stacking: table.sums.map { measure.sum($0, of: table, width: width, atMost: limit) })
        let last = rows.popLast()
        if y + head.height + (rows.first ?? last ?? sums).height > bottom, !isPageEmpty { beginPage() }
        put(head)
        func placeRow(_ row: Piece, with rest: Double, in composer: inout Composer) {
            if composer.y + row.height + rest > composer.bottom {
                composer.beginPage()
                composer.put(head)
            }
            composer.put(row)
        }
        for row in rows { placeRow(row, with: 0, in: &self) }
        if let last { placeRow(last, with: sums.height, in: &self) }
        place(sums)
    }

    private mutating func beginPage() {
        pages.append([])
        y = publication.margin
        put(measure.piece(.text(publication.title, TextStyle(8, bold: true, grey: 0.35)), width: width))
        y += 4
    }

    private mutating func put(_ piece: Piece) {
        pages[pages.count - 1] += piece.marks.map { $0.moved(x: publication.margin, y: y) }
        y += piece.height
    }

    /// The file.
    func draw() throws(TypesettingError) -> [UInt8] {
        for (index, marks) in pages.enumerated() {
            for mark in marks + foot(of: index + 1) { mark.draw(on: canvas) }
            canvas.endPage()
        }
        return try canvas.finish()
    }

    private func foot(of page: Int) -> [Mark] {
        var number = Self.footStyle
        number.alignment = .right
        let blocks: [Block] = [
            .columns([
                Block.Column(0.8, [.text(publication.footer, Self.footStyle)]),
                Block.Column(0.2, [.text("Page \(page) of \(pages.count)", number)]),
            ])
        ]
        let foot = Piece(stacking: blocks.map { measure.piece($0, width: width) })
        let top = publication.size.height - publication.margin - footHeight
        return foot.marks.map { $0.moved(x: publication.margin, y: top) }
    }
}
