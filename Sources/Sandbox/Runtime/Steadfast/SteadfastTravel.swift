/// One thing that happens to a parcel.
enum SteadfastStep: Sendable, Codable {
    case status(String)
    case collected(Int)
    case tracking(String)
}

/// How a parcel travels by itself.
enum SteadfastScript: String, CaseIterable, Sendable, Codable {
    case byHand = "by_hand"
    case delivered, partial, cancelled, hold, lost

    /// The course of live traffic: accepted, received, sent on, with the rider, and then an end.
    func steps(of parcel: SteadfastParcel) -> [SteadfastStep] {
        let way: [SteadfastStep] = [
            .status("pending"), .tracking("Consignment has been received at CENTRAL WAREHOUSE."),
            .tracking("Consignment sent to LOCAL HUB. Dispatch ID: \(parcel.id % 1_000_000)"),
            .tracking("Consignment is processing for delivery."), .tracking("Assigned to rider for delivery."),
        ]
        switch self {
        case .byHand: return []
        case .delivered: return way + [.status("delivered_approval_pending"), .status("delivered")]
        case .partial:
            return way + [
                .collected(parcel.order.codAmount / 2), .status("partial_delivered_approval_pending"),
                .status("partial_delivered"),
            ]
        case .cancelled:
            return way + [
                .tracking("Customer does not answer the phone."), .status("cancelled_approval_pending"),
                .status("cancelled"),
            ]
        case .hold: return way + [.status("hold")]
        case .lost: return way + [.status("unknown_approval_pending"), .status("unknown")]
        }
    }
}

extension SteadfastState {
    mutating func perform(_ step: SteadfastStep, on id: Int, now: Int) {
        switch step {
        case .status(let status): move(id, to: status, now: now)
        case .collected(let amount): collect(amount, for: id, now: now)
        case .tracking(let text): track(id, text, now: now)
        }
    }

    /// Whether a person may move a parcel there: final ones only come back.
    func allows(_ parcel: SteadfastParcel, to status: String) -> Bool {
        guard SteadfastStatus.final.contains(parcel.status) else {
            return SteadfastStatus.known.contains(status) || SteadfastStatus.returnLegs.contains(status)
        }
        return SteadfastStatus.returnLegs.contains(status)
    }

    /// Gives a parcel a status, books what the status means in money, and tells the receiver.
    mutating func move(_ id: Int, to status: String, message: String? = nil, now: Int) {
        guard let parcel = parcel(id: id) else { return }
        let text = message ?? Self.message(status)
        update(id) {
            $0.status = status
            $0.updatedAt = now
            $0.trackings.append(.init(type: "status", text: text, at: now))
        }
        if !SteadfastStatus.final.contains(parcel.status) { book(id, status) }
        let pushed = SteadfastStatus.pushed.contains(status)
        emit(
            pushed ? .deliveryStatus : .trackingUpdate, of: id, status: pushed ? status : nil, message: text, now: now)
    }

    mutating func track(_ id: Int, _ text: String, now: Int) {
        update(id) {
            $0.updatedAt = now
            $0.trackings.append(.init(type: "tracking", text: text, at: now))
        }
        emit(.trackingUpdate, of: id, message: text, now: now)
    }

    /// The rider collects another amount than was asked for: the only word of it is a tracking update.
    mutating func collect(_ amount: Int, for id: Int, now: Int) {
        guard let parcel = parcel(id: id), parcel.order.codAmount != amount else { return }
        update(id) {
            $0.order.codAmount = amount
            $0.collected = amount
        }
        track(
            id, "Amount has been changed from \(Self.taka(parcel.order.codAmount)) to \(Self.taka(amount))", now: now)
    }

    private mutating func book(_ id: Int, _ status: String) {
        guard let parcel = parcel(id: id) else { return }
        switch status {
        case "delivered", "partial_delivered":
            let collected = parcel.order.codAmount
            balance += collected - parcel.deliveryCharge - Self.codFee(collected)
            update(id) { $0.collected = collected }
        case "cancelled": balance -= Self.cancellationCharge(parcel)
        default: break
        }
    }

    /// UNCONFIRMED: what a cancelled parcel costs is not published; here the whole delivery charge.
    static func cancellationCharge(_ parcel: SteadfastParcel) -> Int { parcel.deliveryCharge }

    static func taka(_ hundredths: Int) -> String {
        hundredths % 100 == 0 ? "\(hundredths / 100)" : Hundredths.text(hundredths)
    }

    private static func message(_ status: String) -> String {
        switch status {
        case "pending": "Consignment has been accepted."
        case "delivered": "Your package has been delivered successfully."
        case "partial_delivered": "Your package has been partially delivered."
        case "cancelled": "Delivery has been cancelled."
        default: "Consignment status has been updated to \(status.replacing("_", with: " "))."
        }
    }

    mutating func requestReturn(of id: Int, reason: String?, now: Int) -> SteadfastReturn {
        let request = SteadfastReturn(
            id: returns.count + 1, parcel: id, reason: reason, createdAt: now, updatedAt: now)
        returns.append(request)
        return request
    }

    /// False where there is no such request.
    mutating func moveReturn(_ id: Int, to status: String, now: Int) -> Bool {
        guard returns.indices.contains(id &- 1) else { return false }
        returns[id - 1].status = status
        returns[id - 1].updatedAt = now
        let shown = status.prefix(1).uppercased() + status.dropFirst()
        emit(
            .returnStatus, of: returns[id - 1].parcel, status: status,
            message: "Consignment Return status has been updated to \(shown)", now: now)
        return true
    }

    /// Pays the balance out; nil where there is none.
    mutating func payOut(method: String, now: Int) -> SteadfastPayment? {
        guard balance > 0 else { return nil }
        let id = payments.count + 1
        let covered = parcels.filter { SteadfastStatus.final.contains($0.status) && $0.payment == nil }.map(\.id)
        for parcel in covered { update(parcel) { $0.payment = id } }
        let payment = SteadfastPayment(
            id: id, amount: balance, method: method, status: "Paid", createdAt: now, paidAt: now, parcels: covered)
        payments.append(payment)
        balance = 0
        return payment
    }
}
