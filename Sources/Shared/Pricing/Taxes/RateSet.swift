import Core

/// The rates of one supply: of each head at most one.
struct RateSet: Sendable, Hashable {
    struct Entry: Sendable, Hashable {
        let head: RateHead
        let ppm: Int
        /// As adjustments name where they came from.
        let source: String
        let rate: ID<TaxRate>
    }

    static let none = RateSet([])

    let entries: [Entry]
    /// Of what is untaxed, in parts per million of the taxable value: what "the highest rate" compares.
    let effectivePPM: Int64

    init(_ entries: [Entry]) {
        self.entries = entries
        func ppm(_ head: RateHead) -> Int64 { Int64(entries.first { $0.head == head }?.ppm ?? 0) }
        let (duty, vat) = (ppm(.supplementaryDuty), ppm(.vat))
        effectivePPM = ppm(.gst) + ppm(.cess) + duty + vat + duty * vat / 1_000_000
    }

    var isNil: Bool { effectivePPM == 0 }

    func entry(_ head: RateHead) -> Entry? { entries.first { $0.head == head } }
}

/// Who taxes a supply, told by where it goes.
enum SupplyPlace: Sendable, Hashable {
    /// Within a State or Territory.
    case withinState(isTerritory: Bool)
    case acrossStates
    /// Where there is one tax for the whole country.
    case country
}

/// What taxes a supply carries.
struct TaxedAmount: Sendable, Hashable {
    struct Row: Sendable, Hashable {
        let head: TaxHead
        let ppm: Int
        let taxable: Int64
        let amount: Int64
        let source: String
    }

    /// Before every tax.
    let taxable: Int64
    let rows: [Row]

    var tax: Int64 { rows.reduce(0) { $0 + $1.amount } }

    /// Reckons line by line and head by head, each rounded half up by itself. Where the amount contains its taxes, what is left is
    /// the taxable value, so that the amount stays as it is.
    init(of amount: Int64, isIncluded: Bool, rates: RateSet, place: SupplyPlace) {
        switch place {
        case .country: self.init(valueAdded: amount, isIncluded: isIncluded, rates: rates)
        case .withinState, .acrossStates: self.init(gst: amount, isIncluded: isIncluded, rates: rates, place: place)
        }
    }

    private init(gst amount: Int64, isIncluded: Bool, rates: RateSet, place: SupplyPlace) {
        let (gst, cess) = (rates.entry(.gst), rates.entry(.cess))
        let whole: Int128 = 1_000_000 + (isIncluded ? Int128(gst?.ppm ?? 0) + Int128(cess?.ppm ?? 0) : 0)
        var shares: [(head: TaxHead, ppm: Int, amount: Int64, source: String)] = []
        if let gst {
            let exact = Int128(amount) * Int128(gst.ppm)
            switch place {
            case .withinState(let isTerritory):
                let half = Rounding.halfUp(exact, over: 2 * whole)
                shares.append((.cgst, gst.ppm / 2, half, gst.source))
                shares.append((isTerritory ? .utgst : .sgst, gst.ppm / 2, half, gst.source))
            case .acrossStates, .country:
                shares.append((.igst, gst.ppm, Rounding.halfUp(exact, over: whole), gst.source))
            }
        }
        if let cess {
            let share = Rounding.halfUp(Int128(amount) * Int128(cess.ppm), over: whole)
            shares.append((.cess, cess.ppm, share, cess.source))
        }
        let taxable = isIncluded ? amount - shares.reduce(0) { $0 + $1.amount } : amount
        self.taxable = taxable
        rows = shares.map {
            Row(head: $0.head, ppm: $0.ppm, taxable: taxable, amount: $0.amount, source: $0.source)
        }
    }

    private init(valueAdded amount: Int64, isIncluded: Bool, rates: RateSet) {
        let (duty, vat) = (rates.entry(.supplementaryDuty), rates.entry(.vat))
        func part(_ amount: Int64, _ entry: RateSet.Entry?) -> Int64 {
            guard let entry else { return 0 }
            let whole: Int128 = 1_000_000 + (isIncluded ? Int128(entry.ppm) : 0)
            return Rounding.halfUp(Int128(amount) * Int128(entry.ppm), over: whole)
        }
        let (base, dutyAmount, vatAmount): (Int64, Int64, Int64)
        if isIncluded {
            vatAmount = part(amount, vat)
            dutyAmount = part(amount - vatAmount, duty)
            base = amount - vatAmount - dutyAmount
        } else {
            base = amount
            dutyAmount = part(base, duty)
            vatAmount = part(base + dutyAmount, vat)
        }
        var rows: [Row] = []
        if let duty {
            rows.append(
                Row(
                    head: .supplementaryDuty, ppm: duty.ppm, taxable: base, amount: dutyAmount, source: duty.source))
        }
        if let vat {
            rows.append(
                Row(head: .vat, ppm: vat.ppm, taxable: base + dutyAmount, amount: vatAmount, source: vat.source))
        }
        taxable = base
        self.rows = rows
    }
}
