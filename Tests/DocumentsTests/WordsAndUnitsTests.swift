import Core
import Foundation
import Orders
import Testing

@testable import Documents

@Suite("Words, units and dates of documents") struct WordsAndUnitsTests {
    @Test(
        "Amounts are spelled in lakh and crore",
        arguments: [
            (0, "Rupees Zero Only"), (5, "Rupees Zero and Five Paise Only"), (100, "Rupees One Only"),
            (1_900, "Rupees Nineteen Only"),
            (235_988, "Rupees Two Thousand Three Hundred Fifty-Nine and Eighty-Eight Paise Only"),
            (10_000_000, "Rupees One Lakh Only"),
            (12_345_650, "Rupees One Lakh Twenty-Three Thousand Four Hundred Fifty-Six and Fifty Paise Only"),
            (
                123_456_789_000,
                "Rupees One Hundred Twenty-Three Crore Forty-Five Lakh Sixty-Seven Thousand Eight Hundred Ninety Only"
            ),
            (-100, "Rupees One Only"),
        ] as [(Int64, String)])
    func words(amount: Int64, text: String) {
        #expect(AmountInWords.text(Money(minorUnits: amount, currency: .inr)) == text)
    }

    @Test("The largest amount there is has words, too")
    func largest() {
        let text = AmountInWords.text(Money(minorUnits: .min, currency: .bdt))
        #expect(text.hasPrefix("Taka Nine Hundred Twenty-Two Crore Thirty-Three Lakh") && text.hasSuffix("Poisha Only"))
        #expect(AmountInWords.text(Money(minorUnits: 7, currency: .jpy)) == "JPY Seven Only")
    }

    @Test("Every number up to 2,000 reads back as itself")
    func readBack() {
        let ones =
            "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen Seventeen Eighteen Nineteen"
            .split(separator: " ").map(String.init)
        let tens = "Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety".split(separator: " ").map(String.init)
        for number in 0...2_000 {
            var (sum, part) = (0, 0)
            for word in AmountInWords.number(UInt64(number)).split(whereSeparator: { $0 == " " || $0 == "-" }).map(
                String.init)
            {
                if let one = ones.firstIndex(of: word) {
                    part += one
                } else if let ten = tens.firstIndex(of: word) {
                    part += (ten + 2) * 10
                } else if word == "Hundred" {
                    part *= 100
                } else {
                    (sum, part) = (sum + part * 1000, 0)
                }
            }
            #expect(sum + part == number)
        }
    }

    @Test("Ranges of units: what is left, what comes first, and shares that come to the whole")
    func units() {
        let all = UnitRanges([0..<10])
        let taken = UnitRanges([2..<4, 4..<5, 8..<9])
        #expect(taken.ranges == [2..<5, 8..<9] && taken.count == 4)
        let left = all.subtracting(taken)
        #expect(left.ranges == [0..<2, 5..<8, 9..<10] && left.union(taken) == all)
        #expect(left.prefix(4).ranges == [0..<2, 5..<7] && left.prefix(99) == left && left.prefix(0).isEmpty)
        var random = SplitMix(state: 7)
        for _ in 0..<500 {
            let (count, amount) = (
                Int64.random(in: 1...50, using: &random), Int64.random(in: -99_999...99_999, using: &random)
            )
            let one = UnitRanges((0..<count).filter { _ in Bool.random(using: &random) }.map { $0..<($0 + 1) })
            let rest = UnitRanges([0..<count]).subtracting(one)
            #expect(one.share(of: amount, among: count) + rest.share(of: amount, among: count) == amount)
            #expect(one.count + rest.count == count)
        }
        #expect(UnitRanges([0..<1]).share(of: .max, among: 1) == .max && UnitRanges().share(of: 5, among: 0) == 0)
    }

    @Test("Rates have up to three decimals, dates stand day first, money in lakh")
    func formats() {
        #expect(
            [25_000, 1_250, 180_000, 0, 1].map(DocumentContent.percent) == ["2.5%", "0.125%", "18%", "0%", "0.0001%"])
        #expect(DocumentContent.date("2026-11-30") == "30/11/2026")
        #expect(Money(minorUnits: 12_345_650, currency: .inr).number == "1,23,456.50")
        #expect(Money(minorUnits: -100_000_000, currency: .bdt).number == "-10,00,000.00")
    }
}
