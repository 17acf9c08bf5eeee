import CPango

/// What cairo could not do, in its words.
package struct TypesettingError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    fileprivate init(_ status: cairo_status_t) { description = String(cString: cairo_status_to_string(status)) }

    fileprivate init(_ description: String) { self.description = description }
}

/// The fonts of this machine, with what was read of them so far. One document at a time.
final class FontMap {
    fileprivate let map: UnsafeMutablePointer<PangoFontMap>
    fileprivate var faces: [Face: Font] = [:]

    /// The letters of scripts that the first family lacks are taken from those after it; those after these are fontconfig's choice.
    private static let families = "Noto Sans,Noto Sans Bengali,Noto Sans Devanagari,sans-serif"

    fileprivate struct Face: Hashable {
        /// In Pango's units.
        let size: Double
        let isBold: Bool
    }

    init() throws(TypesettingError) {
        guard let map = pango_cairo_font_map_new() else { throw TypesettingError("there is no font map") }
        self.map = map
    }

    deinit { g_object_unref(map) }

    fileprivate func font(_ style: TextStyle) -> Font {
        let face = Face(size: (style.size * Double(PANGO_SCALE)).rounded(), isBold: style.isBold)
        if let known = faces[face] { return known }
        let font = Font(families: Self.families, size: face.size, isBold: face.isBold)
        faces[face] = font
        return font
    }
}

private final class Font {
    let description: OpaquePointer

    init(families: String, size: Double, isBold: Bool) {
        description = pango_font_description_new()
        pango_font_description_set_family(description, families)
        // Absolute, or else it would be scaled from points to the dots of a screen.
        pango_font_description_set_absolute_size(description, size)
        pango_font_description_set_weight(description, isBold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL)
    }

    deinit { pango_font_description_free(description) }
}

/// A PDF that is being drawn. Lengths are in points, from the upper left corner.
final class Canvas {
    private let fonts: FontMap
    private let output = Output()
    private let surface: OpaquePointer
    private let cairo: OpaquePointer
    private let context: OpaquePointer

    private final class Output {
        var bytes: [UInt8] = []
    }

    init(_ publication: Publication, fonts: FontMap) throws(TypesettingError) {
        self.fonts = fonts
        let surface = cairo_pdf_surface_create_for_stream(
            { closure, data, length in
                guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
                let output = Unmanaged<Output>.fromOpaque(closure).takeUnretainedValue()
                output.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(output).toOpaque(), publication.size.width, publication.size.height)
        guard let surface, let cairo = cairo_create(surface) else { throw TypesettingError(CAIRO_STATUS_NO_MEMORY) }
        guard let context = pango_font_map_create_context(fonts.map) else {
            throw TypesettingError("there is no context for texts")
        }
        self.surface = surface
        self.cairo = cairo
        self.context = context
        pango_cairo_update_context(cairo, context)
        pango_context_set_round_glyph_positions(context, 0)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, publication.title)
        cairo_pdf_surface_set_metadata(
            surface, CAIRO_PDF_METADATA_CREATE_DATE, Timestamp.iso8601(publication.createdAt))
    }

    deinit {
        g_object_unref(UnsafeMutableRawPointer(context))
        cairo_destroy(cairo)
        // Writes what is left, for which the output has to be there still.
        cairo_surface_finish(surface)
        cairo_surface_destroy(surface)
    }

    /// - Parameter width: at which lines break.
    func layout(_ text: String, _ style: TextStyle, width: Double) -> TextLayout {
        TextLayout(text, fonts.font(style).description, style, width: width, in: context)
    }

    func draw(_ text: TextLayout, x: Double, y: Double) {
        cairo_set_source_rgb(cairo, text.grey, text.grey, text.grey)
        cairo_move_to(cairo, x, y)
        text.show(on: cairo)
    }

    /// A filled rectangle.
    func fill(x: Double, y: Double, width: Double, height: Double, grey: Double) {
        cairo_set_source_rgb(cairo, grey, grey, grey)
        cairo_rectangle(cairo, x, y, width, height)
        cairo_fill(cairo)
    }

    func endPage() { cairo_show_page(cairo) }

    /// The whole file. Nothing can be drawn afterwards.
    func finish() throws(TypesettingError) -> [UInt8] {
        let drawn = cairo_status(cairo)
        cairo_surface_finish(surface)
        for status in [drawn, cairo_surface_status(surface)] where status != CAIRO_STATUS_SUCCESS {
            throw TypesettingError(status)
        }
        return output.bytes
    }
}

/// Lines of text, shaped and broken.
final class TextLayout {
    private let layout: OpaquePointer
    fileprivate let grey: Double
    /// In points.
    private(set) var height: Double = 0

    fileprivate init(
        _ text: String, _ font: OpaquePointer, _ style: TextStyle, width: Double, in context: OpaquePointer
    ) {
        layout = pango_layout_new(context)
        grey = style.grey
        pango_layout_set_font_description(layout, font)
        pango_layout_set_width(layout, Self.units(width))
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        pango_layout_set_alignment(layout, style.alignment.pango)
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                pango_layout_set_text(layout, $0.baseAddress, Int32(clamping: $0.count))
            }
        }
        measure()
    }

    deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

    /// Leaves out the lines that don't fit into so many points, and says so by an ellipsis.
    func cut(to height: Double) {
        guard height < self.height else { return }
        pango_layout_set_height(layout, Self.units(height))
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END)
        measure()
    }

    fileprivate func show(on cairo: OpaquePointer) { pango_cairo_show_layout(cairo, layout) }

    private func measure() {
        var (width, height): (Int32, Int32) = (0, 0)
        pango_layout_get_size(layout, &width, &height)
        self.height = Double(height) / Double(PANGO_SCALE)
    }

    private static func units(_ points: Double) -> Int32 {
        Int32(min(max(points, 0), 100_000) * Double(PANGO_SCALE))
    }
}

extension TextStyle.Alignment {
    fileprivate var pango: PangoAlignment {
        switch self {
        case .left: PANGO_ALIGN_LEFT
        case .centre: PANGO_ALIGN_CENTER
        case .right: PANGO_ALIGN_RIGHT
        }
    }
}
