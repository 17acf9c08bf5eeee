import Catalog
import Core
import Foundation
import Search

/// What buyers ask for: no two searches are the same.
enum Workload {
    private static let nouns = [
        "shirt", "saree", "phone", "charger", "shoes", "lamp", "kurta", "laptop", "bag", "watch", "honey", "vitamin",
    ]
    private static let qualities = ["cotton", "black", "premium", "wireless", "steel", "silk", "vintage", "golden"]
    private static let others = ["শাড়ি", "শার্ট", "ফোন", "shrit", "chrager", "sari", "headphone", "hedphones"]

    /// Words alone, words with filters, filters alone; some misspelt and some in Bengali.
    static func searches(_ count: Int) -> [SearchRequest] {
        var random = SplitMix(state: 42)
        return (0..<count).map { index in
            var request = SearchRequest(text: text(index, &random))
            request.currency = .bdt
            if index % 3 == 0 { request.categories = [category(1 + Int(random.next() % 10))] }
            if index % 4 == 0 {
                request.attributes = [
                    SearchRequest.AttributeChoice(attribute: "colour", choice: "c\(1 + random.next() % 5)"),
                    SearchRequest.AttributeChoice(attribute: "colour", choice: "c\(6 + random.next() % 5)"),
                ]
            }
            if index % 5 == 0 { request.isInStock = true }
            if index % 7 == 0 {
                request.price = SearchRequest.PriceRange(minimum: 10_000, maximum: 200_000 + Int64(index))
            }
            request.sort = SearchRequest.Sort.allCases[index % 8 < 5 ? 0 : index % 8 - 4]
            return request
        }
    }

    private static func text(_ index: Int, _ random: inout SplitMix) -> String {
        let noun = nouns[Int(random.next() % UInt64(nouns.count))]
        let quality = qualities[Int(random.next() % UInt64(qualities.count))]
        let tail = index % 10 == 9 ? "" : " \(random.next() % 1_000)"
        return switch index % 10 {
        case 0, 1, 2: noun
        case 3, 4: "\(quality) \(noun)"
        case 5: others[Int(random.next() % UInt64(others.count))]
        case 6: quality
        case 7: "\(quality) \(noun) \(tail)"
        case 8: "\(noun) \(others[Int(random.next() % UInt64(others.count))])"
        default: ""
        }
    }

    private static func category(_ number: Int) -> ID<Catalog.Category> {
        let digits = String(number)
        let tail = String(repeating: "0", count: 12 - digits.count) + digits
        return ID(uuid: UUID(uuidString: "00000000-0000-7000-8001-\(tail)") ?? UUID())
    }

    /// The beginnings of words, each a little longer than the one before.
    static func typed(_ count: Int) -> [String] {
        let words = nouns + qualities + ["samsung", "শাড়ি", "chrager"] + nouns.map { "black \($0)" }
        return (0..<count).map { index in
            let word = words[index / 7 % words.count]
            return String(word.prefix(1 + index % 7))
        }
    }
}

/// The same numbers in each run.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
