import Foundation

/// Gathers what one call did, attempt after attempt, and turns it into masked evidence.
struct CallRecord {
    private let request: OutboundRequest
    private let profile: ProviderProfile
    private let startedAt: Date
    private(set) var attempts = 0
    private var duration = Duration.zero
    private var response: OutboundResponse?

    init(request: OutboundRequest, profile: ProviderProfile, startedAt: Date) {
        self.request = request
        self.profile = profile
        self.startedAt = startedAt
    }

    mutating func note(_ outcome: AttemptOutcome, duration: Duration) {
        attempts += 1
        self.duration = duration
        response = if case .answered(let response) = outcome { response } else { nil }
    }

    func answer(_ response: OutboundResponse) -> OutboundAnswer {
        OutboundAnswer(response: response, evidence: evidence())
    }

    func evidence() -> OutboundEvidence {
        let mask = profile.mask
        let headers = profile.headers + request.headers
        return OutboundEvidence(
            provider: profile.name, operation: request.operation, method: request.method,
            url: mask.maskedURL(profile.baseURL + request.path), requestHeaders: mask.masked(headers),
            requestBody: mask.maskedBody(request.body, contentType: Self.contentType(headers)),
            status: response?.status, responseHeaders: response.map { mask.masked($0.headers) } ?? [:],
            responseBody: response.map { mask.maskedBody($0.body, contentType: $0.header("Content-Type")) } ?? "",
            startedAt: startedAt, durationMilliseconds: Int(duration / .milliseconds(1)), attempts: attempts)
    }

    private static func contentType(_ headers: [OutboundHeader]) -> String? {
        headers.last { $0.name.lowercased() == "content-type" }?.value
    }
}
