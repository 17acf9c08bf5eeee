/// Places where people live, with the codes that addresses use.
enum Places {
    struct Place {
        let city: String
        /// The State's or the district's code.
        let region: String
        /// What post codes there begin with.
        let post: String
    }

    /// Six digits have their post codes.
    static let india = [
        Place(city: "Mumbai", region: "27", post: "4000"), Place(city: "Pune", region: "27", post: "4110"),
        Place(city: "Kolkata", region: "19", post: "7000"), Place(city: "Siliguri", region: "19", post: "7340"),
        Place(city: "Delhi", region: "07", post: "1100"), Place(city: "Bengaluru", region: "29", post: "5600"),
        Place(city: "Chennai", region: "33", post: "6000"), Place(city: "Hyderabad", region: "36", post: "5000"),
        Place(city: "Ahmedabad", region: "24", post: "3800"), Place(city: "Surat", region: "24", post: "3950"),
        Place(city: "Jaipur", region: "08", post: "3020"), Place(city: "Lucknow", region: "09", post: "2260"),
        Place(city: "Varanasi", region: "09", post: "2210"), Place(city: "Patna", region: "10", post: "8000"),
        Place(city: "Guwahati", region: "18", post: "7810"), Place(city: "Bhubaneswar", region: "21", post: "7510"),
        Place(city: "Kochi", region: "32", post: "6820"), Place(city: "Indore", region: "23", post: "4520"),
        Place(city: "Ludhiana", region: "03", post: "1410"), Place(city: "Agartala", region: "16", post: "7990"),
    ]

    /// Four digits have their post codes.
    static let bangladesh = [
        Place(city: "Dhanmondi", region: "BD-13", post: "12"), Place(city: "Savar", region: "BD-13", post: "13"),
        Place(city: "Kotwali", region: "BD-10", post: "40"), Place(city: "Hathazari", region: "BD-10", post: "43"),
        Place(city: "Sylhet Sadar", region: "BD-60", post: "31"), Place(city: "Boalia", region: "BD-54", post: "60"),
        Place(city: "Khulna Sadar", region: "BD-27", post: "91"),
        Place(city: "Barishal Sadar", region: "BD-06", post: "82"),
        Place(city: "Rangpur Sadar", region: "BD-55", post: "54"), Place(city: "Rupganj", region: "BD-40", post: "14"),
        Place(city: "Tangail Sadar", region: "BD-63", post: "19"),
        Place(city: "Cumilla Adarsha Sadar", region: "BD-08", post: "35"),
        Place(city: "Bogura Sadar", region: "BD-03", post: "58"),
        Place(city: "Jashore Sadar", region: "BD-22", post: "74"),
        Place(city: "Mymensingh Sadar", region: "BD-34", post: "22"),
    ]

    static let streets = [
        "Station Road", "Lake Road", "College Street", "Market Lane", "Temple Road", "Mosque Road", "River View",
        "School Road",
        "Old Bazar", "New Colony", "Garden Road", "Mill Road",
    ]
}

/// Names of people and of what they trade in.
enum Names {
    static let indianFirst = [
        "Aarav", "Aditi", "Ananya", "Arjun", "Deepa", "Divya", "Gaurav", "Ishaan", "Kavya", "Kiran", "Lakshmi",
        "Manish",
        "Meera", "Mohan", "Neha", "Nikhil", "Pooja", "Pranav", "Priya", "Rahul", "Riya", "Rohan", "Sanjay", "Shreya",
        "Sunita",
        "Tanvi", "Varun", "Vikram", "Vidya", "Yash",
    ]
    static let indianLast = [
        "Agarwal", "Banerjee", "Chatterjee", "Das", "Desai", "Ghosh", "Gupta", "Iyer", "Jain", "Joshi", "Kumar",
        "Mehta", "Menon",
        "Nair", "Patel", "Pillai", "Rao", "Reddy", "Sen", "Shah", "Sharma", "Singh", "Verma", "Yadav",
    ]
    static let bangladeshiFirst = [
        "Abdullah", "Afsana", "Arif", "Ayesha", "Farhana", "Fatema", "Habib", "Hasan", "Imran", "Jannat", "Kamal",
        "Karim",
        "Mahmuda", "Maruf", "Mim", "Nadia", "Nasrin", "Nusrat", "Rafiq", "Rahima", "Rashed", "Rubina", "Sabbir",
        "Sadia",
        "Salma", "Shahed", "Shirin", "Tahmina", "Tanvir", "Zakir",
    ]
    static let bangladeshiLast = [
        "Ahmed", "Akter", "Alam", "Ali", "Begum", "Chowdhury", "Hossain", "Haque", "Islam", "Khan", "Khatun", "Mia",
        "Molla",
        "Rahman", "Sarkar", "Sikder", "Sultana", "Talukder", "Uddin",
    ]
    static let trades = [
        "Handlooms", "Traders", "Stores", "Crafts", "Textiles", "Enterprise", "Emporium", "House", "Bazar",
        "Collections",
        "Foods", "Electronics", "Weavers", "Boutique", "Supplies",
    ]
}
