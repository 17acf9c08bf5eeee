import Synchronization

/// Makes PDFs of publications, one after the other.
///
/// It keeps what it has read of the fonts: one is made for a process, not for a document.
package final class Typesetter: Sendable {
    private let fonts: Mutex<FontMap>

    /// - Throws: `TypesettingError` where there are no fonts.
    package init() throws(TypesettingError) { fonts = Mutex(try FontMap()) }

    /// The file. The same publication has the same bytes wherever the same fonts are installed. It takes some milliseconds of
    /// computing for each page.
    /// - Throws: `TypesettingError`.
    package func pdf(of publication: Publication) throws(TypesettingError) -> [UInt8] {
        try fonts.withLock { fonts throws(TypesettingError) in
            let canvas = try Canvas(publication, fonts: fonts)
            var composer = Composer(publication, on: canvas)
            composer.compose()
            return try composer.draw()
        }
    }
}
