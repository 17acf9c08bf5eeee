import HTML

/// A message's words, ready to be put into an envelope.
package struct RenderedMail: Sendable, Equatable {
    package let subject: String
    package let text: String
    package let html: String
}

/// A kind of message. Whenever its words or its layout change, its version counts up: each sent message records which one it was.
package protocol MailTemplate: Sendable {
    static var name: String { get }
    static var version: Int { get }
    func rendered(in locale: MessageLocale) -> RenderedMail
}

/// The frame that all messages share; part of every template's version.
enum MailLayout {
    static func page(title: String, body: HTML, in locale: MessageLocale) -> String {
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="\(locale.rawValue)"><head><meta charset="utf-8"><title>\(title)</title>
            <meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no"></head>
            <body style="margin:0;padding:24px;background:#f5f3ef;font-family:system-ui,sans-serif;color:#1d1c1a">
            <div style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px">
            <h1 style="font-size:20px;margin:0 0 16px">\(title)</h1>
            \(body)
            </div></body></html>
            """
        return page.markup
    }
}
