import Core
import HTML
import HTTPTypes

/// A problem, told to a person.
struct ErrorPage {
    let problem: Problem
    let requestID: String
    let frame: PageFrame

    var answer: Answer {
        var answer = Answer(page: html, status: HTTPResponse.Status(code: problem.status))
        answer.headers[.cacheControl] = "no-store"
        if problem.status == 401 { answer.headers[.wwwAuthenticate] = "Bearer" }
        return answer
    }

    private var html: HTML {
        frame.page(
            title: problem.title,
            """
            <h1>\(problem.title)</h1>
            \(problem.detail.map { "<p class=\"lede\">\($0)</p>" as HTML })\(fields)
            <p class="empty">Quote <code>\(requestID)</code> when you ask for help.</p>
            """)
    }

    private var fields: HTML? {
        guard !problem.fields.isEmpty else { return nil }
        let items = problem.fields.map { field -> HTML in "<li><code>\(field.pointer)</code> \(field.message)</li>" }
        return "<ul>\(items)</ul>"
    }
}
