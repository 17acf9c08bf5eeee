/// The size of a page in points, of which an inch has 72.
package struct PageSize: Hashable, Sendable {
    package let width: Double
    package let height: Double

    package init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    package static let a4 = PageSize(width: 595.276, height: 841.89)
    /// Four inches by six: what label printers take.
    package static let label = PageSize(width: 288, height: 432)
}

/// What is to be set: content without positions. Where lines and pages break follows from it.
package struct Publication: Sendable {
    package let size: PageSize
    /// On all sides, in points.
    package let margin: Double
    /// What readers' windows are called, and what the pages after the first begin with.
    package let title: String
    /// What the file says of its making, in seconds since 1970: the same content has the same bytes.
    package let createdAt: Int64
    package let blocks: [Block]
    /// At the foot of every page, beside its number.
    package let footer: String

    package init(
        size: PageSize = .a4, margin: Double = 36, title: String, createdAt: Int64, footer: String = "",
        blocks: [Block]
    ) {
        self.size = size
        self.margin = margin
        self.title = title
        self.createdAt = createdAt
        self.footer = footer
        self.blocks = blocks
    }
}

/// A part of the content. All but tables stand on one page as a whole.
package indirect enum Block: Sendable {
    /// Line feeds in it begin new lines.
    case text(String, TextStyle)
    /// Side by side, each with its share of the width.
    case columns([Column])
    /// Below one another, on one page.
    case together([Block])
    case table(Table)
    /// Over the whole width, or as wide as high where it is a square. The height is in points.
    case code(ScannableCode, height: Double)
    /// A thin line over the whole width.
    case rule
    /// Empty space, in points.
    case gap(Double)

    package struct Column: Sendable {
        package let share: Double
        package let blocks: [Block]

        package init(_ share: Double, _ blocks: [Block]) {
            self.share = share
            self.blocks = blocks
        }
    }
}

/// How letters look and where lines stand.
package struct TextStyle: Hashable, Sendable {
    package enum Alignment: Hashable, Sendable {
        case left, centre, right
    }

    /// In points.
    package var size: Double
    package var isBold: Bool
    package var alignment: Alignment
    /// From 0 for black to 1 for white.
    package var grey: Double

    package init(_ size: Double, bold isBold: Bool = false, _ alignment: Alignment = .left, grey: Double = 0) {
        self.size = size
        self.isBold = isBold
        self.alignment = alignment
        self.grey = grey
    }
}

/// Rows under a head that is repeated on every page they reach.
package struct Table: Sendable {
    package struct Column: Sendable {
        package let title: String
        /// Of the width that all columns have together.
        package let share: Double
        package let alignment: TextStyle.Alignment

        package init(_ title: String, _ share: Double, _ alignment: TextStyle.Alignment = .left) {
            self.title = title
            self.share = share
            self.alignment = alignment
        }
    }

    package let columns: [Column]
    /// Each with a text for each column; what lacks stays empty.
    package let rows: [[String]]
    /// Emphasised rows at the end, which the last row before them is not parted from.
    package let sums: [[String]]
    /// Of the letters, in points.
    package let size: Double

    package init(columns: [Column], rows: [[String]], sums: [[String]] = [], size: Double = 8) {
        self.columns = columns
        self.rows = rows
        self.sums = sums
        self.size = size
    }
}
