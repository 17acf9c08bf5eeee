/// A delivery status. Anything may be met, so it stays a text; these are the known ones.
enum SteadfastStatus {
    static let known = [
        "in_review", "pending", "hold", "delivered_approval_pending", "partial_delivered_approval_pending",
        "cancelled_approval_pending", "unknown_approval_pending", "delivered", "partial_delivered", "cancelled",
        "unknown",
    ]
    /// Legs of a return; "proccessing" is the provider's own spelling.
    static let returnLegs = [
        "exceptional", "partial_delivered_return_proccessing", "partial_delivered_return_rider_assigned",
        "partial_delivered_return_received", "cancelled_return_proccessing", "cancelled_return_rider_assigned",
        "cancelled_return_received",
    ]
    /// Final as far as money goes.
    static let final: Set<String> = ["delivered", "partial_delivered", "cancelled"]
    /// The only ones that a `delivery_status` push carries.
    static let pushed: Set<String> = ["pending", "delivered", "partial_delivered", "cancelled", "unknown"]
}

/// What the merchant sent for one parcel. Amounts are hundredths of a taka.
struct SteadfastOrder: Sendable, Codable {
    var invoice: String
    var name: String
    var phone: String
    var address: String
    var codAmount: Int
    var note: String?
    var alternativePhone: String?
    var email: String?
    var itemDescription: String?
    var totalLot: Int?
    /// 0 to the home, 1 to a hub.
    var deliveryType = 0
}

/// A consignment and where it is.
struct SteadfastParcel: Identifiable, Sendable, Codable {
    struct Tracking: Sendable, Codable {
        let type: String
        let text: String
        let at: Int
    }

    let id: Int
    let trackingCode: String
    var order: SteadfastOrder
    var status = "in_review"
    /// What the rider really collected, once it is known.
    var collected: Int?
    var deliveryCharge: Int
    let createdAt: Int
    var updatedAt: Int
    var trackings: [Tracking] = []
    /// What is still to happen by itself.
    var journey: [SteadfastStep] = []
    /// Grows when the journey is replaced, so that timers of the old one are void.
    var journeyNumber = 0
    /// The payment that its money went out with.
    var payment: Int?
}

struct SteadfastReturn: Sendable, Codable {
    static let statuses = ["pending", "approved", "processing", "completed", "cancelled"]

    let id: Int
    let parcel: Int
    let reason: String?
    var status = "pending"
    let createdAt: Int
    var updatedAt: Int
}

struct SteadfastPayment: Sendable, Codable {
    let id: Int
    let amount: Int
    let method: String
    var status: String
    let createdAt: Int
    var paidAt: Int?
    let parcels: [Int]
}

struct SteadfastPickup: Sendable, Codable {
    let id: Int
    let createdAt: Int
}

/// One webhook with the values of its moment.
struct SteadfastEvent: Sendable, Codable {
    enum Kind: String, Sendable, Codable {
        case deliveryStatus = "delivery_status"
        case trackingUpdate = "tracking_update"
        case returnStatus = "return_status"
    }

    let ordinal: UInt64
    let kind: Kind
    let parcel: Int
    let invoice: String
    let trackingID: String
    let status: String?
    let codAmount: Int
    let deliveryCharge: Int
    let message: String
    let at: Int

    var id: String { "steadfast-\(ordinal)" }
}

/// How the stand-in behaves where the provider's behaviour varies or isn't known.
struct SteadfastSettings: Sendable, Codable {
    /// Status line of a refused validation: 400 or 200, the body says 400 in both.
    var validationStatus = 400
    /// Refuse with a message alone.
    var bareErrors = false
    /// `Delivered` as in the documentation's sample instead of live traffic's `delivered`.
    var titleCase = false
    var nullInvoice = false
    var wrongBearer = false
    /// `tracking_id`, which live traffic has and the documentation hasn't.
    var extras = true
    var balanceAsText = false
    /// Bulk rows in `{"data":[…]}`.
    var wrappedBulk = false
    var accountActive = true
    /// Body of a 500: `json`, `html` or `empty`.
    var errorBody = "json"
    /// Seconds in the Retry-After header of a 429; 0 for no header.
    var retryAfter = 0
    /// The next accepted orders are answered 200 with a text nobody can read.
    var unreadable = 0
    /// How a parcel travels when nothing else was ordered for it.
    var script = SteadfastScript.delivered
    /// Seconds of the provider's time between two steps.
    var pace = 60
    var webhooks = true
}
