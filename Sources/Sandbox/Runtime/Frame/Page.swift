import HTML

/// The sandbox's own pages. They work without JavaScript.
enum Page {
    private static let frame = PageFrame(
        brand: "Haat sandbox", home: "/",
        places: [
            .init("Overview", path: "/"), .init("Inbox", path: "/inbox"),
            .init("Steadfast", path: "/steadfast/parcels"),
            .init("Shiprocket", path: "/shiprocket/parcels"), .init("Telegram", path: "/telegram/messages"),
            .init("Discord", path: "/discord/messages"),
        ])

    static func render(title: String, body: HTML) -> HTML { frame.page(title: title, body) }
}
