import Core
import HTTPTypes
import NIOCore
import Testing

@testable import Endpoints

@Suite("Kept answers")
struct AnswerCacheTests {
    private let cache = AnswerCache(limit: 64 << 10)
    private let product = SurrogateKey("products", "prd_1")
    private let other = SurrogateKey("products", "prd_2")

    private func answer(_ text: String) -> Answer {
        Answer(status: .ok, body: ByteBuffer(string: text))
    }

    private func keep(_ name: String, under keys: SurrogateKey..., now: ContinuousClock.Instant = .now) {
        guard let ticket = cache.begin() else { return }
        cache.keep(answer(name), to: UTF8Text(name), under: keys, since: ticket, now: now)
    }

    private func known(_ name: String, now: ContinuousClock.Instant = .now) -> String? {
        cache.answer(to: UTF8Text(name), now: now).map { String(buffer: $0.body) }
    }

    @Test("Nothing is kept before somebody follows what changes, nor after they have stopped")
    func following() {
        keep("a", under: product)
        #expect(known("a") == nil && cache.begin() == nil)
        cache.follow()
        keep("a", under: product)
        #expect(known("a") == "a")
        cache.unfollow()
        #expect(known("a") == nil && cache.begin() == nil)
    }

    @Test("What is made of something that has changed is dropped, and nothing else")
    func drops() {
        cache.follow()
        keep("a", under: product)
        keep("both", under: product, other)
        keep("b", under: other)
        cache.drop([product])
        #expect(known("a") == nil && known("both") == nil && known("b") == "b")
        keep("a", under: product)
        #expect(known("a") == "a")
    }

    @Test("An answer that began before a change is not kept after it")
    func late() throws {
        cache.follow()
        let before = try #require(cache.begin())
        cache.drop([product])
        cache.keep(answer("old"), to: "a", under: [product], since: before)
        cache.keep(answer("b"), to: "b", under: [other], since: before)
        #expect(known("a") == nil && known("b") == "b")
        // Of more changes than are remembered any could have been its own.
        for number in 0..<300 { cache.drop([SurrogateKey("products", "\(number)")]) }
        cache.keep(answer("c"), to: "c", under: [other], since: before)
        #expect(known("c") == nil)
        cache.follow()
        cache.keep(answer("d"), to: "d", under: [other], since: before)
        #expect(known("d") == nil)
    }

    @Test("It is kept for a while and not longer")
    func time() {
        cache.follow()
        let now = ContinuousClock.now
        keep("a", under: product, now: now)
        #expect(known("a", now: now + .seconds(SharedCaching.freshFor - 1)) == "a")
        #expect(known("a", now: now + .seconds(SharedCaching.freshFor)) == nil)
    }

    @Test("The oldest make room, whatever was kept takes no more than it may, and what is too large is not kept")
    func room() {
        cache.follow()
        for number in 0..<1_000 { keep("\(number)", under: product) }
        let kept = (0..<1_000).filter { known("\($0)") != nil }
        #expect(kept.count < 64 && kept.last == 999 && kept == Array((1_000 - kept.count)..<1_000))
        keep(String(repeating: "x", count: 5_000), under: product)
        #expect(known(String(repeating: "x", count: 5_000)) == nil)
        for _ in 0..<1_000 { keep("again", under: product) }
        #expect(known("again") == "again" && known("998") == "998")
    }
}
