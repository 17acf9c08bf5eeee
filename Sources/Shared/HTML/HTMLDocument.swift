/// A whole page: the head that all pages share, around a body.
package struct HTMLDocument: Sendable {
    private let title: String
    private let layout: Layout
    private let body: HTML

    /// The ways in which the style sheet lays out a page.
    package enum Layout: Sendable, Equatable {
        /// A bar on top, and content below.
        case standard
        /// Contents beside a long text.
        case reference
        /// What is owed on one side, how to pay on the other, in the colours of a brand that the style sheet knows.
        case checkout(brand: String)

        fileprivate var classes: String {
            switch self {
            case .standard: "standard"
            case .reference: "reference"
            case .checkout(let brand): "checkout brand-\(brand)"
            }
        }
    }

    package init(title: String, layout: Layout, body: HTML) {
        self.title = title
        self.layout = layout
        self.body = body
    }

    /// The icon is inline, so that no browser asks for one.
    package var html: HTML {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title)</title>
        <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Crect width='8' height='8' rx='2' fill='%233b43c4'/%3E%3Cpath d='M2 2h1v1.5h2V2h1v4H5V4.5H3V6H2z' fill='%23fff'/%3E%3C/svg%3E">
        <link rel="stylesheet" href="\(url: StyleSheet.path)">
        </head>
        <body class="\(layout.classes)">
        \(body)
        </body>
        </html>

        """
    }
}

/// What stands around the content of a standard page.
package struct PageFrame: Sendable {
    /// A place that every page leads to.
    package struct Place: Sendable {
        let path: String
        let title: String

        package init(_ title: String, path: String) {
            self.title = title
            self.path = path
        }
    }

    private let brand: String
    private let home: String
    private let places: [Place]

    /// - Parameter home: the path that the brand leads to.
    package init(brand: String, home: String, places: [Place] = []) {
        self.brand = brand
        self.home = home
        self.places = places
    }

    /// A page with this content; the brand is put behind its title.
    package func page(title: String, _ content: HTML) -> HTML {
        let links = places.map { place -> HTML in "<li><a href=\"\(url: place.path)\">\(place.title)</a></li>" }
        let navigation: HTML = "<nav aria-label=\"Pages\"><ul>\(links)</ul></nav>"
        return HTMLDocument(
            title: "\(title) · \(brand)", layout: .standard,
            body: """
                \(HTML.skipLink)
                <header><a class="brand" href="\(url: home)"><span class="mark" aria-hidden="true">H</span>\(brand)</a>
                \(if: !places.isEmpty, navigation)</header>
                <main id="content" tabindex="-1">\(content)</main>
                """
        ).html
    }
}

extension HTML {
    /// The first stop of the keyboard, which passes over the navigation to the element with the id `content`.
    package static let skipLink: HTML = "<a class=\"skip\" href=\"#content\">Skip to content</a>"
}
