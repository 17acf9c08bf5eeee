import Core
import HTTPTypes
import Hummingbird

/// The answers of one endpoint that the process keeps for whoever shows no credentials.
struct SharedAnswers: Sendable {
    /// In bytes.
    private static let longestName = 1_000

    private let cache: AnswerCache
    private let isLocalised: Bool
    private let compressionThreshold: Int

    /// nil where the endpoint's answers are not to be kept.
    init?(of description: EndpointDescription, in cache: AnswerCache, compressionThreshold: Int) {
        guard description.answer.isShared else { return nil }
        self.cache = cache
        isLocalised = description.isLocalised
        self.compressionThreshold = compressionThreshold
    }

    /// What the request's answer is known by, compressed ones apart; nil for those that are not answered from here.
    func name(of request: Request) -> UTF8Text? {
        guard request.method == .get || request.method == .head, !ShownCredentials(of: request).areShown else {
            return nil
        }
        let languages = isLocalised ? request.headers.text(.acceptLanguage)?.string ?? "" : ""
        let coding = acceptsGzip(request) ? "gzip" : ""
        let name = "\(request.uri.string)\n\(languages)\n\(coding)"
        return name.utf8.count <= Self.longestName ? UTF8Text(name) : nil
    }

    func known(_ name: UTF8Text) -> Answer? { cache.answer(to: name) }

    func begin() -> AnswerCache.Ticket? { cache.begin() }

    /// The answer with what caches are told of it; kept where it may be.
    func share(_ answer: Answer, to request: Request, as name: UTF8Text, since ticket: AnswerCache.Ticket?) -> Answer {
        guard let sharing = answer.sharing, answer.status == .ok else { return answer }
        var answer = answer
        answer.headers[.cacheControl] = sharing.cacheControl
        answer.headers[.surrogateKey] = sharing.surrogateKey
        answer.headers.addVary("Authorization, Cookie")
        if answer.headers[.eTag] == nil { answer.headers[.eTag] = EntityTag.content(answer.body).text }
        guard let ticket else { return answer }
        if acceptsGzip(request), answer.body.readableBytes >= compressionThreshold {
            answer.compressedBody = Compression.gzip(answer.body)
        }
        cache.keep(answer, to: name, under: sharing.keys, since: ticket)
        return answer
    }

    private func acceptsGzip(_ request: Request) -> Bool {
        HeaderGrammar.acceptsGzip(request.headers.text(.acceptEncoding))
    }
}

extension HTTPField.Name {
    static let surrogateKey = known("Surrogate-Key")
}
