import Foundation

/// What is sold: departments, and below each the kinds of goods.
enum Assortment {
    /// A department of the category tree.
    struct Department {
        let slug: String
        let name: String
        let bengali: String
        let hindi: String
        /// What its goods differ in: the name of an option and what can be chosen.
        let option: (name: String, choices: [String])
        let materials: [String]
        let goods: [Goods]
    }

    /// A kind of goods, and a category.
    struct Goods {
        let slug: String
        let name: String
        /// One of them, as titles say.
        let noun: String
        let bengali: String
        let hindi: String
        let hsn: String
        /// In whole rupees.
        let price: ClosedRange<Int>
        /// Of a unit, in grams.
        let weight: ClosedRange<Int>

        init(
            _ slug: String, _ name: String, _ noun: String, _ bengali: String, _ hindi: String, _ hsn: String,
            _ price: ClosedRange<Int>, _ weight: ClosedRange<Int>
        ) {
            self.slug = slug
            self.name = name
            self.noun = noun
            self.bengali = bengali
            self.hindi = hindi
            self.hsn = hsn
            self.price = price
            self.weight = weight
        }
    }

    /// Each kind with its department, in the order of the list.
    static let all = departments.flatMap { department in department.goods.map { (department: department, goods: $0) } }

    static let colours = [
        "Black", "White", "Red", "Blue", "Green", "Yellow", "Maroon", "Grey", "Pink", "Orange", "Purple", "Beige",
    ]
    static let qualities = [
        "Classic", "Handmade", "Premium", "Everyday", "Lightweight", "Festive", "Traditional", "Modern", "Compact",
        "Deluxe", "Soft", "Durable", "Elegant", "Royal", "Simple", "Fine",
    ]
    static let brands = [
        "Ananta", "Bihan", "Charulata", "Dhruba", "Ektara", "Falgun", "Gokul", "Himadri", "Indrani", "Jolchobi",
        "Kaveri",
        "Lalon", "Meghna", "Nabanna", "Ojas", "Padma", "Rangoli", "Sarayu", "Titas", "Udita", "Vasant", "Yamuna",
        "Aranya",
        "Boishakh", "Chandan", "Deepika", "Esha", "Godavari", "Hansa", "Jamuna", "Kaushiki", "Lipi", "Madhubani",
        "Narmada",
        "Palash", "Rupkatha", "Shefali", "Tulsi", "Utsav", "Vaibhav",
    ]
    static let sentences = [
        "Made in small lots by people who have done so for years.", "It comes in a box that makes a good present.",
        "Washed and checked by hand before it leaves the workshop.",
        "Customers write that it is better than its pictures.",
        "Its colours stay as they are for many years.", "Keep it dry and away from the sun.",
        "The maker mends what breaks within the first year.", "A favourite for weddings, Eid, Puja and Diwali.",
        "It is packed without plastic and sent within two days.", "Chosen by families from Sylhet to Surat.",
        "Light enough to carry all day.", "The pattern is taken from old manuscripts.",
        "Every piece differs a little from the next.", "Tested for daily use in heat and rain.",
    ]
}

extension Assortment {
    private static let clothSizes = ["S", "M", "L", "XL", "XXL"]
    private static let packs = ["100 g", "250 g", "500 g", "1 kg", "2 kg"]

