import Testing
import Values

@Suite("Names in JSON")
struct SnakeCaseTests {
    @Test(
        "Capitals begin words; several of them are one word, also where they are many",
        arguments: [
            ("number", "number"), ("orderID", "order_id"), ("orderIDs", "order_ids"), ("idsOfOrders", "ids_of_orders"),
            ("imageURLsByID", "image_urls_by_id"), ("HTTPServer", "http_server"), ("ipV4Address", "ip_v4_address"),
            ("sha256OfBody", "sha256_of_body"), ("", ""), ("ID", "id"), ("vatSums", "vat_sums"),
        ])
    func names(name: String, expected: String) {
        #expect(SnakeCase.name(of: name) == expected)
    }
}
