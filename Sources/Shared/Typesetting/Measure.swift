/// Something to be drawn, and where.
struct Mark {
    enum Kind {
        case text(TextLayout)
        case fill(width: Double, height: Double, grey: Double)
    }

    let kind: Kind
    let x: Double
    let y: Double

    func moved(x: Double, y: Double) -> Mark { Mark(kind: kind, x: self.x + x, y: self.y + y) }

    func draw(on canvas: Canvas) {
        switch kind {
        case .text(let text): canvas.draw(text, x: x, y: y)
        case .fill(let width, let height, let grey): canvas.fill(x: x, y: y, width: width, height: height, grey: grey)
        }
    }
}

/// A measured part of the content, which is not broken.
struct Piece {
    var marks: [Mark] = []
    var height: Double = 0

    init() {}

    init(marks: [Mark], height: Double) {
        self.marks = marks
        self.height = height
    }

    /// Below one another.
    init(stacking pieces: [Piece]) {
        for piece in pieces {
            marks += piece.marks.map { $0.moved(x: 0, y: height) }
            height += piece.height
        }
    }

    /// Beside one another, each at its place.
    init(aligning pieces: [(x: Double, piece: Piece)]) {
        for (x, piece) in pieces {
            marks += piece.marks.map { $0.moved(x: x, y: 0) }
            height = max(height, piece.height)
        }
    }
}

/// Finds out how much room blocks take.
struct Measure {
    let canvas: Canvas

    /// Around what stands in a cell.
    private static let (padding, leading) = (3.0, 2.0)
    private static let (hairline, lineGrey, shade) = (0.5, 0.6, 0.92)

    /// A table is set without a head, as part of what is not broken.
    func piece(_ block: Block, width: Double) -> Piece {
        switch block {
        case .text(let text, let style): return self.text(text, style, width: width)
        case .columns(let columns):
            var x = 0.0
            return Piece(
                aligning: columns.map { column in
                    let share = column.share * width
                    defer { x += share }
                    return (x, Piece(stacking: column.blocks.map { piece($0, width: share - Self.padding) }))
                })
        case .together(let blocks): return Piece(stacking: blocks.map { piece($0, width: width) })
        case .table(let table):
            let rows = table.rows.map { row($0, of: table, width: width, atMost: .infinity) }
            let sums = table.sums.map { sum($0, of: table, width: width, atMost: .infinity) }
            return Piece(stacking: [head(of: table, width: width)] + rows + sums)
        case .code(let code, let height):
            let wide = code.symbology == .qr ? min(width, height) : width
            let high = code.symbology == .qr ? wide : height
            return Piece(
                marks: code.bars.map { bar in
                    Mark(
                        kind: .fill(width: bar.width * wide, height: bar.height * high, grey: 0), x: bar.x * wide,
                        y: bar.y * high)
                }, height: high)
        case .rule: return rule(width)
        case .gap(let height): return Piece(marks: [], height: height)
        }
    }

    func head(of table: Table, width: Double) -> Piece {
        guard table.columns.contains(where: { !$0.title.isEmpty }) else { return rule(width) }
        var head = cells(table.columns.map(\.title), of: table, bold: true, width: width, atMost: .infinity)
        head.marks.insert(
            Mark(kind: .fill(width: width, height: head.height, grey: Self.shade), x: 0, y: 0), at: 0)
        return Piece(stacking: [head, rule(width)])
    }

    func row(_ texts: [String], of table: Table, width: Double, atMost limit: Double) -> Piece {
        Piece(stacking: [cells(texts, of: table, bold: false, width: width, atMost: limit), rule(width)])
    }

    func sum(_ texts: [String], of table: Table, width: Double, atMost limit: Double) -> Piece {
        Piece(stacking: [cells(texts, of: table, bold: true, width: width, atMost: limit), rule(width)])
    }

    private func cells(
        _ texts: [String], of table: Table, bold: Bool, width: Double, atMost limit: Double
    ) -> Piece {
        var (x, placed) = (0.0, [(x: Double, piece: Piece)]())
        for (column, text) in zip(table.columns, texts) {
            let own = column.share * width
            if !text.isEmpty {
                let style = TextStyle(table.size, bold: bold, column.alignment)
                let cell = self.text(text, style, width: own - 2 * Self.padding, atMost: limit)
                placed.append((x + Self.padding, cell))
            }
            x += own
        }
        var row = Piece(aligning: placed)
        row.marks = row.marks.map { $0.moved(x: 0, y: Self.leading) }
        row.height += 2 * Self.leading
        return row
    }

    private func text(_ text: String, _ style: TextStyle, width: Double, atMost limit: Double = .infinity) -> Piece {
        let layout = canvas.layout(text, style, width: width)
        layout.cut(to: limit)
        return Piece(marks: [Mark(kind: .text(layout), x: 0, y: 0)], height: layout.height)
    }

    private func rule(_ width: Double) -> Piece {
        Piece(
            marks: [Mark(kind: .fill(width: width, height: Self.hairline, grey: Self.lineGrey), x: 0, y: 0)],
            height: Self.hairline)
    }
}