    static let departments = [
        Department(
            slug: "women", name: "Women's clothing", bengali: "মহিলাদের পোশাক", hindi: "महिलाओं के कपड़े",
            option: ("Size", clothSizes), materials: ["Cotton", "Silk", "Muslin", "Georgette", "Linen"],
            goods: [
                Goods("sarees", "Sarees", "Saree", "শাড়ি", "साड़ी", "5007", 600...24_000, 350...900),
                Goods(
                    "salwar-suits", "Salwar suits", "Salwar suit", "সালোয়ার কামিজ", "सलवार सूट", "6204", 500...6_000, 300...800
                ),
                Goods("kurtis", "Kurtis", "Kurti", "কুর্তি", "कुर्ती", "6206", 300...3_000, 180...400),
                Goods("dupattas", "Dupattas", "Dupatta", "ওড়না", "दुपट्टा", "6214", 200...2_500, 90...250),
                Goods("lehengas", "Lehengas", "Lehenga", "লেহেঙ্গা", "लहंगा", "6204", 1_500...40_000, 900...3_000),
            ]),
        Department(
            slug: "men", name: "Men's clothing", bengali: "পুরুষদের পোশাক", hindi: "पुरुषों के कपड़े",
            option: ("Size", clothSizes), materials: ["Cotton", "Linen", "Khadi", "Denim", "Wool"],
            goods: [
                Goods("panjabis", "Panjabis", "Panjabi", "পাঞ্জাবি", "कुर्ता", "6205", 500...5_000, 200...450),
                Goods("shirts", "Shirts", "Shirt", "শার্ট", "कमीज़", "6205", 400...3_500, 180...350),
                Goods("lungis", "Lungis", "Lungi", "লুঙ্গি", "लुंगी", "6211", 250...1_200, 250...450),
                Goods("jeans", "Jeans", "Jeans", "জিন্স", "जीन्स", "6203", 700...4_500, 450...800),
                Goods("jackets", "Jackets", "Jacket", "জ্যাকেট", "जैकेट", "6201", 900...9_000, 500...1_400),
            ]),
        Department(
            slug: "shoes", name: "Shoes", bengali: "জুতা", hindi: "जूते",
            option: ("Size", ["6", "7", "8", "9", "10"]), materials: ["Leather", "Canvas", "Rubber", "Jute"],
            goods: [
                Goods("sandals", "Sandals", "Sandals", "স্যান্ডেল", "चप्पल", "6402", 250...2_500, 300...700),
                Goods("nagras", "Nagras", "Nagra shoes", "নাগরা", "नागरा", "6403", 600...4_000, 400...800),
                Goods("sneakers", "Sneakers", "Sneakers", "কেডস", "स्नीकर्स", "6404", 800...7_000, 600...1_100),
                Goods(
                    "formal-shoes", "Formal shoes", "Formal shoes", "ফরমাল জুতা", "फॉर्मल जूते", "6403", 1_000...8_000,
                    700...1_200),
            ]),
        Department(
            slug: "electronics", name: "Electronics", bengali: "ইলেকট্রনিক্স", hindi: "इलेक्ट्रॉनिक्स",
            option: ("Colour", ["Black", "White", "Blue", "Grey", "Red"]),
            materials: ["Plastic", "Aluminium", "Steel"],
            goods: [
                Goods("chargers", "Chargers", "Charger", "চার্জার", "चार्जर", "8504", 250...3_000, 60...250),
                Goods("headphones", "Headphones", "Headphones", "হেডফোন", "हेडफ़ोन", "8518", 400...18_000, 40...400),
                Goods("power-banks", "Power banks", "Power bank", "পাওয়ার ব্যাংক", "पावर बैंक", "8507", 700...5_000, 200...600),
                Goods("speakers", "Speakers", "Speaker", "স্পিকার", "स्पीकर", "8518", 600...15_000, 300...3_000),
                Goods(
                    "smart-watches", "Smart watches", "Smart watch", "স্মার্ট ঘড়ি", "स्मार्ट घड़ी", "8517", 1_200...30_000, 40...120),
                Goods("table-fans", "Table fans", "Table fan", "টেবিল ফ্যান", "टेबल पंखा", "8414", 900...5_000, 1_500...4_000),
            ]),
        Department(
            slug: "kitchen", name: "Kitchen", bengali: "রান্নাঘর", hindi: "रसोई",
            option: ("Capacity", ["1 l", "2 l", "3 l", "5 l", "8 l"]),
            materials: ["Steel", "Aluminium", "Brass", "Clay", "Iron"],
            goods: [
                Goods(
                    "pressure-cookers", "Pressure cookers", "Pressure cooker", "প্রেসার কুকার", "प्रेशर कुकर", "7615",
                    900...6_000, 1_200...4_000),
                Goods("kettles", "Kettles", "Kettle", "কেটলি", "केतली", "8516", 600...4_000, 600...1_500),
                Goods("pans", "Pans", "Pan", "কড়াই", "कड़ाही", "7323", 400...4_000, 700...3_000),
                Goods(
                    "water-bottles", "Water bottles", "Water bottle", "পানির বোতল", "पानी की बोतल", "3924", 150...1_500,
                    120...500),
                Goods("tiffin-boxes", "Tiffin boxes", "Tiffin box", "টিফিন বাক্স", "टिफ़िन बॉक्स", "7323", 250...1_800, 250...900),
            ]),
        Department(
            slug: "home", name: "Home", bengali: "ঘর", hindi: "घर",
            option: ("Size", ["Small", "Medium", "Large", "Queen", "King"]),
            materials: ["Cotton", "Jute", "Bamboo", "Wood", "Terracotta"],
            goods: [
                Goods("bedsheets", "Bed sheets", "Bed sheet", "চাদর", "चादर", "6302", 500...5_000, 600...1_800),
                Goods("quilts", "Quilts", "Nakshi kantha quilt", "নকশিকাঁথা", "रज़ाई", "9404", 1_200...14_000, 1_000...3_000),
                Goods("curtains", "Curtains", "Curtain", "পর্দা", "परदा", "6303", 400...4_000, 400...1_500),
                Goods("lamps", "Lamps", "Lamp", "বাতি", "दीपक", "9405", 300...6_000, 300...2_500),
                Goods("baskets", "Baskets", "Basket", "ঝুড়ি", "टोकरी", "4602", 200...2_000, 200...1_200),
            ]),
        Department(
            slug: "food", name: "Food", bengali: "খাবার", hindi: "खाना",
            option: ("Pack", packs), materials: ["Whole", "Ground", "Roasted", "Raw"],
            goods: [
                Goods("tea", "Tea", "Tea", "চা", "चाय", "0902", 120...1_800, 100...1_000),
                Goods("spices", "Spices", "Spice mix", "মসলা", "मसाला", "0910", 60...900, 50...1_000),
                Goods("rice", "Rice", "Rice", "চাল", "चावल", "1006", 80...900, 1_000...5_000),
                Goods("honey", "Honey", "Honey", "মধু", "शहद", "0409", 200...1_600, 250...1_000),
                Goods("lentils", "Lentils", "Lentils", "ডাল", "दाल", "0713", 90...500, 500...2_000),
                Goods("pickles", "Pickles", "Pickle", "আচার", "अचार", "2001", 120...700, 200...1_000),
            ]),
        Department(
            slug: "beauty", name: "Beauty", bengali: "সৌন্দর্য", hindi: "सौंदर्य",
            option: ("Pack", ["50 ml", "100 ml", "200 ml", "250 ml", "500 ml"]),
            materials: ["Neem", "Aloe", "Sandalwood", "Rose", "Turmeric"],
            goods: [
                Goods("soaps", "Soaps", "Soap", "সাবান", "साबुन", "3401", 40...500, 75...300),
                Goods("hair-oils", "Hair oils", "Hair oil", "চুলের তেল", "बालों का तेल", "3305", 100...1_200, 100...600),
                Goods("creams", "Creams", "Cream", "ক্রিম", "क्रीम", "3304", 120...2_500, 50...300),
                Goods("attars", "Attars", "Attar", "আতর", "इत्र", "3303", 200...6_000, 30...150),
            ]),
    ]
}
