/// Somebody who gets or gives a parcel.
struct ShiprocketParty: Sendable, Codable {
    var name = ""
    var lastName = ""
    var address = ""
    var address2 = ""
    var city = ""
    var pincode = ""
    var state = ""
    var country = ""
    var email = ""
    var phone = ""

    var fullName: String { lastName.isEmpty ? name : "\(name) \(lastName)" }
}

struct ShiprocketItem: Sendable, Codable {
    let name: String
    let sku: String
    let units: Int
    /// Hundredths of a rupee.
    let price: Int
}

/// What the merchant sent. Amounts are hundredths of a rupee.
struct ShiprocketDraft: Sendable, Codable {
    var channelOrderID: String
    var channelID: Int
    var orderDate: String
    var pickupLocation: String
    var billing: ShiprocketParty
    var shipping: ShiprocketParty
    var items: [ShiprocketItem]
    var isCOD: Bool
    var subTotal: Int
    /// Shipping, gift wrap and transaction charges together.
    var charges = 0
    var discount = 0
    var dimensions: String
    var grams: Int
    var isReturn = false

    /// The amount to collect: the provider doesn't add up the items.
    var total: Int { subTotal + charges - discount }
}

/// An order with its one shipment.
struct ShiprocketOrder: Identifiable, Sendable, Codable {
    struct Scan: Sendable, Codable {
        let at: Int
        /// Nil where the provider has no status of its own for the courier's: "NA".
        let status: Int?
        let activity: String
        let location: String
    }

    struct Undelivered: Sendable, Codable {
        let at: Int
        let reason: String
        var action: String?
    }

    let id: Int
    let shipmentID: Int
    var draft: ShiprocketDraft
    /// The order table's id.
    var status: Int
    /// The shipment table's id.
    var shipmentStatus = 0
    let createdAt: Int
    var updatedAt: Int
    var awb = ""
    var courierID: Int?
    var courierName = ""
    /// What the wallet was charged with.
    var charged = 0
    var chargedGrams = 0
    var assignedAt: Int?
    var reassignedAt: Int?
    var pickupAt: Int?
    var isManifested = false
    var expectedAt: Int?
    var deliveredAt: Int?
    var returnedAt: Int?
    var scans: [Scan] = []
    var attempts: [Undelivered] = []
    var journey: [Int] = []
    var journeyNumber = 0
}

struct ShiprocketPickup: Sendable, Codable {
    let id: Int
    let name: String
    let party: ShiprocketParty
}

/// A line of the wallet's statement.
struct ShiprocketEntry: Sendable, Codable {
    let at: Int
    let awb: String
    let description: String
    let amount: Int
    let balance: Int
}

/// One webhook with the values of its moment.
struct ShiprocketEvent: Sendable, Codable {
    let ordinal: UInt64
    let order: ShiprocketOrder
    let at: Int

    var id: String { "shiprocket-\(ordinal)" }
}

/// A file that an answer pointed to.
struct ShiprocketDocument: Sendable, Codable {
    enum Kind: String, Sendable, Codable { case label, manifest, invoice, parcel }

    let kind: Kind
    let orders: [Int]
    let createdAt: Int
}

/// How the stand-in behaves where the provider's behaviour varies or isn't known.
struct ShiprocketSettings: Sendable, Codable {
    /// A repeated order id: `existing` (200 with the order, as live) or `refuse` (422).
    var duplicate = "existing"
    /// 200 as live, or 204 as documented.
    var cancelStatus = 200
    /// Nobody goes there: `not_found`, `ok` (200 with 404 in the body) or `empty`.
    var unserviceable = "not_found"
    /// A cancelled order's AWB goes on until it is cancelled by itself.
    var cancelKeepsAWB = false
    /// Another AWB for a shipment that has one: `body` (200) or `refuse` (400).
    var reassign = "body"
    /// AWBs come later: the answer only says that it is being worked on.
    var assignLater = false
    /// `2023` or `2021`.
    var layout = "2023"
    /// `x-api-key` or `anx-api-key`.
    var tokenHeader = "x-api-key"
    /// Orders' ids in pushes get a suffix.
    var compositeOrderID = false
    /// The firewall answers log-ins with a page.
    var firewall = false
    /// The first path parts that the API user may not call.
    var forbidden: [String] = []
    /// Body of a 500: `json`, `type`, `html` or `empty`.
    var errorBody = "json"
    /// Seconds in the Retry-After header of a 429; 0 for no header.
    var retryAfter = 0
    /// Seconds a token lives.
    var tokenLifetime = 864_000
    /// Seconds a document can be fetched.
    var documentLifetime = 604_800
    var script = ShiprocketScript.delivered
    /// Seconds of the provider's time between two scans.
    var pace = 60
    var webhooks = true
}
