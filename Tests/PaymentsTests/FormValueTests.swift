import Testing

@testable import Payments

@Suite("Stripe's form encoding")
struct FormValueTests {
    @Test("Fields nest in brackets, lists by number, and absent ones are left out")
    func nesting() {
        let form: FormValue = [
            "mode": "payment",
            "line_items": .list([
                ["price_data": ["currency": "bdt", "unit_amount": 1200], "quantity": 2],
                ["quantity": .integer(3)],
            ]),
            "customer_email": nil,
        ]
        #expect(
            form.encoded() == """
                mode=payment&line_items[0][price_data][currency]=bdt&line_items[0][price_data][unit_amount]=1200\
                &line_items[0][quantity]=2&line_items[1][quantity]=3
                """)
    }

    @Test(
        "A value can't break out of its field",
        arguments: [
            ("a&b=c", "x=a%26b%3Dc"), ("100 % + ?", "x=100%20%25%20%2B%20%3F"),
            ("দোকান", "x=%E0%A6%A6%E0%A7%8B%E0%A6%95%E0%A6%BE%E0%A6%A8"),
            ("line\r\nbreak", "x=line%0D%0Abreak"), ("", "x="),
        ])
    func escaping(text: String, encoded: String) {
        let form: FormValue = ["x": .text(text)]
        #expect(form.encoded() == encoded)
    }

    @Test("A hostile field name is escaped as well")
    func names() {
        let form: FormValue = .fields([(name: "a]&b", value: .fields([(name: "c", value: "1")]))])
        #expect(form.encoded() == "a%5D%26b[c]=1")
    }
}
