import Core

enum CustomerBodies {
    static let address: JSONValue = [
        "name": "করিম উদ্দিন", "latin_name": "Karim Uddin", "phone": "০১৭১২৩৪৫৬৭৮",
        "address": ["country": "BD", "line1": "12 Lake Road", "upazila": "Gulshan", "district": "ঢাকা"],
    ]
    static let notice: JSONValue = [
        "purpose": "marketing_email", "locale": "bn-BD", "text": "আমরা আপনাকে ই-মেইলে অফার পাঠাই।",
    ]
}
