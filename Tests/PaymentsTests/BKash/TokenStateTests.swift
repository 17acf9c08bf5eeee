import Foundation
import Testing

@testable import Payments

@Suite("When a shared token is renewed")
struct TokenStateTests {
    private static let rules = TokenRules(calls: 2, window: 3_600, patience: 40)
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)
    private let mine = UUID()
    private let other = UUID()

    private func token(_ name: String, grantedAt minute: Double) -> ProviderToken {
        let granted = Self.at(minute)
        return ProviderToken(
            value: name, refresh: "refresh-\(name)", renewAt: granted + 3_000, expiresAt: granted + 3_540,
            refreshableUntil: granted + 86_400)
    }

    private static func at(_ minute: Double) -> Date { start + minute * 60 }

    private func next(
        _ state: inout TokenState, at minute: Double, besides refused: ProviderToken? = nil, as id: UUID? = nil
    ) -> TokenState.Step {
        state.next(at: Self.at(minute), besides: refused, as: id ?? mine, Self.rules)
    }

    private func end(_ state: inout TokenState, _ ending: TokenState.Ending, at minute: Double, as id: UUID? = nil) {
        state.end(id ?? mine, ending, at: Self.at(minute), Self.rules)
    }

    @Test("It goes for fifty minutes, then one renews it while the others go on with the old one")
    func life() {
        var state = TokenState()
        #expect(next(&state, at: 0) == .renew(nil))
        #expect(next(&state, at: 0, as: other) == .wait)
        let first = token("a", grantedAt: 0)
        end(&state, .renewed(first), at: 0)
        #expect(next(&state, at: 49) == .use(first))
        #expect(next(&state, at: 51) == .renew(first))
        #expect(next(&state, at: 51, as: other) == .use(first))
        let second = token("b", grantedAt: 51)
        end(&state, .renewed(second), at: 51)
        #expect(next(&state, at: 52, as: other) == .use(second))
    }

    @Test("No hour sees a third call, whatever is refused, lost or asked again in it")
    func limit() {
        var state = TokenState()
        var calls: [Double] = []
        for minute in stride(from: 0.0, to: 600, by: 0.5) {
            let held = state.token
            // The provider refuses whatever it has granted, and loses every third answer.
            guard case .renew = next(&state, at: minute, besides: held) else { continue }
            calls.append(minute)
            let isLost = calls.count.isMultiple(of: 3)
            end(&state, isLost ? .failed : .renewed(token("t\(calls.count)", grantedAt: minute)), at: minute)
        }
        #expect(calls.count >= 18)
        for minute in calls { #expect(calls.count { $0 > minute - 60 && $0 <= minute } <= 2) }
    }

    @Test("Who was not asked does not count; who says that it was asked too often is left alone for an hour")
    func counting() {
        var state = TokenState()
        for _ in 0..<5 {
            #expect(next(&state, at: 0) == .renew(nil))
            end(&state, .notAsked, at: 0)
        }
        #expect(next(&state, at: 1) == .renew(nil))
        end(&state, .blocked, at: 1)
        #expect(next(&state, at: 2) == .spent(until: Self.at(61)))
        #expect(next(&state, at: 60.9) == .spent(until: Self.at(61)))
        #expect(next(&state, at: 61) == .renew(nil))
    }

    @Test("Whoever is killed while asking keeps the others waiting for no longer than a call takes")
    func killed() {
        var state = TokenState()
        #expect(next(&state, at: 0) == .renew(nil))
        #expect(next(&state, at: 0.6, as: other) == .wait)
        #expect(next(&state, at: 0.7, as: other) == .renew(nil))
        // The first one was not dead: its token is as good until there is a newer one, and the other's renewal is not its own to end.
        let (late, newest) = (token("a", grantedAt: 0), token("b", grantedAt: 0.7))
        end(&state, .renewed(late), at: 0.8)
        #expect(next(&state, at: 0.8) == .use(late))
        #expect(state.renewal == other)
        end(&state, .renewed(newest), at: 0.9, as: other)
        end(&state, .renewed(late), at: 0.9)
        #expect(next(&state, at: 1) == .use(newest))
    }

    @Test("A token that can't be refreshed any more is followed by a new one")
    func notRefreshed() {
        var state = TokenState()
        _ = next(&state, at: 0)
        let first = token("a", grantedAt: 0)
        end(&state, .renewed(first), at: 0)
        #expect(next(&state, at: 120) == .renew(first))
        end(&state, .notRefreshed, at: 120)
        #expect(next(&state, at: 120) == .renew(nil))
        end(&state, .renewed(token("b", grantedAt: 120)), at: 120)
        #expect(next(&state, at: 3_000) == .renew(nil))
    }
}
