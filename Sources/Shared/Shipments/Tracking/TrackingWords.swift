/// The languages in which customers are told where their parcels are.
package enum TrackingLanguage: String, Hashable, Sendable, Codable, CaseIterable {
    case english = "en"
    case bengali = "bn"
    case hindi = "hi"
}

extension ShipmentState {
    /// The state in plain words, for customers.
    package func words(in language: TrackingLanguage) -> String {
        switch language {
        case .english: english
        case .bengali: bengali
        case .hindi: hindi
        }
    }

    private var english: String {
        switch self {
        case .pending, .created: "Packed, and waiting for the courier"
        case .awbAssigned: "Handed to the courier’s system, and waiting to be fetched"
        case .pickupScheduled: "The courier will fetch it"
        case .pickedUp: "The courier has it"
        case .inTransit: "On its way"
        case .outForDelivery: "Out for delivery today"
        case .delivered: "Delivered"
        case .partiallyDelivered: "Delivered in part; the rest goes back"
        case .undelivered: "It could not be delivered; the courier will try again"
        case .held: "Held by the courier"
        case .rtoInitiated: "On its way back to the seller"
        case .rtoDelivered: "Back with the seller"
        case .returnInitiated: "Your return is on its way"
        case .returned: "Your return has arrived"
        case .damaged: "Damaged on the way; the seller will get in touch"
        case .lost: "Lost on the way; the seller will get in touch"
        case .cancelled: "Called off"
        }
    }

    private var bengali: String {
        switch self {
        case .pending, .created: "প্যাক করা হয়েছে, কুরিয়ারের অপেক্ষায়"
        case .awbAssigned: "কুরিয়ারে নথিভুক্ত, সংগ্রহের অপেক্ষায়"
        case .pickupScheduled: "কুরিয়ার সংগ্রহ করতে আসবে"
        case .pickedUp: "কুরিয়ার সংগ্রহ করেছে"
        case .inTransit: "পথে আছে"
        case .outForDelivery: "আজ ডেলিভারির জন্য বের হয়েছে"
        case .delivered: "ডেলিভারি সম্পন্ন"
        case .partiallyDelivered: "আংশিক ডেলিভারি হয়েছে; বাকিটা ফেরত যাচ্ছে"
        case .undelivered: "ডেলিভারি করা যায়নি; কুরিয়ার আবার চেষ্টা করবে"
        case .held: "কুরিয়ারের কাছে আটকে আছে"
        case .rtoInitiated: "বিক্রেতার কাছে ফেরত যাচ্ছে"
        case .rtoDelivered: "বিক্রেতার কাছে ফেরত পৌঁছেছে"
        case .returnInitiated: "আপনার ফেরত পাঠানো পণ্য পথে আছে"
        case .returned: "আপনার ফেরত পাঠানো পণ্য পৌঁছেছে"
        case .damaged: "পথে ক্ষতিগ্রস্ত হয়েছে; বিক্রেতা যোগাযোগ করবেন"
        case .lost: "পথে হারিয়ে গেছে; বিক্রেতা যোগাযোগ করবেন"
        case .cancelled: "বাতিল করা হয়েছে"
        }
    }

    private var hindi: String {
        switch self {
        case .pending, .created: "पैक हो गया है, कूरियर की प्रतीक्षा में"
        case .awbAssigned: "कूरियर में दर्ज, उठाए जाने की प्रतीक्षा में"
        case .pickupScheduled: "कूरियर लेने आएगा"
        case .pickedUp: "कूरियर ने ले लिया है"
        case .inTransit: "रास्ते में है"
        case .outForDelivery: "आज डिलीवरी के लिए निकला है"
        case .delivered: "डिलीवर हो गया"
        case .partiallyDelivered: "कुछ डिलीवर हुआ; बाकी वापस जा रहा है"
        case .undelivered: "डिलीवर नहीं हो सका; कूरियर फिर कोशिश करेगा"
        case .held: "कूरियर के पास रुका है"
        case .rtoInitiated: "विक्रेता के पास वापस जा रहा है"
        case .rtoDelivered: "विक्रेता के पास वापस पहुँच गया"
        case .returnInitiated: "आपकी वापसी रास्ते में है"
        case .returned: "आपकी वापसी पहुँच गई"
        case .damaged: "रास्ते में क्षतिग्रस्त हुआ; विक्रेता संपर्क करेंगे"
        case .lost: "रास्ते में खो गया; विक्रेता संपर्क करेंगे"
        case .cancelled: "रद्द कर दिया गया"
        }
    }
}
