import Testing
import Vendors

@Suite("Where a vendor stands")
struct VendorStatusTests {
    @Test("Each act moves a vendor from few places, is done already in one, and is refused everywhere else")
    func transitions() {
        let moves: [(VendorAct, [VendorStatus], VendorStatus)] = [
            (.submit, [.applied, .rejected], .inReview), (.approve, [.inReview], .active),
            (.reject, [.inReview], .rejected), (.suspend, [.active], .suspended), (.reinstate, [.suspended], .active),
            (.close, [.applied, .inReview, .rejected, .active, .suspended], .closed),
        ]
        for (act, sources, target) in moves {
            for status in VendorStatus.allCases {
                let expected: VendorTransition =
                    sources.contains(status) ? .moves(to: target) : status == target ? .isDone : .isRefused
                #expect(VendorTransition.of(act, at: status) == expected, "\(act) at \(status)")
            }
        }
        for act in [VendorAct.apply, .admit] {
            #expect(VendorStatus.allCases.allSatisfy { VendorTransition.of(act, at: $0) == .isRefused })
        }
    }

    @Test("Nothing leads out of closed, and selling is reached through a review alone")
    func reach() {
        func next(_ status: VendorStatus) -> [VendorStatus] {
            VendorAct.allCases.compactMap {
                if case .moves(let target) = VendorTransition.of($0, at: status) { target } else { nil }
            }
        }
        #expect(next(.closed).isEmpty)
        #expect(VendorStatus.allCases.filter { next($0).contains(.active) } == [.inReview, .suspended])
    }
}
