import CZint

/// A text as bars or squares that scanners read.
package struct ScannableCode: Hashable, Sendable {
    package enum Symbology: Hashable, Sendable {
        /// Bars, for scanners of parcels.
        case code128
        /// Squares, for telephones.
        case qr
    }

    /// A black rectangle, in shares of the whole.
    struct Bar: Hashable, Sendable {
        let x: Double
        let y: Double
        let width: Double
        let height: Double
    }

    package let symbology: Symbology
    /// With the quiet zones that scanners need around them.
    let bars: [Bar]

    /// nil for what is no text of 1 to 80 visible ASCII characters.
    package init?(_ text: String, as symbology: Symbology) {
        let bytes = Array(text.utf8)
        guard (1...80).contains(bytes.count), bytes.allSatisfy({ (0x20...0x7E).contains($0) }),
            let symbol = haat_zint_make(symbology.number, bytes, Int32(bytes.count))
        else { return nil }
        defer { haat_zint_delete(symbol) }
        guard let vector = haat_zint_vector(symbol)?.pointee, vector.width > 0, vector.height > 0 else { return nil }
        var bars: [Bar] = []
        var next = vector.rectangles
        while let bar = next?.pointee {
            bars.append(
                Bar(
                    x: Double(bar.x / vector.width), y: Double(bar.y / vector.height),
                    width: Double(bar.width / vector.width), height: Double(bar.height / vector.height)))
            next = bar.next
        }
        guard !bars.isEmpty else { return nil }
        self.symbology = symbology
        self.bars = bars
    }
}

extension ScannableCode.Symbology {
    /// As zint numbers them.
    fileprivate var number: Int32 {
        switch self {
        case .code128: BARCODE_CODE128
        case .qr: BARCODE_QRCODE
        }
    }
}
