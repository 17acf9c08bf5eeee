import Endpoints

extension ProblemType {
    static let skuTaken = ProblemType("sku-taken", 409, "The SKU is taken", "Another variant of the vendor has it.")
    static let slugTaken = ProblemType(
        "slug-taken", 409, "The slug is taken", "Another one has it, or had it and is still found by it.")
    static let choicesTaken = ProblemType(
        "choices-taken", 409, "The choices are taken", "Another variant of the product has the same ones.")
    static let wrongStatus = ProblemType(
        "wrong-status", 409, "Not in this status", "`status` says in which one the product is.")
    static let productDeleted = ProblemType("product-deleted", 409, "The product is deleted", "Restore it to edit it.")
    static let productInUse = ProblemType(
        "product-in-use", 409, "The product is in use", "`references` counts what still refers to it.")
    static let lastVariant = ProblemType("last-variant", 409, "The last variant", "A product keeps one variant.")
    static let ownCurrency = ProblemType(
        "own-currency", 409, "The product is sold in it", "A variant keeps its price in the product’s currency.")
    static let categoryInUse = ProblemType(
        "category-in-use", 409, "The category is in use", "Categories or products are still in it.")
    static let tooManyCategories = ProblemType(
        "too-many-categories", 409, "Too many categories", "There are as many as there may be.")
    static let codeTaken = ProblemType("code-taken", 409, "The code is taken", "Another attribute has it.")
    static let choiceInUse = ProblemType(
        "choice-in-use", 409, "A choice is in use", "Products have a choice that would be taken away.")
}
